/** One inbox. Of the website chat: how it looks, who answers, where it may stand, when people are there. */
import type { JSX } from "preact";
import { deskConfig } from "../../config";
import { Empty } from "../../parts/common";
import { api } from "../api";
import { checkInbox } from "../model/check";
import { parseColour } from "../model/contrast";
import { tidy as tidyCalendar } from "../model/hours";
import type { Inbox } from "../model/records";
import { AccentField, ChatPreview } from "../parts/Accent";
import { madeAnew } from "../parts/Connection";
import { CopyButton } from "../parts/dialogs";
import { Form } from "../parts/FormParts";
import { TextField } from "../parts/fields";
import { HoursEditor } from "../parts/HoursEditor";
import { DeleteInbox, LocaleField, ServiceFields } from "../parts/InboxParts";
import { OriginsField } from "../parts/Lists";
import { Block, Coming, Page } from "../parts/Page";
import { useDraft } from "../parts/useDraft";
import { agents, channels, inboxes, keep, mayChange, queues, useLoad } from "../store";
import { t } from "../words";
import { ChannelInbox } from "./ChannelInbox";

const FIELDS = ["brand", "accent", "locale", "bot_enabled", "queue", "calendar", "origins", "name"] as const;
const spaces = (text: string) => text.trim().replace(/\s+/g, " ");
const tidy = (one: Inbox): Inbox => ({
  ...one,
  name: spaces(one.name),
  brand: spaces(one.brand),
  accent: parseColour(one.accent) ?? one.accent,
  calendar: tidyCalendar(one.calendar),
});

export function InboxPage({ id }: { id: string }): JSX.Element {
  useLoad(inboxes, queues, agents, channels);
  const all = inboxes.data.value;
  const found = all?.find((one) => one.id === id);
  const known = channels.data.value;
  if (found && queues.data.value && known) {
    const channel = known.find((one) => one.name === found.channel);
    if (found.channel === "webchat") return <InboxForm key={id} inbox={found} />;
    if (channel) return <ChannelInbox key={`${id}:${madeAnew.value}`} inbox={found} channel={channel} />;
  }
  return (
    <Page title={t("inboxes.title")} parent="inboxes">
      {all && !found ? (
        <Empty title={t("admin.nowhere")} hint={t("admin.nowhere.hint")} />
      ) : (
        <Coming needed={[inboxes, queues, channels]} rows={8} />
      )}
    </Page>
  );
}

function InboxForm({ inbox }: { inbox: Inbox }): JSX.Element {
  const readOnly = !mayChange();
  const draft = useDraft<Inbox>(
    {
      stored: inbox,
      fields: FIELDS,
      tidy,
      check: checkInbox,
      latest: async () => (await api.inboxes()).find((one) => one.id === inbox.id) ?? null,
      send: (changes) => api.changeInbox(inbox.id, changes),
      saved: (stored) => keep(inboxes, stored),
    },
    readOnly,
  );
  const { bind, value } = draft;
  return (
    <Page title={inbox.name} parent="inboxes">
      <Form draft={draft} readOnly={readOnly}>
        <Block title={t("inboxes.looks")}>
          <div class="beside">
            <div class="stack">
              <TextField {...bind("brand")} label={t("inboxes.brand")} hint={t("inboxes.brand.hint")} />
              <AccentField {...bind("accent")} />
              <LocaleField {...bind("locale")} hint={t("inboxes.locale.hint")} />
            </div>
            <ChatPreview brand={value.brand} accent={value.accent} locale={value.locale} />
          </div>
        </Block>
        <Block title={t("inboxes.service")}>
          <ServiceFields bot={bind("bot_enabled")} queue={bind("queue")} />
        </Block>
        <Block title={t("inboxes.hours")} lead={t("inboxes.hours.lead")}>
          <HoursEditor {...bind("calendar")} />
        </Block>
        <Block title={t("inboxes.embed")}>
          <OriginsField {...bind("origins")} />
          <Embed inbox={inbox} />
        </Block>
        <Block title={t("inboxes.inside")}>
          <TextField {...bind("name")} label={t("inboxes.name")} hint={t("inboxes.name.hint")} />
        </Block>
      </Form>
      {!readOnly && <DeleteInbox inbox={inbox} />}
    </Page>
  );
}

function Embed({ inbox }: { inbox: Inbox }): JSX.Element {
  const origin = deskConfig().public_url || location.origin;
  const line = `<script async src="${origin}/chat/${encodeURIComponent(inbox.id)}/loader.js" data-locale="${inbox.locale}"></script>`;
  return (
    <div class="entry">
      <p class="entry-label">{t("inboxes.embed.lead")}</p>
      <div class="snippet">
        <pre dir="ltr">
          <code>{line}</code>
        </pre>
        <CopyButton text={line} label={t("inboxes.embed.copy")} />
      </div>
      <p class="entry-hint">{t("inboxes.embed.csp", { origin })}</p>
    </div>
  );
}
