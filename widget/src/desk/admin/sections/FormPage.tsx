/** A form: which intent begins it, what it asks for, and what happens at the end. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Trash } from "../../../ui/icons";
import { toast } from "../../toasts";
import { ApiError } from "../api";
import { formsApi } from "../formsApi";
import {
  BLANK_FORM,
  type BotForm,
  checkForm,
  ENDS,
  type FormEnd,
  type FormList,
  tidyForm,
} from "../model/forms";
import { to } from "../nav";
import { SlotsField } from "../parts/bot/Slots";
import { TextsField } from "../parts/bot/Texts";
import { SelectField } from "../parts/choices";
import { ConfirmDialog } from "../parts/dialogs";
import { Form } from "../parts/FormParts";
import { Frame, TextField } from "../parts/fields";
import { letGo } from "../parts/guard";
import { Block, LoadFailed, Page, Waiting } from "../parts/Page";
import { type Bound, useDraft } from "../parts/useDraft";
import { botForms, knowledge, useLoad } from "../store";
import { t } from "../words";

const FIELDS = ["name", "intent", "slots", "end"] as const;

export function FormPage({ name }: { name: string }): JSX.Element {
  useLoad(knowledge, botForms);
  const all = botForms.data.value;
  const error = botForms.error.value;
  const stored = name ? all?.forms.find((one) => one.name === name) : BLANK_FORM;
  const title = name || t("talks.new.form");
  if (all && knowledge.data.value && stored) return <Editor key={name} stored={stored} all={all} />;
  return (
    <Page title={title} parent="talks">
      {all && !stored ? (
        <p class="remark is-warned">{t("error.not_found")}</p>
      ) : error ? (
        <LoadFailed error={error} retry={() => void botForms.load()} />
      ) : (
        <Waiting />
      )}
    </Page>
  );
}

function Editor({ stored, all }: { stored: BotForm; all: FormList }): JSX.Element {
  const known = knowledge.data.value;
  const isNew = stored.version === 0;
  const [asks, setAsks] = useState(false);
  const draft = useDraft<BotForm>({
    stored,
    isNew,
    fields: FIELDS,
    check: (one) => checkForm(tidyForm(one)),
    latest: isNew
      ? undefined
      : async () => {
          try {
            return await formsApi.form(stored.name);
          } catch (error) {
            if (error instanceof ApiError && error.code === "not_found") return null;
            throw error;
          }
        },
    send: (_, whole) => (isNew ? formsApi.createForm(tidyForm(whole)) : formsApi.changeForm(tidyForm(whole))),
    saved: (now) => {
      void botForms.load();
      if (isNew) to("talks", `form:${now.name}`);
    },
  });
  const taken = new Set(all.forms.filter((one) => one.name !== stored.name).map((one) => one.intent));
  const intents = (known?.intents ?? []).filter((one) => !one.faq && !taken.has(one.name));
  return (
    <Page title={stored.name || t("talks.new.form")} parent="talks" lead={t("talks.form.lead")}>
      <Form draft={draft} onCancel={() => to("talks")}>
        <Block title={t("talks.begin")} lead={t("talks.begin.lead")}>
          {isNew && (
            <TextField {...draft.bind("name")} label={t("bot.name")} hint={t("talks.name.hint")} ltr first />
          )}
          <SelectField
            {...draft.bind("intent")}
            label={t("bot.intent")}
            options={[
              { value: "", label: t("review.choose") },
              ...intents.map((one) => ({ value: one.name, label: one.name })),
            ]}
          />
        </Block>
        <Block title={t("talks.slots")} lead={t("talks.slots.lead")}>
          <SlotsField {...draft.bind("slots")} entities={known?.entities ?? []} problemAt={draft.problemAt} />
        </Block>
        <Block title={t("talks.end")} lead={t("talks.end.lead")}>
          <EndField {...draft.bind("end")} all={all} />
        </Block>
      </Form>
      {!isNew && (
        <Block title={t("intents.delete")}>
          <div>
            <button type="button" class="button button-warn" onClick={() => setAsks(true)}>
              <Trash size={16} />
              {t("talks.delete.ask")}
            </button>
          </div>
        </Block>
      )}
      {asks && (
        <ConfirmDialog
          title={t("intents.delete.title", { name: stored.name })}
          text={t("talks.delete.text")}
          word={stored.name}
          action={t("intents.delete")}
          run={async () => {
            const latest = await formsApi.form(stored.name);
            await formsApi.deleteForm(stored.name, latest.version);
            letGo();
            to("talks");
            toast(t("intents.deleted", { name: stored.name }));
          }}
          onClose={() => setAsks(false)}
        />
      )}
    </Page>
  );
}

/** What happens when all is known. */
function EndField({ value, onChange, problem, all }: Bound<FormEnd> & { all: FormList }): JSX.Element {
  const change = (part: Partial<FormEnd>) => onChange({ ...value, ...part });
  return (
    <Frame label={t("talks.end")} problem={problem} group>
      {() => (
        <div class="stack">
          <select
            class="control"
            name="end.kind"
            aria-label={t("talks.end")}
            value={value.kind}
            onChange={(event) => change({ kind: event.currentTarget.value as FormEnd["kind"] })}
          >
            {ENDS.map((one) => (
              <option key={one} value={one}>
                {t(`talks.end.${one}`)}
              </option>
            ))}
          </select>
          {value.kind === "handoff" && (
            <select
              class="control"
              name="end.queue"
              aria-label={t("talks.end.queue")}
              value={value.queue}
              onChange={(event) => change({ queue: event.currentTarget.value })}
            >
              <option value="">{t("talks.end.queue.own")}</option>
              {all.queues.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name}
                </option>
              ))}
            </select>
          )}
          {value.kind === "action" && (
            <select
              class="control"
              name="end.action"
              aria-label={t("talks.end.action")}
              value={value.action}
              onChange={(event) => change({ action: event.currentTarget.value })}
            >
              <option value="">{t("talks.end.action")}</option>
              {all.actions.map((one) => (
                <option key={one} value={one}>
                  {t(`talks.action.${one as "register_ticket"}`)}
                </option>
              ))}
            </select>
          )}
          <TextsField
            label={t("talks.end.says")}
            name="end.says"
            value={value.says}
            rows={3}
            onChange={(says) => change({ says })}
          />
        </div>
      )}
    </Frame>
  );
}
