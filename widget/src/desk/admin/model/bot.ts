/** What the training studio of the hub sends and takes. The Python side (`hub/web/bot_*.py`) is the truth. */
import type { Locale } from "../../../wire/desk.types";
import type { Bin } from "./confidence";
import type { StoryRun } from "./stories";

/** A part of a text: `text[start:end]`, in characters as Python counts them. */
export interface Span {
  start: number;
  end: number;
}

/** An entity; `value` where its words stand for something else. */
export interface Mark extends Span {
  entity: string;
  value: string;
  /** Which of several it is, and which belong together; only bots that were written by hand have these. */
  role?: string;
  group?: string;
}

export interface Sentence {
  text: string;
  lang: Locale;
  split: "train" | "test";
  marks: Mark[];
}

/** What a sentence may mean; confidence 0-1. */
export interface Guess {
  intent: string;
  confidence: number;
}

export interface ReviewRow {
  id: string;
  text: string;
  lang: Locale;
  reasons: string[];
  times: number;
  /** The surest first. */
  guesses: Guess[];
  /** "<conversation>:<seq>" */
  places: string[];
  last_at: number;
  label: string;
}

export interface ReviewPage {
  groups: { rows: ReviewRow[] }[];
  waiting: number;
}

export interface IntentSummary {
  name: string;
  faq: boolean;
  version: number;
  fa: number;
  en: number;
  test: number;
}

export interface Flaw {
  place: string;
  code: string;
  text: string;
}

export interface Conflicting {
  text: string;
  intents: string[];
  near: boolean;
}

export interface Knowledge {
  intents: IntentSummary[];
  responses: string[];
  /** The words of each response, all of its variants. */
  said: Record<string, string[]>;
  files: string[];
  entities: string[];
  problems: Flaw[];
  conflicts: Conflicting[];
}

export interface IntentRecord {
  name: string;
  version: number;
  faq: boolean;
  sentences: Sentence[];
  answers: Partial<Record<Locale, string>>;
  answer_version: number;
  /** Places of written rules and forms that name it. */
  used: string[];
  /** How many of the sentences that were sent had personal data in them, which is not kept. */
  masked: number;
}

export interface ReplyButton {
  title: string;
  payload: string;
}

export interface BotAnswer {
  text: string;
  buttons: ReplyButton[];
  image: string;
}

export interface ResponseRecord {
  name: string;
  version: number;
  plain: boolean;
  answers: Partial<Record<Locale, BotAnswer>>;
}

export interface Version {
  number: number;
  state: "queued" | "training" | "ready" | "failed" | "cancelled";
  by: string;
  by_name: string;
  at: number;
  note: string;
  stage: string;
  detail: string;
  done: number;
  of: number;
  began_at: number | null;
  ended_at: number | null;
  failure: string;
  failure_text: string;
  base: number;
  counts: Record<string, number>;
  accuracy: number | null;
  macro_f1: number | null;
  n_train: number;
  n_test: number;
  train_seconds: number;
  peak_mb: number;
  /** Its model is kept for ever; its model is gone. */
  pinned: boolean;
  pruned: boolean;
  role: "" | "active" | "previous" | "waiting" | "loading";
  /** It is to be tried with the pinned conversations again; why that could not be done. */
  pins_wanted: boolean;
  pins_failure: string;
  /** What was done with it, the oldest first; only in a report. */
  history: VersionEvent[];
}

export interface VersionEvent {
  kind: "activated" | "live" | "cancelled" | "rolled_back" | "returned" | "stuck";
  at: number;
  /** Empty where the hub did it. */
  by_name: string;
  share: number;
  reason: string;
  unmet: Gate["name"][];
  /** So many conversations went on with another version. */
  moved: number;
}

export interface VersionList {
  versions: Version[];
  last_seconds: number;
}

export interface Rollout {
  active: number;
  share: number;
  slots: Record<string, number>;
  loading: number | null;
  loading_since: number | null;
  /** The version that its server did not load in time. */
  stuck: number | null;
  /** Where rolling back leads. */
  back_to: number | null;
  /** What is loading waits while `talks` conversations go on with this version. */
  waits_for: number | null;
  talks: number;
  /** What is loading is put back into its place. */
  returns: boolean;
}

export interface Score {
  precision: number;
  recall: number;
  f1: number;
  support: number;
}

export interface Wrong {
  text: string;
  intent: string;
  predicted: string;
  confidence: number;
  lang: Locale;
}

export interface Confused {
  intent: string;
  predicted: string;
  times: number;
}

/** If the bot answered only from `threshold` on: the share answered, and of those the share right. */
export interface Threshold {
  threshold: number;
  answered: number;
  right: number;
}

/** A sentence that two versions read differently. */
export interface Reading {
  text: string;
  intent: string;
  before: string;
  after: string;
}

export interface Gate {
  name: "accuracy" | "f1_drop" | "broken" | "stories" | "untold";
  passed: boolean;
  figure: number;
  wanted: number;
  /** There was something to compare with. */
  compared: boolean;
}

/** Conditions of activation; shares from 0 to 1. */
export interface Gates {
  min_accuracy: number;
  max_f1_drop: number;
  max_broken: number;
  version: number;
}

export interface Report {
  version: Version;
  per_intent: Record<string, Score>;
  /** Intents of which no sentence was tested. */
  untested: string[];
  per_lang: Record<string, number>;
  errors: Wrong[];
  confused: Confused[];
  thresholds: Threshold[];
  /** How sure it was, in equal steps from 0 to 1; empty in reports of before. */
  bins: Bin[];
  /** Its own, below which it understands nothing. */
  threshold: number;
  fixed: Reading[];
  broken: Reading[];
  stories: StoryRun[];
  gates: Gate[];
}

/** A cut of a text: plain, or an entity. */
export interface Cut {
  text: string;
  mark: Mark | null;
}

/** The text in pieces, entities apart. Places count characters, not UTF-16 units. */
export function cutMarks(text: string, marks: readonly Mark[]): Cut[] {
  const letters = [...text];
  const cuts: Cut[] = [];
  let at = 0;
  for (const mark of [...marks].sort((a, b) => a.start - b.start)) {
    if (mark.start < at || mark.end > letters.length) continue;
    if (mark.start > at) cuts.push({ text: letters.slice(at, mark.start).join(""), mark: null });
    cuts.push({ text: letters.slice(mark.start, mark.end).join(""), mark });
    at = mark.end;
  }
  if (at < letters.length) cuts.push({ text: letters.slice(at).join(""), mark: null });
  return cuts;
}

/** The place of a selection without the blanks at its ends, in characters; null when nothing is left of it. */
export function spanOf(text: string, from: number, to: number): Span | null {
  const chosen = text.slice(from, to);
  const lead = chosen.length - chosen.trimStart().length;
  const start = from + lead;
  const end = start + chosen.trim().length;
  if (end <= start) return null;
  return { start: [...text.slice(0, start)].length, end: [...text.slice(0, end)].length };
}

/** My changes of a list of sentences put onto what somebody else saved meanwhile: what I added is added, what I took out is out. */
export function mergeSentences(base: Sentence[], mine: Sentence[], theirs: Sentence[]): Sentence[] {
  const was = new Set(base.map(sentenceKey));
  const kept = new Set(mine.map(sentenceKey));
  const there = new Set(theirs.map(sentenceKey));
  const left = theirs.filter((one) => kept.has(sentenceKey(one)) || !was.has(sentenceKey(one)));
  const added = mine.filter((one) => !was.has(sentenceKey(one)) && !there.has(sentenceKey(one)));
  return [...left, ...added];
}

function sentenceKey(one: Sentence): string {
  return JSON.stringify([
    one.text,
    one.lang,
    one.split,
    one.marks.map((mark) => [mark.start, mark.end, mark.entity, mark.value]),
  ]);
}

/** Whether a set of sentences is far out of balance with the others: less than a fifth of the middle one. */
export function scarceIntents(intents: readonly IntentSummary[]): Set<string> {
  const sizes = intents.map((one) => one.fa + one.en).sort((a, b) => a - b);
  const middle = sizes[Math.floor(sizes.length / 2)] ?? 0;
  return new Set(intents.filter((one) => (one.fa + one.en) * 5 < middle).map((one) => one.name));
}

/** Milliseconds that a training still takes, guessed from the last one; null when there was none or it takes longer. */
export function timeLeft(version: Version, lastSeconds: number, now: number): number | null {
  if (version.began_at === null || lastSeconds <= 0) return null;
  const left = lastSeconds * 1000 - (now - version.began_at);
  return left > 0 ? left : null;
}

const OFFERED = 3;

/** What sentences that are taught together may mean: the three that all of them make likeliest, by their mean confidence. */
export function guessesOf(rows: readonly Pick<ReviewRow, "guesses">[]): Guess[] {
  const sums = new Map<string, number>();
  for (const row of rows)
    for (const { intent, confidence } of row.guesses) sums.set(intent, (sums.get(intent) ?? 0) + confidence);
  return [...sums]
    .map(([intent, sum]) => ({ intent, confidence: sum / rows.length }))
    .sort((a, b) => b.confidence - a.confidence)
    .slice(0, OFFERED);
}
