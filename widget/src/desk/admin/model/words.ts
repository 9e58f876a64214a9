/** Entities, synonyms, patterns and lists, as `hub/web/bot_words.py` sends and takes them. */
import type { Mark, Span } from "./bot";

export const TERM_KINDS = ["entity", "regex", "lookup", "synonym"] as const;
export type TermKind = (typeof TERM_KINDS)[number];

export interface TermSummary {
  kind: TermKind;
  name: string;
  version: number;
  /** How many values it has. */
  values: number;
  /** How often an entity is marked. */
  fa: number;
  en: number;
  /** Patterns and entries with an entity's name. */
  regex: number;
  lookup: number;
}

export interface TermRecord {
  kind: TermKind;
  name: string;
  version: number;
  values: string[];
  sentences: { intent: string; text: string; marks: Mark[] }[];
  used: string[];
}

/** An import or a label of many sentences that can be taken back. */
export interface BulkAct {
  id: string;
  kind: "import" | "label" | "remove" | "project";
  what: string;
  by_name: string;
  at: number;
  sentences: number;
}

/** The place of a term in addresses: its kind and its name. */
export function termId(one: { kind: TermKind; name: string }): string {
  return `${one.kind}:${one.name}`;
}

/** The reverse of `termId`; null when it is none. */
export function termOf(id: string): { kind: TermKind; name: string } | null {
  const kind = TERM_KINDS.find((one) => id.startsWith(`${one}:`));
  return kind ? { kind, name: id.slice(kind.length + 1) } : null;
}

/** Values from lines; blank ones are none. */
export function valuesOf(text: string): string[] {
  return text
    .split("\n")
    .map((one) => one.trim())
    .filter(Boolean);
}

/** Marks of a text that was changed: those outside the change keep their words. */
export function moveMarks(before: string, after: string, marks: readonly Mark[]): Mark[] {
  const [old, now] = [[...before], [...after]];
  const shorter = Math.min(old.length, now.length);
  let head = 0;
  while (head < shorter && old[head] === now[head]) head++;
  let tail = 0;
  while (tail < shorter - head && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail++;
  const by = now.length - old.length;
  return marks.flatMap((one) => {
    if (one.end <= head) return [one];
    if (one.start < old.length - tail) return [];
    return [{ ...one, start: one.start + by, end: one.end + by }];
  });
}

/** The mark that a span would overlap. */
export function overlapped(span: Span, marks: readonly Mark[]): Mark | null {
  return marks.find((one) => one.start < span.end && span.start < one.end) ?? null;
}

/** One of six tints, the same for a name every time. */
export function tintOf(entity: string): number {
  return [...entity].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973, 7) % 6;
}
