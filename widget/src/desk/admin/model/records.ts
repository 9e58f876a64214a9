/** What the admin interface of the hub sends and takes. The Python side (`hub/web/admin_*.py`) is the truth. */
import type { Locale, Role } from "../../../wire/desk.types";

export interface Agent {
  id: string;
  login: string;
  name: string;
  role: Role;
  locale: Locale;
  languages: Locale[];
  queues: string[];
  /** Units: a chat takes 25. */
  capacity: number;
  active: boolean;
  status: string;
  connected: boolean;
  /** From 1 to 5. */
  skills: Record<string, number>;
  teams: string[];
  maxima: Record<string, number>;
  /** What rings for calls: an extension, a number or a SIP address. */
  phone: string;
}

export interface Queue {
  id: string;
  name: string;
  offer_seconds: number;
  priority: number;
  max_wait_seconds: number;
  channels: string[];
  languages: string[];
  target: { percent: number; seconds: number; short_abandon_seconds: number };
  strategy: Strategy;
  rings: Ring[];
  exit: (typeof EXITS)[number];
  exit_queue: string | null;
  preferred_seconds: number;
  return_seconds: number;
  pick: boolean;
  auto_accept: string[];
  /** What follows a conversation. */
  wrap_up: { mode: (typeof WRAP_UPS)[number]; seconds: number; disposition_required: boolean };
  /** A named one; empty: that of the inbox. */
  calendar: string;
  /** Which calls are recorded. */
  recording: { mode: (typeof RECORDINGS)[number]; announced: boolean };
}

export const RECORDINGS = ["inbox", "all", "none", "on_demand"] as const;
export const EXITS = ["form", "callback", "voicemail", "queue"] as const;
export const WRAP_UPS = ["none", "fixed", "until_done"] as const;

export const STRATEGIES = [
  "longest_idle",
  "least_loaded",
  "most_proficient",
  "round_robin",
  "broadcast",
] as const;
export type Strategy = (typeof STRATEGIES)[number];

export interface Need {
  skill: string;
  /** From 1 to 5. */
  level: number;
}

/** Who is asked until somebody has waited so long. */
export interface Ring {
  until_seconds: number;
  needs: Need[];
  teams: string[];
  /** Only who speaks the customer's language. */
  speaks: boolean;
}

/** When a rule holds: what is not empty must match. */
export interface Condition {
  inboxes: string[];
  channels: string[];
  locales: string[];
  intents: string[];
  /** The values of a customer's attribute that match. */
  attributes: Record<string, string[]>;
  calendar: string;
  /** Whether the calendar must be open then. */
  open: boolean;
}

export interface Rule {
  name: string;
  when: Condition;
  /** Null: that of the inbox. */
  queue: string | null;
  priority: number;
  needs: Need[];
}

export const ROLES: readonly Role[] = ["agent", "supervisor", "bot_admin", "admin"];

/** Allows numbers to people, or refuses them; see `hub/model/dialling.py`. */
export interface DialRule {
  name: string;
  /** None: everybody. */
  roles: Role[];
  /** How they begin (+98), short ones (110), how short ones begin (1*), all short ones (*). None: all. */
  numbers: string[];
  calendar: string;
  open: boolean;
  allow: boolean;
}

export interface Dialling {
  rules: DialRule[];
  /** Whether what no rule names may be dialled. */
  otherwise: boolean;
}

/** Business hours with a name of their own. */
export interface NamedCalendar {
  id: string;
  name: string;
  calendar: Calendar;
  /** As of when it was loaded; `next_opening` in ms. */
  open: boolean | null;
  next_opening: number | null;
}

export const PROMISES = [
  "first_response",
  "next_response",
  "resolution",
  "offer_acceptance",
  "callback",
] as const;
export type Promised = (typeof PROMISES)[number];

/** A promise to conversations; what is empty matches all. The first in `order` counts. */
export interface Sla {
  id: string;
  name: string;
  order: number;
  inboxes: string[];
  queues: string[];
  channels: string[];
  /** At least this; null: any. */
  priority: number | null;
  /** Seconds. */
  targets: Partial<Record<Promised, number>>;
  calendar: string;
  warn_seconds: number;
}

/** What a dry run says. */
export interface TriedOut {
  rule: string | null;
  queue: string | null;
  /** Which ring is asked now, from 0. */
  ring: number;
  exit: (typeof EXITS)[number];
  exit_queue: string | null;
  exit_seconds: number;
  gets: string[];
  /** Somebody could take it with everybody at work; where nobody could, the verdicts say why not even then. */
  ever: boolean;
  rings: { until_seconds: number | null; names: string[] }[];
  verdicts: { agent: string; name: string; fits: boolean; reason: string; detail: string }[];
}

export type Day = "sat" | "sun" | "mon" | "tue" | "wed" | "thu" | "fri";
/** From and to, like `["09:00", "17:00"]`; only a `to` may be "24:00". */
export type Window = [from: string, to: string];

export interface Calendar {
  time_zone: string;
  week: Partial<Record<Day, Window[]>>;
  /** ISO dates, or days of every year: jalali:MM-DD, gregorian:MM-DD. */
  holidays: string[];
  always_open: boolean;
}

/** One setting of an inbox in JSON; null takes it away. */
export type Setting = string | number | boolean | string[] | null;

export interface SettingField {
  name: string;
  kind: "text" | "secret" | "number" | "switch" | "choice" | "list" | "generated" | "flow";
  required: boolean;
  default: string | number | boolean | null;
  choices: string[];
  /** A regular expression for the whole value. */
  pattern: string | null;
  longest: number;
  least: number;
  most: number;
  /** Only asked when another field has a value. */
  when: [field: string, value: string] | null;
  /** Of a generated one: the provider must know it, so it is shown when it is made. */
  shown: boolean;
}

export interface Channel {
  name: string;
  fields: SettingField[];
  features: string[];
  max_text: number;
  max_attachment: number;
  live: boolean;
  window_seconds: number | null;
}

export interface Inbox {
  id: string;
  name: string;
  channel: string;
  bot_enabled: boolean;
  queue: string;
  locale: Locale;
  origins: string[];
  accent: string;
  brand: string;
  calendar: Calendar;
  /** What is filled in of the channel's settings, without secrets. */
  settings: Record<string, Setting>;
  /** The secrets that are kept. */
  secrets: Record<string, "set" | "unreadable">;
  /** Settings without which it cannot work. */
  missing: string[];
  webhook: string | null;
}

/** `shown`: secrets made just now that the provider must know. They are never sent again. */
export interface InboxMade {
  inbox: Inbox;
  shown: Record<string, string>;
}

export interface Finding {
  ok: boolean;
  code: string;
  field: string | null;
  /** The other side's own words. */
  detail: string;
}

export interface AsideItem {
  id: string;
  inbox: string;
  reason: string;
  summary: string;
  /** bytes */
  size: number;
  /** ms */
  at: number;
  /** So often it came. */
  times: number;
  /** The code with which it was refused when it was run again. */
  trouble: string | null;
  tried_at: number | null;
}

export interface AsidePage {
  items: AsideItem[];
  before: string | null;
}

export interface Canned {
  id: string;
  shortcut: string;
  locale: Locale;
  text: string;
}

export interface Workplace {
  grace_seconds: number;
  silent_seconds: number;
  bot_idle_seconds: number;
  agent_idle_seconds: number;
  wrap_up_seconds: number;
  bot_turn_seconds: number;
  cooling_seconds: number;
  default_handle_seconds: number;
  snooze_max_days: number;
  starving_seconds: number;
  misses_before_alarm: number;
  costs: Record<string, number>;
  parked_costs: Record<string, number>;
  maxima: Record<string, number>;
  skills: string[];
  teams: string[];
  break_reasons: string[];
  dispositions: string[];
}

export interface AuditRecord {
  seq: number;
  /** ms */
  at: number;
  actor: string;
  actor_name: string;
  action: string;
  target: string;
  ip: string | null;
  changes: Record<string, [before: unknown, after: unknown]>;
  seal: string;
}

export interface AuditPage {
  records: AuditRecord[];
  before: number | null;
}

export interface AuditVerdict {
  intact: boolean;
  broken_at: number | null;
}

export interface Me {
  id: string;
  login: string;
  name: string;
  role: Role;
  locale: Locale;
  csrf: string;
}
