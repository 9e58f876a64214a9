/** What the hub will refuse, said before it does. Each check gives a key of words, or null. Limits are those of `hub/web`. */
import { parseColour } from "./contrast";
import { isZone, minutesPerWeek, weekIsRight } from "./hours";
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from "./password";
import type { Agent, Calendar, Canned, Inbox, NamedCalendar, Queue, Sla, Workplace } from "./records";

/** A problem in words: a key of the dictionary under `check.` and what stands in its holes. */
export interface Problem {
  key:
    | "required"
    | "long"
    | "short"
    | "login"
    | "range"
    | "shortcut"
    | "colour"
    | "origin"
    | "origins"
    | "zone"
    | "buttons"
    | "form.name"
    | "form.slot.name"
    | "form.slot.ask"
    | "image"
    | "week"
    | "code"
    | "none"
    | "text"
    | "repeat"
    | "same"
    | "taken"
    | "format"
    | "units"
    | "routes"
    | "dialling"
    | "capacity"
    | "never"
    | "promise";
  params?: Record<string, string | number>;
}

export type Problems<T> = Partial<Record<keyof T & string, Problem>>;

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
const UNSHOWABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/;

/** A line of words that is needed. */
export function line(text: string, longest: number, shortest = 1): Problem | null {
  const length = [...text.trim().replace(/\s+/g, " ")].length;
  if (length === 0) return { key: "required" };
  if (UNSHOWABLE.test(text)) return { key: "text" };
  if (length > longest) return { key: "long", params: { n: longest } };
  return length < shortest ? { key: "short", params: { n: shortest } } : null;
}

function between(value: number, least: number, most: number): Problem | null {
  return Number.isInteger(value) && value >= least && value <= most
    ? null
    : { key: "range", params: { least, most } };
}

/** The same of seconds, told as a span of time. */
function span(value: number, least: number, most: number): Problem | null {
  return between(value, least, most) && { key: "range", params: { least, most, seconds: 1 } };
}

function gather<T>(found: Partial<Record<keyof T & string, Problem | null>>): Problems<T> {
  return Object.fromEntries(Object.entries(found).filter(([, problem]) => problem)) as Problems<T>;
}

export function checkAgent(agent: Agent, others: readonly Agent[]): Problems<Agent> {
  const login = agent.login.trim();
  const taken = others.some((one) => one.id !== agent.id && one.login.toLowerCase() === login.toLowerCase());
  return gather<Agent>({
    name: line(agent.name, 80),
    login:
      line(agent.login, 60, 2) ??
      (/[\s<>"'&$]/.test(login) ? { key: "login" } : taken ? { key: "taken" } : null),
    capacity:
      agent.role === "agent" && agent.capacity === 0 ? { key: "capacity" } : between(agent.capacity, 0, 1000),
    maxima: checkUnits(agent.maxima, 1),
    languages: agent.languages.length === 0 ? { key: "none" } : null,
  });
}

export const QUEUE_LIMITS = {
  offer_seconds: [5, 600],
  priority: [-10, 10],
  max_wait_seconds: [10, 86_400],
} as const;

export function checkQueue(queue: Queue): Problems<Queue> {
  return gather<Queue>({
    name: line(queue.name, 60),
    offer_seconds: between(queue.offer_seconds, ...QUEUE_LIMITS.offer_seconds),
    priority: between(queue.priority, ...QUEUE_LIMITS.priority),
    max_wait_seconds: between(queue.max_wait_seconds, ...QUEUE_LIMITS.max_wait_seconds),
    target:
      between(queue.target.percent, 1, 100) ??
      between(queue.target.seconds, 1, 86_400) ??
      between(queue.target.short_abandon_seconds, 0, 60),
    preferred_seconds: span(queue.preferred_seconds, 0, 3600),
    return_seconds: span(queue.return_seconds, 0, 86_400),
    wrap_up: span(queue.wrap_up.seconds, 5, 3600),
    exit_queue: queue.exit === "queue" && !queue.exit_queue ? { key: "required" } : null,
  });
}

/** A site as typed ("shop.example", "https://Shop.example/") as the origin that the hub keeps; null when it is none. */
export function parseOrigin(text: string): string | null {
  const typed = text.trim();
  const whole = /^https?:\/\//i.test(typed) ? typed : `https://${typed}`;
  try {
    const url = new URL(whole);
    const bare = url.pathname === "/" && !url.search && !url.hash && !url.username && !url.password;
    return bare && /^https?:\/\/[a-z0-9.:[\]-]+$/.test(url.origin) && /[a-z0-9\]]$/.test(url.hostname)
      ? url.origin
      : null;
  } catch {
    return null;
  }
}

/** What a website chat shows of itself. */
export function checkLooks(brand: string, accent: string): Problems<{ brand: string; accent: string }> {
  return gather<{ brand: string; accent: string }>({
    brand: line(brand, 60),
    accent: parseColour(accent) ? null : { key: "colour" },
  });
}

/** What inboxes of all channels have. */
export function checkCommon({
  name,
  queue,
  calendar,
}: Record<string, unknown>): Problems<Record<string, unknown>> {
  return gather<Record<string, unknown>>({
    name: line(String(name), 60),
    queue: queue ? null : { key: "required" },
    calendar: checkCalendar(calendar as Calendar),
  });
}

function checkCalendar(calendar: Calendar): Problem | null {
  return !isZone(calendar.time_zone) ? { key: "zone" } : weekIsRight(calendar.week) ? null : { key: "week" };
}

/** Business hours with a name: unlike those of an inbox, they must begin some day. */
export function checkNamedCalendar(one: NamedCalendar): Problems<NamedCalendar> {
  const never = !one.calendar.always_open && minutesPerWeek(one.calendar.week) === 0;
  return gather<NamedCalendar>({
    name: line(one.name, 60),
    calendar: checkCalendar(one.calendar) ?? (never ? { key: "never" } : null),
  });
}

export function checkSla(sla: Sla): Problems<Sla> {
  const targets = Object.values(sla.targets);
  return gather<Sla>({
    name: line(sla.name, 60),
    order: between(sla.order, 0, 1000),
    priority: sla.priority === null ? null : between(sla.priority, -10, 10),
    targets:
      targets.length === 0
        ? { key: "promise" }
        : (targets.map((one) => span(one, 1, 31_536_000)).find((one) => one !== null) ?? null),
    warn_seconds: span(sla.warn_seconds, 0, 604_800),
  });
}

export function checkInbox(inbox: Inbox): Problems<Inbox> {
  const bad = inbox.origins.find((one) => parseOrigin(one) !== one);
  return gather<Inbox>({
    ...checkLooks(inbox.brand, inbox.accent),
    name: line(inbox.name, 60),
    origins:
      bad === undefined
        ? inbox.origins.length > 50
          ? { key: "origins" }
          : null
        : { key: "origin", params: { site: bad } },
    calendar: checkCalendar(inbox.calendar),
  });
}

export function checkCanned(canned: Canned, others: readonly Canned[]): Problems<Canned> {
  const shortcut = canned.shortcut.trim().replace(/^\//, "");
  const taken = others.some(
    (one) => one.id !== canned.id && one.shortcut === shortcut && one.locale === canned.locale,
  );
  const shape =
    shortcut === ""
      ? ({ key: "required" } as const)
      : /^[^\s/<>"']{1,32}$/u.test(shortcut)
        ? null
        : ({ key: "shortcut" } as const);
  const length = [...canned.text.trim()].length;
  return gather<Canned>({
    shortcut: shape ?? (taken ? { key: "taken" } : null),
    text: length === 0 ? { key: "required" } : length > 4000 ? { key: "long", params: { n: 4000 } } : null,
  });
}

export const SECONDS_LIMITS = {
  grace_seconds: [0, 3600],
  silent_seconds: [5, 86_400],
  bot_idle_seconds: [60, 31_536_000],
  agent_idle_seconds: [60, 31_536_000],
  wrap_up_seconds: [5, 86_400],
  bot_turn_seconds: [1, 60],
  cooling_seconds: [0, 3600],
  default_handle_seconds: [5, 86_400],
  starving_seconds: [60, 86_400],
} as const;

export type SecondsField = keyof typeof SECONDS_LIMITS;

export function checkWorkplace(rules: Workplace): Problems<Workplace> {
  const found: Partial<Record<keyof Workplace & string, Problem | null>> = {
    snooze_max_days: between(rules.snooze_max_days, 1, 365),
    misses_before_alarm: between(rules.misses_before_alarm, 1, 100),
    break_reasons: checkCodes(rules.break_reasons),
    dispositions: checkCodes(rules.dispositions),
    costs: checkUnits(rules.costs, 1),
    parked_costs: checkUnits(rules.parked_costs, 0),
    maxima: checkUnits(rules.maxima, 1),
  };
  for (const [field, [least, most]] of Object.entries(SECONDS_LIMITS) as [
    SecondsField,
    readonly [number, number],
  ][]) {
    found[field] = span(rules[field], least, most);
  }
  return gather<Workplace>(found);
}

function checkUnits(units: Readonly<Record<string, number>>, least: number): Problem | null {
  const fits = Object.values(units).every((one) => Number.isInteger(one) && one >= least && one <= 1000);
  return fits ? null : { key: "units", params: { least, most: 1000 } };
}

function checkCodes(codes: readonly string[]): Problem | null {
  if (codes.length === 0) return { key: "none" };
  if (codes.length > 30) return { key: "origins" };
  return codes.every((one) => codeOf(one) === one) ? null : { key: "code" };
}

/** A name as typed ("Team meeting") as the code that is kept ("team_meeting"): one word, no signs that mean something elsewhere. */
export function codeOf(text: string): string | null {
  const code = text.trim().toLowerCase().replace(/\s+/g, "_");
  return code.length <= 40 && /^[^\s:<>"'&]{1,40}$/u.test(code) && !UNSHOWABLE.test(code) ? code : null;
}

export interface PasswordForm {
  old: string;
  new: string;
  again: string;
}

export function checkPassword(form: PasswordForm): Problems<PasswordForm> {
  const length = [...form.new].length;
  return gather<PasswordForm>({
    old: form.old ? null : { key: "required" },
    new:
      length < SHORTEST_PASSWORD
        ? { key: length === 0 ? "required" : "short", params: { n: SHORTEST_PASSWORD } }
        : length > LONGEST_PASSWORD
          ? { key: "long", params: { n: LONGEST_PASSWORD } }
          : form.new === form.old
            ? { key: "same" }
            : null,
    again: form.again === form.new ? null : { key: "repeat" },
  });
}
