/** A new flow of calls: its name, and what it begins with. */
import type { JSX } from "preact";
import { toast } from "../../toasts";
import { flowApi } from "../flowApi";
import { line } from "../model/check";
import { to } from "../nav";
import { SelectField } from "../parts/choices";
import { Form } from "../parts/FormParts";
import { TextField } from "../parts/fields";
import { Page } from "../parts/Page";
import { useDraft } from "../parts/useDraft";
import { flows, useLoad } from "../store";
import { t } from "../words";

interface NewDraft {
  id: string;
  name: string;
  /** The flow that is copied; "": what numbers without a flow have. */
  from: string;
}

export function NewFlow(): JSX.Element {
  useLoad(flows);
  const draft = useDraft<NewDraft>({
    stored: { id: "", name: "", from: "" },
    isNew: true,
    fields: ["name", "from"],
    check: (one) => {
      const wrong = line(one.name, 60);
      return wrong ? { name: wrong } : {};
    },
    send: async (_, { name, from }) => ({
      ...(await flowApi.create(name.trim(), from ? (await flowApi.one(from)).draft : undefined)),
      from,
    }),
    saved: ({ name, id }) => {
      toast(t("flow.created", { name }));
      to("flows", id);
    },
  });
  return (
    <Page title={t("flow.new")} parent="flows" lead={t("flow.new.lead")}>
      <Form draft={draft} onCancel={() => to("flows")}>
        <div class="stack">
          <TextField {...draft.bind("name")} label={t("flow.name")} hint={t("flow.name.hint")} first />
          <SelectField
            {...draft.bind("from")}
            label={t("flow.from")}
            options={[
              { value: "", label: t("flow.usual") },
              ...(flows.data.value ?? []).map(({ id, name }) => ({
                value: id,
                label: t("flow.from.flow", { name }),
              })),
            ]}
          />
        </div>
      </Form>
    </Page>
  );
}
