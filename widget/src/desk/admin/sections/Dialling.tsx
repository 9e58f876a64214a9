/** Which numbers people may have dialled: rules in order, of which the first that holds decides. */
import type { JSX } from "preact";
import { api } from "../api";
import type { DialRule, Dialling as Rules } from "../model/records";
import { ChoiceField } from "../parts/choices";
import { DialFields, inWords } from "../parts/DialFields";
import { Form } from "../parts/FormParts";
import { Block, Coming, Page } from "../parts/Page";
import { RuleList } from "../parts/RuleList";
import { useDraft } from "../parts/useDraft";
import { Wrong } from "../parts/Wrong";
import { calendars, dialling, mayChange, useLoad } from "../store";
import { t } from "../words";

const BLANK: DialRule = { name: "", roles: [], numbers: [], calendar: "", open: true, allow: true };

export function Dialling(): JSX.Element {
  useLoad(dialling, calendars);
  return (
    <Page title={t("dialling.title")} lead={t("dialling.lead")}>
      {dialling.data.value && calendars.data.value ? (
        <DiallingForm stored={dialling.data.value} />
      ) : (
        <Coming needed={[dialling, calendars]} />
      )}
    </Page>
  );
}

function DiallingForm({ stored }: { stored: Rules }): JSX.Element {
  const readOnly = !mayChange();
  const draft = useDraft<Rules>(
    {
      stored,
      fields: ["rules", "otherwise"],
      check: (one): { rules?: { key: "dialling" } } =>
        one.rules.every((rule) => rule.name.trim()) ? {} : { rules: { key: "dialling" } },
      latest: api.dialling,
      send: (_, whole) => api.changeDialling(whole),
      saved: dialling.set,
    },
    readOnly,
  );
  const { problem } = draft.bind("rules");
  const otherwise = draft.bind("otherwise");
  const inside = draft.value.rules.some((_, n) => draft.problemAt(`rules.${n}`) !== null);
  return (
    <Form draft={draft} readOnly={readOnly}>
      <RuleList
        rules={draft.value.rules}
        put={(rules) => draft.set({ rules })}
        problemAt={draft.problemAt}
        readOnly={readOnly}
        tried={problem !== null}
        blank={BLANK}
        isRight={(rule) => rule.name.trim() !== ""}
        words={{
          none: t("dialling.none"),
          add: t("dialling.add"),
          unnamed: (n) => t("dialling.new", { n }),
        }}
        summary={inWords}
        Fields={DialFields}
      />
      {problem && !inside && <Wrong role="alert">{problem}</Wrong>}
      <Block title={t("dialling.otherwise")}>
        <ChoiceField
          {...otherwise}
          value={otherwise.value ? "allowed" : "refused"}
          onChange={(choice) => otherwise.onChange(choice === "allowed")}
          label={t("dialling.allow")}
          options={(["allowed", "refused"] as const).map((one) => ({
            value: one as string,
            label: t(`dialling.${one}`),
          }))}
        />
      </Block>
    </Form>
  );
}
