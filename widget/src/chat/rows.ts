/** From what is known to what stands on the screen, top to bottom: a pure function. */
import { sameDay } from "../ui/format";
import type { ButtonView, EntryView, PartView } from "../wire/webchat.types";
import { type Chat, partsOf } from "./model";

export type Mark = "sending" | "sent" | "read" | "failed";

export interface BubbleRow {
  kind: "bubble";
  /** The same from the first keystroke to the last receipt. */
  key: string;
  seq: number | null;
  at: number;
  author: "contact" | "bot" | "agent";
  name: string | null;
  parts: PartView[];
  /** First and last of a run of one author. */
  first: boolean;
  last: boolean;
  /** How far a message of mine has come. */
  mark: Mark | null;
  /** The refusal's code. */
  error: string | null;
  /** Which buttons may be pressed, and which was. */
  live: boolean;
  pressed: string | null;
}

export type Row =
  | { kind: "day"; key: string; at: number }
  | { kind: "system"; key: string; text: string; parts: PartView[]; live: boolean }
  | BubbleRow;

/** A pause that begins a new group. */
const GROUP_MS = 5 * 60_000;

interface Line {
  entry: EntryView;
  key: string;
  seq: number | null;
  mark: Mark | null;
  error: string | null;
}

export function rows(chat: Chat): Row[] {
  const lines = linesOf(chat);
  const lastMine = lines.findLastIndex((line) => line.entry.author === "contact");
  const out: Row[] = [];
  let previous: Line | null = null;
  for (const [i, line] of lines.entries()) {
    if (!previous || !sameDay(previous.entry.at, line.entry.at)) {
      out.push({ kind: "day", key: `day-${line.key}`, at: line.entry.at });
    }
    out.push(rowOf(line, previous, lines[i + 1] ?? null, i > lastMine, nextPress(lines, i)));
    previous = line;
  }
  return out;
}

function linesOf(chat: Chat): Line[] {
  const read = chat.convo?.agent_read ?? 0;
  const stored: Line[] = chat.entries.map((entry) => ({
    entry,
    key: entry.client_id ?? `s${entry.seq}`,
    seq: entry.seq,
    mark: entry.author === "contact" ? (entry.seq <= read ? "read" : "sent") : null,
    error: null,
  }));
  const known = new Set(stored.map((line) => line.key));
  const waiting: Line[] = chat.pending
    .filter((item) => !known.has(item.client_id))
    .map((item) => ({
      entry: {
        seq: 0,
        at: item.at,
        author: "contact",
        parts: partsOf(item.payload),
        client_id: item.client_id,
      },
      key: item.client_id,
      seq: null,
      mark: item.state === "failed" ? "failed" : "sending",
      error: item.error ?? null,
    }));
  return [...stored, ...waiting];
}

function rowOf(
  line: Line,
  previous: Line | null,
  next: Line | null,
  live: boolean,
  pressed: string | null,
): Row {
  const { entry, key, seq, mark, error } = line;
  if (entry.author === "system") {
    const text = entry.parts
      .map((part) => part.text ?? "")
      .join(" ")
      .trim();
    return { kind: "system", key, text, parts: entry.parts, live };
  }
  return {
    kind: "bubble",
    key,
    seq,
    at: entry.at,
    author: entry.author,
    name: entry.name ?? null,
    parts: entry.parts,
    first: !together(previous, line),
    last: !together(line, next),
    mark,
    error,
    live,
    pressed,
  };
}

function together(a: Line | null, b: Line | null): boolean {
  if (!a || !b || a.mark === "failed") return false;
  return (
    a.entry.author === b.entry.author &&
    a.entry.name === b.entry.name &&
    b.entry.at - a.entry.at < GROUP_MS &&
    sameDay(a.entry.at, b.entry.at)
  );
}

/** The title of the button that was pressed under this entry, if one was. */
function nextPress(lines: Line[], i: number): string | null {
  if (!lines[i]?.entry.parts.some((part) => part.type === "buttons")) return null;
  const answer = lines.slice(i + 1).find((line) => line.entry.author === "contact");
  return answer?.entry.parts.find((part) => part.type === "button")?.text ?? null;
}

export const buttonsOf = (parts: PartView[]): ButtonView[] => parts.flatMap((part) => part.buttons ?? []);

/** The form that waits for an answer, if any. Who has filled in one in this conversation is not asked again. */
export function openForm(chat: Chat): string | null {
  const lines = linesOf(chat);
  const asked = lines.findLastIndex((line) => line.entry.parts.some((part) => part.type === "form"));
  const answered = lines.some((line) => line.entry.parts.some((part) => part.type === "form_reply"));
  if (asked >= 0) {
    if (answered || chat.convo?.status === "resolved" || chat.convo?.owner === "agent") return null;
    return lines[asked]?.entry.parts.find((part) => part.type === "form")?.form ?? null;
  }
  if (lines.length > 0) return null;
  return chat.desk?.form ?? null;
}
