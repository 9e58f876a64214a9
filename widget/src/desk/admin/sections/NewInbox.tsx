/** A new inbox: first its channel, then what the channel asks for. */
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { deskConfig } from "../../config";
import { ChannelGlyph, Empty } from "../../parts/common";
import { toast } from "../../toasts";
import { api } from "../api";
import {
  addressOf,
  checkSettings,
  emptyInbox,
  fieldsOf,
  type InboxDraft,
  type Kind,
  kindAt,
  kindsOf,
  newSettings,
  settingsDraft,
} from "../model/channel";
import { checkCommon, checkLooks, type Problems } from "../model/check";
import { parseColour } from "../model/contrast";
import type { Channel, InboxMade } from "../model/records";
import { follow, hrefOf, to } from "../nav";
import { AccentField, ChatPreview } from "../parts/Accent";
import { ChannelFields } from "../parts/ChannelFields";
import { justMade } from "../parts/Connection";
import { Form } from "../parts/FormParts";
import { TextField } from "../parts/fields";
import { LocaleField, ServiceFields } from "../parts/InboxParts";
import { Ahead } from "../parts/icons";
import { Block, Coming, Page } from "../parts/Page";
import { kindName } from "../parts/say";
import { type Bound, type Draft, useDraft } from "../parts/useDraft";
import { agents, channels, inboxes, keep, mayChange, queues, useLoad } from "../store";
import { isWord, t } from "../words";
import { sending, tidyDraft } from "./ChannelInbox";

function kindLead({ channel, dialect }: Kind): string {
  const keys = [`channel.${channel}.dialect.${dialect}.lead`, `channel.${channel}.lead`];
  const key = keys.find(isWord);
  return key ? t(key) : "";
}

export function NewInbox({ id }: { id: string }): JSX.Element {
  useLoad(channels, queues, agents, inboxes);
  const all = channels.data.value;
  const lines = queues.data.value;
  const kind = kindAt(id);
  const chosen = kind && all?.find((one) => one.name === kind.channel);
  if (!mayChange() || (all && kind && !chosen)) {
    return (
      <Page title={t("inboxes.new")} parent="inboxes">
        <Empty title={t("admin.nowhere")} hint={t("admin.nowhere.hint")} />
      </Page>
    );
  }
  if (chosen && lines && kind)
    return <NewForm key={id} channel={chosen} kind={kind} queue={lines[0]?.id ?? ""} />;
  return (
    <Page title={t("inboxes.new")} lead={t("inboxes.new.lead")} parent="inboxes">
      {all && lines ? <Cards kinds={kindsOf(all)} /> : <Coming needed={[channels, queues]} />}
    </Page>
  );
}

function Cards({ kinds }: { kinds: readonly Kind[] }): JSX.Element {
  if (kinds.length === 0) return <Empty title={t("inboxes.new.none")} />;
  return (
    <ul class="cards">
      {kinds.map((kind) => {
        const address = addressOf(kind);
        return (
          <li key={address}>
            <a href={hrefOf("inboxes", address)} onClick={(event) => follow(event, "inboxes", address)}>
              <span class="card-glyph" aria-hidden="true">
                <ChannelGlyph channel={kind.channel} size={22} />
              </span>
              <span class="card-words">
                <b>{kindName(kind.channel, kind.dialect)}</b>
                <small>{kindLead(kind)}</small>
              </span>
              <Ahead size={16} />
            </a>
          </li>
        );
      })}
    </ul>
  );
}

interface FormProps {
  channel: Channel;
  kind: Kind;
  queue: string;
}

/** The website chat has settings of its own, beside those that are data. */
const CHAT = { "chat.brand": "", "chat.accent": "#0b7a75" };

function NewForm({ channel, kind, queue }: FormProps): JSX.Element {
  const made = useRef<InboxMade | null>(null);
  const chat = channel.name === "webchat";
  const dialect = kind.dialect === null ? {} : { [`${channel.name}.dialect`]: kind.dialect };
  const blank: InboxDraft = {
    ...emptyInbox(kindName(kind.channel, kind.dialect), queue, deskConfig().me.locale),
    ...settingsDraft(channel, null),
    ...dialect,
    ...(chat ? CHAT : {}),
  };
  const draft = useDraft<InboxDraft>({
    stored: blank,
    isNew: true,
    fields: Object.keys(blank),
    tidy: (value) => tidyDraft(channel, value),
    check: (value) => ({
      ...checkCommon(value),
      ...checkSettings(channel, value),
      ...(chat ? checkChat(value) : {}),
    }),
    send: async (_, whole) => {
      const { name, queue: line, locale, bot_enabled } = whole;
      const own = chat
        ? { brand: String(whole["chat.brand"]).trim(), accent: parseColour(String(whole["chat.accent"])) }
        : { settings: newSettings(channel, whole) };
      const body = { channel: channel.name, name, queue: line, locale, bot_enabled, ...own };
      made.current = await sending(channel, api.createInbox(body));
      return whole;
    },
    saved: () => {
      if (!made.current) return;
      const { inbox, shown } = made.current;
      keep(inboxes, inbox);
      justMade.value = { inbox: inbox.id, shown };
      toast(t("inboxes.created", { name: inbox.name }));
      to("inboxes", inbox.id);
    },
  });
  const bind = <V,>(field: string) => draft.bind(field) as Bound<V>;
  return (
    <Page
      title={t("inboxes.new.title", { channel: kindName(kind.channel, kind.dialect) })}
      lead={kindLead(kind)}
      parent="inboxes"
    >
      <Form draft={draft} saveLabel={t("inboxes.new.create")} onCancel={() => to("inboxes", "new")}>
        {chat ? (
          <Looks draft={draft} />
        ) : (
          <Block title={t("inboxes.connection")} lead={t("inboxes.connection.lead")}>
            <ChannelFields channel={rest(channel, kind)} draft={draft} inbox={null} readOnly={false} />
          </Block>
        )}
        <Block title={t("inboxes.service")}>
          <ServiceFields bot={bind("bot_enabled")} queue={bind("queue")} />
          <LocaleField {...bind<"fa" | "en">("locale")} />
        </Block>
        <Block title={t("inboxes.inside")}>
          <TextField {...bind<string>("name")} label={t("inboxes.name")} hint={t("inboxes.name.hint")} />
        </Block>
      </Form>
    </Page>
  );
}

/** What is left to be asked: the messenger was chosen with the card. */
function rest(channel: Channel, { dialect }: Kind): Channel {
  return dialect === null ? channel : { ...channel, fields: fieldsOf(channel, dialect) };
}

function checkChat(value: InboxDraft): Problems<InboxDraft> {
  const { brand, accent } = checkLooks(String(value["chat.brand"]), String(value["chat.accent"]));
  return { ...(brand && { "chat.brand": brand }), ...(accent && { "chat.accent": accent }) };
}

function Looks({ draft }: { draft: Draft<InboxDraft> }): JSX.Element {
  const brand = draft.bind("chat.brand") as Bound<string>;
  const accent = draft.bind("chat.accent") as Bound<string>;
  return (
    <Block title={t("inboxes.looks")}>
      <div class="beside">
        <div class="stack">
          <TextField {...brand} label={t("inboxes.brand")} hint={t("inboxes.brand.hint")} />
          <AccentField {...accent} />
        </div>
        <ChatPreview
          brand={brand.value}
          accent={accent.value}
          locale={draft.value.locale === "en" ? "en" : "fa"}
        />
      </div>
    </Block>
  );
}
