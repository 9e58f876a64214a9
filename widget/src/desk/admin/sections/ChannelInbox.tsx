/** An inbox of any channel whose form is data: its connection, who answers, when people are there. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Alert } from "../../../ui/icons";
import { ApiError, api } from "../api";
import {
  asked,
  COMMON_FIELDS,
  changedSettings,
  checkSettings,
  draftOf,
  type InboxDraft,
  tidySetting,
} from "../model/channel";
import { checkCommon } from "../model/check";
import { tidy as tidyCalendar } from "../model/hours";
import type { Calendar, Channel, Inbox, SettingField } from "../model/records";
import { ChannelFields } from "../parts/ChannelFields";
import {
  AgainDialog,
  ConnectionTest,
  hasFacts,
  justMade,
  ProviderFacts,
  providerLead,
  providerTitle,
} from "../parts/Connection";
import { Form } from "../parts/FormParts";
import { TextField } from "../parts/fields";
import { HoursEditor } from "../parts/HoursEditor";
import { DeleteInbox, LocaleField, ServiceFields } from "../parts/InboxParts";
import { Block, Page } from "../parts/Page";
import { kindName } from "../parts/say";
import { type Bound, useDraft } from "../parts/useDraft";
import { inboxes, keep, mayChange } from "../store";
import { t } from "../words";

/** Brings a form into what is compared and sent. */
export function tidyDraft(channel: Channel, draft: InboxDraft): InboxDraft {
  const settings = channel.fields.map((field) => {
    const key = `${channel.name}.${field.name}`;
    return [key, tidySetting(field, draft[key])];
  });
  return {
    ...draft,
    name: String(draft.name).trim().replace(/\s+/g, " "),
    calendar: tidyCalendar(draft.calendar as Calendar),
    ...Object.fromEntries(settings),
  };
}

/** A refusal of a setting, as one of the form's own field. */
export async function sending<T>(channel: Channel, request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    if (!(error instanceof ApiError) || !error.field?.startsWith("settings.")) throw error;
    throw new ApiError(error.code, `${channel.name}.${error.field.slice("settings.".length)}`);
  }
}

export function ChannelInbox({ inbox, channel }: { inbox: Inbox; channel: Channel }): JSX.Element {
  const readOnly = !mayChange();
  const [again, setAgain] = useState<SettingField | null>(null);
  const [fresh] = useState(() => justMade.peek()?.inbox === inbox.id);
  const keys = channel.fields.map((field) => `${channel.name}.${field.name}`);
  const stored = draftOf(channel, inbox);
  const draft = useDraft<InboxDraft>(
    {
      stored,
      fields: [...keys, ...COMMON_FIELDS],
      tidy: (value) => tidyDraft(channel, value),
      check: (value) => ({ ...checkCommon(value), ...checkSettings(channel, value) }),
      latest: async () => {
        const found = (await api.inboxes()).find((one) => one.id === inbox.id);
        return found ? draftOf(channel, found) : null;
      },
      send: async (changes, whole) => {
        const common = Object.fromEntries(
          COMMON_FIELDS.flatMap((it) => (it in changes ? [[it, changes[it]]] : [])),
        );
        const touched = { ...whole, ...changes };
        const before = Object.fromEntries(keys.map((key) => [key, key in changes ? undefined : whole[key]]));
        const settings = changedSettings(channel, before, touched);
        const body = { ...common, ...(Object.keys(settings).length > 0 ? { settings } : {}) };
        const saved = await sending(channel, api.changeInbox(inbox.id, body));
        keep(inboxes, saved);
        return draftOf(channel, saved);
      },
    },
    readOnly,
  );
  // Secrets that were shown once are gone with the page.
  useEffect(
    () => () => {
      justMade.value = null;
    },
    [],
  );
  const bind = <V,>(field: string) => draft.bind(field) as Bound<V>;
  const tidied = tidyDraft(channel, draft.value);
  const wrong = asked(channel, tidied).some(
    (one) => `${channel.name}.${one.name}` in checkSettings(channel, tidied),
  );
  const unreadable = Object.values(inbox.secrets).includes("unreadable");
  return (
    <Page title={inbox.name} parent="inboxes" lead={kindName(channel.name, inbox.settings.dialect)}>
      <Form draft={draft} readOnly={readOnly}>
        {(unreadable || inbox.missing.length > 0) && (
          <p class="remark is-warned">
            <Alert size={16} />
            {t(unreadable ? "inboxes.unreadable" : "inboxes.incomplete.lead")}
          </p>
        )}
        {hasFacts(inbox) && (
          <Block title={providerTitle(inbox)} lead={providerLead(inbox)}>
            <ProviderFacts inbox={inbox} />
          </Block>
        )}
        <Block title={t("inboxes.connection")} lead={t("inboxes.connection.lead")}>
          <ChannelFields
            channel={channel}
            draft={draft}
            inbox={inbox}
            readOnly={readOnly}
            onAgain={setAgain}
          />
          {!readOnly && (
            <ConnectionTest
              inbox={inbox}
              unsaved={changedSettings(channel, tidyDraft(channel, stored), tidied)}
              wrong={wrong}
              atOnce={fresh}
            />
          )}
        </Block>
        <Block title={t("inboxes.service")}>
          <ServiceFields bot={bind("bot_enabled")} queue={bind("queue")} />
          <LocaleField {...bind<"fa" | "en">("locale")} />
        </Block>
        <Block title={t("inboxes.hours")} lead={t("inboxes.hours.lead")}>
          <HoursEditor {...bind<Calendar>("calendar")} />
        </Block>
        <Block title={t("inboxes.inside")}>
          <TextField {...bind<string>("name")} label={t("inboxes.name")} hint={t("inboxes.name.hint")} />
        </Block>
      </Form>
      {!readOnly && <DeleteInbox inbox={inbox} />}
      {again && <AgainDialog inbox={inbox} field={again} onClose={() => setAgain(null)} />}
    </Page>
  );
}
