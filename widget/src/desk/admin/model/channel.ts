/** Inboxes of channels whose form is data: what is asked, what is wrong with it, and what is sent. Mirrors `hub/channel_config.py`. */
import { line, type Problem, type Problems } from "./check";
import { same } from "./diff";
import type { Calendar, Channel, Inbox, Setting, SettingField } from "./records";

/** A secret in a form: never the one that is stored, only whether there is one, and what is typed instead. */
export interface SecretValue {
  secret: "none" | "set" | "unreadable" | "new";
  text: string;
}

/** An inbox in its form: what all inboxes have, and the channel's settings under "<channel>.<name>". */
export type InboxDraft = Record<string, unknown>;

export const COMMON_FIELDS = ["queue", "locale", "bot_enabled", "calendar", "name"] as const;
const MULTILINE = 500;
/** Longer secrets are keys in PEM form; shorter ones are hidden while they are typed. */
const MULTILINE_SECRET = 1500;
const MOST_LINES = 200;

/** Settings that few need: they are folded. */
const RARE = new Set([
  "account",
  "allow_private",
  "api_base",
  "app_secret_previous",
  "authserv_id",
  "dkim_domain",
  "dkim_key",
  "dkim_selector",
  "end_exit",
  "extension_exit",
  "graph_version",
  "music_url",
  "other_auth_token",
  "previous_secret",
  "previous_webhook_secret",
  "public_url",
  "stt_vendor",
  "tts_vendor",
  "twiml_url",
]);

/** One way to open an inbox, as a card: a channel, or one of several providers that it serves. */
export interface Kind {
  channel: string;
  /** The value of its field `dialect`, where the channel speaks to several providers. */
  dialect: string | null;
}

const ORDER = ["webchat", "email", "telegram", "whatsapp", "messenger", "instagram", "voice", "api"];

/** The cards, best known first. */
export function kindsOf(channels: readonly Channel[]): Kind[] {
  const place = (name: string) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  return [...channels]
    .sort((a, b) => place(a.name) - place(b.name) || a.name.localeCompare(b.name))
    .flatMap((one) => {
      const dialects = one.fields.find((field) => field.name === "dialect" && field.kind === "choice");
      const choices = dialects && dialects.choices.length > 0 ? dialects.choices : [null];
      return choices.map((dialect) => ({ channel: one.name, dialect }));
    });
}

/** A kind as the last part of an address, "new:telegram:bale", and back. */
export function addressOf({ channel, dialect }: Kind): string {
  return ["new", channel, dialect].filter((part) => part !== null).join(":");
}

export function kindAt(id: string): Kind | null {
  const [start, channel, dialect = null] = id.split(":");
  return start === "new" && channel ? { channel, dialect } : null;
}

export function isSecretKind(field: SettingField): boolean {
  return field.kind === "secret" || field.kind === "generated";
}

export function isRare(field: SettingField): boolean {
  return RARE.has(field.name);
}

/** Whether the field takes several lines of words. */
export function isLong(field: SettingField): boolean {
  return field.longest > (isSecretKind(field) ? MULTILINE_SECRET : MULTILINE);
}

export function isSecretValue(value: unknown): value is SecretValue {
  return typeof value === "object" && value !== null && "secret" in value;
}

function emptyOf(field: SettingField): unknown {
  switch (field.kind) {
    case "number":
      return Number.NaN;
    case "switch":
      return false;
    case "list":
      return [];
    case "secret":
    case "generated":
      return { secret: "none", text: "" } satisfies SecretValue;
    default:
      return "";
  }
}

/** The channel's settings of an inbox as its form begins; of a new one when there is none. */
export function settingsDraft(channel: Channel, inbox: Inbox | null): InboxDraft {
  const of = (field: SettingField): unknown => {
    if (isSecretKind(field)) return { secret: inbox?.secrets[field.name] ?? "none", text: "" };
    return inbox?.settings[field.name] ?? field.default ?? emptyOf(field);
  };
  return Object.fromEntries(channel.fields.map((field) => [`${channel.name}.${field.name}`, of(field)]));
}

/** An inbox as its form begins. */
export function draftOf(channel: Channel, inbox: Inbox): InboxDraft {
  const { name, queue, locale, bot_enabled, calendar } = inbox;
  return { name, queue, locale, bot_enabled, calendar, ...settingsDraft(channel, inbox) };
}

/** The fields of one dialect, which is chosen and not asked for any more. */
export function fieldsOf(channel: Channel, dialect: string): SettingField[] {
  const own = channel.fields.filter(
    ({ name, when }) => name !== "dialect" && holds(when, "dialect", dialect),
  );
  return own.map((field) => (field.when?.[0] === "dialect" ? { ...field, when: null } : field));
}

/** Whether a condition allows this value of a field; one about another field does. */
function holds(when: SettingField["when"], field: string, value: string): boolean {
  return when === null || when[0] !== field || when[1].split("|").includes(value);
}

/** The fields that are asked with these values: those whose condition holds, and that of what they depend on. */
export function asked(channel: Channel, draft: InboxDraft): SettingField[] {
  const found: SettingField[] = [];
  for (const field of channel.fields) {
    const [on] = field.when ?? [];
    const known = on === undefined || found.some((one) => one.name === on);
    if (known && (on === undefined || holds(field.when, on, String(draft[`${channel.name}.${on}`]))))
      found.push(field);
  }
  return found;
}

/** A value without what pasting and typing leave around it. */
export function tidySetting(field: SettingField, value: unknown): unknown {
  if (isSecretValue(value)) {
    return value.secret === "new" ? { ...value, text: value.text.trim() } : value;
  }
  if (Array.isArray(value)) return value.map((one) => String(one).trim()).filter(Boolean);
  if (typeof value !== "string") return value;
  return isLong(field) ? value.trim() : value.trim().replace(/\s+/g, " ");
}

function fits(pattern: string | null, text: string): boolean {
  if (pattern === null) return true;
  try {
    return new RegExp(`^(?:${pattern})$`, "u").test(text);
  } catch {
    return true; // written for the hub alone, which looks again
  }
}

function checkText(field: SettingField, text: string): Problem | null {
  const shown = isLong(field) ? text.replace(/[\r\n\t]/g, " ") : text;
  return line(shown, field.longest) ?? (fits(field.pattern, text) ? null : { key: "format" });
}

function checkSetting(field: SettingField, value: unknown): Problem | null {
  const needed: Problem | null = field.required ? { key: "required" } : null;
  if (isSecretValue(value)) {
    if (field.kind === "generated" || value.secret === "set") return null;
    return value.secret === "new" ? checkText(field, value.text) : needed;
  }
  if (typeof value === "number") {
    const { least, most } = field;
    if (Number.isNaN(value) && !field.required && field.default === null) return null;
    return Number.isInteger(value) && value >= least && value <= most
      ? null
      : { key: "range", params: { least, most } };
  }
  if (Array.isArray(value)) {
    if (value.length === 0) return needed;
    if (value.length > MOST_LINES) return { key: "origins" };
    return value.map((one) => checkText(field, String(one))).find((one) => one !== null) ?? null;
  }
  if (typeof value !== "string") return null;
  return value === ""
    ? needed
    : field.kind === "choice" || field.kind === "flow"
      ? null
      : checkText(field, value);
}

/** What is wrong with the channel's settings; of those that are not asked, nothing is. */
export function checkSettings(channel: Channel, draft: InboxDraft): Problems<InboxDraft> {
  const problems = asked(channel, draft).map((field) => {
    const key = `${channel.name}.${field.name}`;
    return [key, checkSetting(field, draft[key])] as const;
  });
  return Object.fromEntries(problems.filter(([, problem]) => problem !== null)) as Problems<InboxDraft>;
}

function sent(value: unknown): Setting | undefined {
  if (isSecretValue(value)) {
    return value.secret === "new" ? value.text : value.secret === "none" ? null : undefined;
  }
  if (value === "" || Number.isNaN(value) || (Array.isArray(value) && value.length === 0)) return null;
  return value as Setting;
}

/** The settings that differ from what is stored, as the hub takes them: null takes one away. */
export function changedSettings(
  channel: Channel,
  stored: InboxDraft,
  draft: InboxDraft,
): Record<string, Setting> {
  const found: Record<string, Setting> = {};
  for (const field of channel.fields) {
    const key = `${channel.name}.${field.name}`;
    const value = sent(draft[key]);
    if (field.kind !== "generated" && value !== undefined && !same(stored[key], draft[key]))
      found[field.name] = value;
  }
  return found;
}

/** The settings of a new inbox: what is asked and filled in. */
export function newSettings(channel: Channel, draft: InboxDraft): Record<string, Setting> {
  const found: Record<string, Setting> = {};
  for (const field of asked(channel, draft)) {
    const value = sent(draft[`${channel.name}.${field.name}`]);
    if (field.kind !== "generated" && value !== undefined && value !== null) found[field.name] = value;
  }
  return found;
}

/** What tells one inbox of a channel from another: its first setting that is needed and no secret. */
export function whereOf(channel: Channel | undefined, inbox: Inbox): string {
  if (inbox.origins.length > 0) return inbox.origins.join(", ");
  const field = channel?.fields.find(
    (one) => one.required && one.kind === "text" && one.name in inbox.settings,
  );
  return field ? String(inbox.settings[field.name]) : "";
}

/** What an inbox begins with besides its channel's settings. */
export function emptyInbox(name: string, queue: string, locale: "fa" | "en"): InboxDraft {
  const calendar: Calendar = { time_zone: "Asia/Tehran", week: {}, holidays: [], always_open: true };
  return { name, queue, locale, bot_enabled: true, calendar };
}
