/** What every inbox's page has, whatever its channel: who answers, when, and how it is deleted. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Trash } from "../../../ui/icons";
import { toast } from "../../toasts";
import { api } from "../api";
import type { Inbox } from "../model/records";
import { to } from "../nav";
import { agents, drop, inboxes, queues } from "../store";
import { t } from "../words";
import { ChoiceField, SelectField, Switch } from "./choices";
import { ConfirmDialog } from "./dialogs";
import { letGo } from "./guard";
import { Block } from "./Page";
import type { Bound } from "./useDraft";

/** Who answers: the bot first or not, and the queue behind it. */
export function ServiceFields({ bot, queue }: { bot: Bound<boolean>; queue: Bound<string> }): JSX.Element {
  const served = (agents.data.value ?? []).some((one) => one.active && one.queues.includes(queue.value));
  return (
    <>
      <Switch
        label={t("inboxes.bot")}
        hint={t(bot.value ? "inboxes.bot.on" : "inboxes.bot.off")}
        value={bot.value}
        readOnly={bot.readOnly}
        onChange={bot.onChange}
      />
      <SelectField
        {...queue}
        label={t("inboxes.queue")}
        hint={
          agents.data.value && !served ? (
            <span class="is-warned">{t("inboxes.queue.nobody")}</span>
          ) : (
            t("inboxes.queue.hint")
          )
        }
        options={(queues.data.value ?? []).map((one) => ({ value: one.id, label: one.name }))}
      />
    </>
  );
}

/** The language that an inbox begins with. */
export function LocaleField(bound: Bound<"fa" | "en"> & { hint?: string }): JSX.Element {
  return (
    <ChoiceField
      {...bound}
      label={t("inboxes.locale")}
      options={(["fa", "en"] as const).map((one) => ({ value: one, label: t(`lang.${one}`) }))}
    />
  );
}

/** Deletes an inbox; its name has to be typed. */
export function DeleteInbox({ inbox }: { inbox: Inbox }): JSX.Element {
  const [asks, setAsks] = useState(false);
  const remove = async () => {
    await api.deleteInbox(inbox.id);
    letGo();
    to("inboxes");
    drop(inboxes, inbox.id);
    toast(t("inboxes.deleted", { name: inbox.name }));
  };
  return (
    <Block title={t("inboxes.delete.block")} lead={t("inboxes.delete.lead")}>
      <div>
        <button type="button" class="button button-warn" onClick={() => setAsks(true)}>
          <Trash size={16} />
          {t("inboxes.delete")}
        </button>
      </div>
      {asks && (
        <ConfirmDialog
          title={t("inboxes.delete.title", { name: inbox.name })}
          text={t("inboxes.delete.text")}
          word={inbox.name}
          action={t("inboxes.delete.do")}
          run={remove}
          onClose={() => setAsks(false)}
        />
      )}
    </Block>
  );
}
