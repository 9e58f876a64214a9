/** Flows of calls as the editor has them: steps that name one another. The hub's `channels/voice/flow.py` is the truth. */
import type { Locale } from "../../../wire/desk.types";

export interface Words {
  fa: string;
  en: string;
}

export const STEP_TYPES = [
  "say",
  "menu",
  "language",
  "hours",
  "collect",
  "bot",
  "queue",
  "callback",
  "voicemail",
  "transfer",
  "hangup",
] as const;
export type StepType = (typeof STEP_TYPES)[number];

/** A step: its type, and the values of `PARTS`. */
export type Step = { type: StepType } & Readonly<Record<string, unknown>>;

export interface Beginning {
  node: string;
  locale: Locale;
}

export interface FlowContent {
  name: string;
  version: number;
  entry: Beginning;
  entries: Record<string, Beginning>;
  locales: Locale[];
  nodes: Record<string, Step>;
}

export interface FlowVersion {
  number: number;
  by: string;
  at: number;
  note: string;
}

export interface FlowSummary {
  id: string;
  name: string;
  version: number;
  unpublished: boolean;
  changed_by: string;
  changed_at: number;
  numbers: string[];
  problems: number;
}

export interface FlowRecord extends Omit<FlowSummary, "problems"> {
  revision: number;
  draft: FlowContent;
  live: FlowContent | null;
  versions: FlowVersion[];
}

export interface FlowProblem {
  code: string;
  /** Empty for the flow itself. */
  step: string;
  detail: string;
  fa: string;
  en: string;
}

export interface FlowReview {
  problems: FlowProblem[];
  preview_fa: string;
  preview_en: string;
}

export const CAME = [
  "keys",
  "words",
  "silence",
  "bot_done",
  "bot_person",
  "bot_away",
  "waited",
  "failed",
] as const;

/** One thing that comes in a trial. */
export interface Came {
  kind: (typeof CAME)[number];
  text: string;
}

export interface Stage {
  step: string;
  path: string[];
  heard: { text: string; locale: Locale }[];
  awaits: "keys" | "words" | "bot" | "line" | "message" | "number" | "callback" | "nothing";
  to: string;
  keys: string[];
}

/** What a part of a step holds. `words?`, `step?`: may be left out (null). */
export type PartKind =
  | "words"
  | "words?"
  | "step"
  | "step?"
  | "queue"
  | "calendar"
  | "keys"
  | "languages"
  | "number"
  | "seconds"
  | "seconds?"
  | "text"
  | "switch";

export interface Part {
  name: string;
  kind: PartKind;
  /** With what a new step begins. */
  blank: unknown;
  /** Few change it. */
  rare?: boolean;
}

const NO_WORDS: Words = { fa: "", en: "" };
const words: Part = { name: "text", kind: "words", blank: NO_WORDS };
const maybeWords: Part = { name: "text", kind: "words?", blank: null };
const retries: Part = { name: "retries", kind: "number", blank: 2, rare: true };
const seconds = (blank: number): Part => ({ name: "seconds", kind: "seconds", blank, rare: true });
const step = (name: string): Part => ({ name, kind: "step", blank: "" });
const queue: Part = { name: "queue", kind: "queue", blank: "" };

/** What each type of step is made of, in the order of its card. */
export const PARTS: Readonly<Record<StepType, readonly Part[]>> = {
  say: [words, step("then")],
  menu: [
    words,
    { name: "choices", kind: "keys", blank: {} },
    step("otherwise"),
    { name: "invalid", kind: "words?", blank: null, rare: true },
    retries,
    seconds(6),
  ],
  language: [
    words,
    { name: "choices", kind: "languages", blank: { "1": "fa", "2": "en" } },
    step("then"),
    seconds(6),
  ],
  hours: [{ name: "calendar", kind: "calendar", blank: "inbox" }, step("open"), step("closed")],
  collect: [
    words,
    { name: "name", kind: "text", blank: "number" },
    step("then"),
    step("otherwise"),
    { name: "least", kind: "number", blank: 1 },
    { name: "most", kind: "number", blank: 12 },
    { name: "secret", kind: "switch", blank: false },
    retries,
    seconds(8),
  ],
  bot: [
    maybeWords,
    { name: "ask", kind: "words?", blank: null },
    step("then"),
    step("handoff"),
    step("otherwise"),
    { ...retries, blank: 1 },
    seconds(8),
  ],
  queue: [
    queue,
    maybeWords,
    { name: "patience", kind: "seconds?", blank: null },
    { name: "then", kind: "step?", blank: null },
    { name: "priority", kind: "number", blank: 500, rare: true },
  ],
  callback: [
    words,
    { name: "key", kind: "text", blank: "1" },
    queue,
    step("declined"),
    { name: "confirmed", kind: "words?", blank: null, rare: true },
    seconds(6),
  ],
  voicemail: [words, queue, { name: "longest", kind: "seconds", blank: 120, rare: true }],
  transfer: [maybeWords, { name: "number", kind: "text", blank: "" }, step("failed"), seconds(25)],
  hangup: [maybeWords],
};

/** A step of a type, with nothing written in it. */
export function blankStep(type: StepType): Step {
  return { type, ...Object.fromEntries(PARTS[type].map((one) => [one.name, one.blank])) };
}

/** Where a step leads: the steps it names, in the order of its card. */
export function targetsOf(one: Step): string[] {
  return PARTS[one.type].flatMap((part) => {
    const value = one[part.name];
    if (part.kind === "keys") return Object.values((value ?? {}) as Record<string, string>);
    return part.kind.startsWith("step") && typeof value === "string" && value ? [value] : [];
  });
}

/** The steps as a reader meets them: from the beginning on, each once; those that nothing leads to come last. */
export function inReadingOrder(content: FlowContent): string[] {
  const found = new Set<string>();
  const ahead = [content.entry.node, ...Object.values(content.entries).map((one) => one.node)];
  while (ahead.length > 0) {
    const name = ahead.shift() as string;
    const one = content.nodes[name];
    if (!one || found.has(name)) continue;
    found.add(name);
    ahead.unshift(...targetsOf(one));
  }
  return [...found, ...Object.keys(content.nodes).filter((one) => !found.has(one))];
}

/** A flow as its form has it: a field for each step, so that two people's changes of different steps both stand. */
export type FlowDraft = Readonly<Record<string, unknown>>;

const STEP = "step.";
export const stepField = (name: string): string => STEP + name;

/** The steps of a draft that are not taken out. */
export function stepsOf(draft: FlowDraft): Map<string, Step> {
  const all = Object.entries(draft).filter(([field, value]) => field.startsWith(STEP) && value);
  return new Map(all.map(([field, value]) => [field.slice(STEP.length), value as Step]));
}

export function draftOf(record: Pick<FlowRecord, "name" | "revision" | "draft">): FlowDraft {
  const { entry, entries, locales, nodes } = record.draft;
  return {
    name: record.name,
    revision: record.revision,
    ...partsOf({ entry, entries, locales, nodes }),
  };
}

/** What a flow's content is in a draft. */
export function partsOf(content: Pick<FlowContent, "entry" | "entries" | "locales" | "nodes">): FlowDraft {
  const { entry, entries, locales, nodes } = content;
  const steps = Object.entries(nodes).map(([name, one]) => [stepField(name), one]);
  return { entry, entries, locales, ...Object.fromEntries(steps) };
}

/** The fields of some drafts: everything that can differ between them. */
export function fieldsOf(...drafts: FlowDraft[]): string[] {
  const steps = new Set(drafts.flatMap((one) => Object.keys(one).filter((field) => field.startsWith(STEP))));
  return ["name", "entry", "entries", "locales", ...steps];
}

/** The content of a draft, its steps in an order. */
export function contentOf(draft: FlowDraft, order: readonly string[] = []): FlowContent {
  const steps = stepsOf(draft);
  const names = [...new Set([...order.filter((one) => steps.has(one)), ...steps.keys()])];
  return {
    name: String(draft.name) || "-",
    version: 0,
    entry: draft.entry as Beginning,
    entries: draft.entries as Record<string, Beginning>,
    locales: draft.locales as Locale[],
    nodes: Object.fromEntries(names.map((one) => [one, steps.get(one) as Step])),
  };
}

/** What changes when a step gets another name: everything that leads to it follows. */
export function renamed(draft: FlowDraft, from: string, to: string): Record<string, unknown> {
  const change: Record<string, unknown> = {};
  for (const [name, one] of stepsOf(draft)) {
    const follows = pointed(one, from, to);
    if (name === from) Object.assign(change, { [stepField(from)]: undefined, [stepField(to)]: follows });
    else if (follows !== one) change[stepField(name)] = follows;
  }
  const moved = (one: Beginning): Beginning => (one.node === from ? { ...one, node: to } : one);
  const entries = draft.entries as Record<string, Beginning>;
  return {
    ...change,
    entry: moved(draft.entry as Beginning),
    entries: Object.fromEntries(Object.entries(entries).map(([number, one]) => [number, moved(one)])),
  };
}

function pointed(one: Step, from: string, to: string): Step {
  if (!targetsOf(one).includes(from)) return one;
  const parts = PARTS[one.type].map((part) => {
    const value = one[part.name];
    if (part.kind !== "keys") return [part.name, part.kind.startsWith("step") && value === from ? to : value];
    const keys = Object.entries((value ?? {}) as Record<string, string>);
    return [part.name, Object.fromEntries(keys.map(([key, target]) => [key, target === from ? to : target]))];
  });
  return { ...one, ...Object.fromEntries(parts) };
}

/** A name that no step has yet. */
export function freeName(wanted: string, taken: ReadonlySet<string>): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? wanted : `${wanted} ${n}`;
    if (!taken.has(name)) return name;
  }
}

/** The key that a new choice of a menu begins with: the first that is free. */
export function freeKey(taken: readonly string[]): string {
  return [..."1234567890*#"].find((one) => !taken.includes(one)) ?? "";
}

/** A draft in which what was left empty is left out. */
export function tidyFlow(draft: FlowDraft): FlowDraft {
  const steps = [...stepsOf(draft)].map(([name, one]) => [stepField(name), tidyStep(one)]);
  const gone = Object.keys(draft).filter((one) => one.startsWith(STEP) && !draft[one]);
  const rest = Object.fromEntries(Object.entries(draft).filter(([field]) => !gone.includes(field)));
  return { ...rest, name: String(draft.name).trim().replace(/\s+/g, " "), ...Object.fromEntries(steps) };
}

function tidyStep(one: Step): Step {
  const parts = PARTS[one.type].map((part) => {
    const value = one[part.name];
    if (part.kind === "words?" && value && !(value as Words).fa.trim() && !(value as Words).en.trim())
      return [part.name, null];
    if (part.kind === "step?" && value === "") return [part.name, null];
    if (part.kind === "seconds?" && Number.isNaN(value)) return [part.name, null];
    return [part.name, value];
  });
  return { ...one, ...Object.fromEntries(parts) };
}

/** Whether every number in a step is one; the hub cannot read it else. */
export function isWhole(one: Step): boolean {
  return PARTS[one.type].every((part) => typeof one[part.name] !== "number" || !Number.isNaN(one[part.name]));
}
