/** What a version must be to be activated without a written reason. */
import type { JSX } from "preact";
import { botApi } from "../../botApi";
import type { Gates } from "../../model/bot";
import type { Problems } from "../../model/check";
import { t } from "../../words";
import { Form } from "../FormParts";
import { NumberField } from "../fields";
import { Block } from "../Page";
import { useDraft } from "../useDraft";
import { useFetched } from "../useFetched";

/** As it is edited: shares in whole percents. */
interface GatesForm {
  min_accuracy: number;
  max_f1_drop: number;
  max_broken: number;
  version: number;
}

const FIELDS = ["min_accuracy", "max_f1_drop", "max_broken"] as const;
const MOST = { min_accuracy: 100, max_f1_drop: 100, max_broken: 10_000 };

const formOf = (gates: Gates): GatesForm => ({
  min_accuracy: Math.round(gates.min_accuracy * 100),
  max_f1_drop: Math.round(gates.max_f1_drop * 100),
  max_broken: gates.max_broken,
  version: gates.version,
});

const gatesOf = (form: GatesForm): Gates => ({
  min_accuracy: form.min_accuracy / 100,
  max_f1_drop: form.max_f1_drop / 100,
  max_broken: form.max_broken,
  version: form.version,
});

function check(form: GatesForm): Problems<GatesForm> {
  const wrong = FIELDS.filter((one) => !(form[one] >= 0 && form[one] <= MOST[one]));
  return Object.fromEntries(
    wrong.map((one) => [one, { key: "range", params: { least: 0, most: MOST[one] } }]),
  );
}

export function GatesBlock(): JSX.Element | null {
  const found = useFetched(botApi.gates);
  if (!found.data) return null;
  return (
    <Block title={t("gates.title")} lead={t("gates.lead")}>
      <Editor stored={formOf(found.data)} />
    </Block>
  );
}

function Editor({ stored }: { stored: GatesForm }): JSX.Element {
  const draft = useDraft<GatesForm>({
    stored,
    fields: FIELDS,
    check,
    latest: async () => formOf(await botApi.gates()),
    send: async (_, whole) => formOf(await botApi.changeGates(gatesOf(whole))),
  });
  return (
    <Form draft={draft}>
      <div class="stack">
        <NumberField
          {...draft.bind("min_accuracy")}
          label={t("field.min_accuracy")}
          after={t("gates.percent")}
        />
        <NumberField
          {...draft.bind("max_f1_drop")}
          label={t("field.max_f1_drop")}
          after={t("gates.percent")}
        />
        <NumberField
          {...draft.bind("max_broken")}
          label={t("field.max_broken")}
          hint={t("gates.broken.hint")}
          after={t("gates.sentences")}
        />
        <p class="quiet">{t("gates.pinned")}</p>
      </div>
    </Form>
  );
}
