import type { EntryView } from "../../wire/desk.types";
import { isTranscript } from "./transcript";
import type { Pending } from "./types";

/** One thing to draw in a group: a stored entry (`replaced`: its author changed it later) or a pending one. */
export type Item =
  | { kind: "entry"; entry: EntryView; replaced: boolean }
  | { kind: "pending"; pending: Pending };

/** A piece of the timeline, top to bottom. `key` is stable while the conversation grows at either end. */
export type Block =
  | { type: "day"; key: string; at: number }
  | { type: "unread"; key: string }
  | { type: "events"; key: string; entries: readonly EntryView[] }
  | {
      type: "group";
      key: string;
      at: number;
      author: EntryView["author"];
      note: boolean;
      name: string | null;
      mine: boolean;
      items: readonly Item[];
    };

/** How many events in a row stand alone before they fold into one line. */
export const FOLD_AT = 4;

/** Whether two moments are on the same calendar day of the reader. */
export function sameDay(a: number, b: number): boolean {
  const one = new Date(a);
  const two = new Date(b);
  return (
    one.getFullYear() === two.getFullYear() &&
    one.getMonth() === two.getMonth() &&
    one.getDate() === two.getDate()
  );
}

/**
 * Lays entries out as blocks: day separators, events (in runs), and bubbles grouped by author and minute.
 * `unreadAfter`: the last number that was read before, to draw one line below it.
 */
export function layout(
  entries: readonly EntryView[],
  pending: readonly Pending[],
  me: string,
  unreadAfter: number | null,
): readonly Block[] {
  const blocks: Block[] = [];
  let day = 0;
  let unreadDrawn = unreadAfter === null;
  const old = new Set(entries.map((one) => one.edits));
  for (const entry of entries) {
    if (entry.event?.type === "bot_turn" || isTranscript(entry)) continue;
    if (day === 0 || !sameDay(day, entry.at)) {
      blocks.push({ type: "day", key: `d${entry.seq}`, at: entry.at });
      day = entry.at;
    }
    if (!unreadDrawn && entry.seq > (unreadAfter ?? 0) && entry.author === "contact") {
      blocks.push({ type: "unread", key: "unread" });
      unreadDrawn = true;
    }
    if (entry.kind === "event") pushEvent(blocks, entry);
    else pushItem(blocks, { kind: "entry", entry, replaced: old.has(entry.seq) }, groupOf(entry, me));
  }
  for (const one of pending) {
    if (day === 0 || !sameDay(day, one.at)) {
      blocks.push({ type: "day", key: `d-${one.clientId}`, at: one.at });
      day = one.at;
    }
    pushItem(
      blocks,
      { kind: "pending", pending: one },
      {
        key: `p-${one.clientId}`,
        at: one.at,
        author: "agent",
        note: one.kind === "note",
        name: null,
        mine: true,
      },
    );
  }
  return blocks;
}

type Head = Omit<Extract<Block, { type: "group" }>, "type" | "items">;

function groupOf(entry: EntryView, me: string): Head {
  const mine = entry.author === "agent" && entry.author_id === me;
  return {
    key: `g${entry.seq}`,
    at: entry.at,
    author: entry.author,
    note: entry.kind === "note",
    name: entry.name ?? null,
    mine,
  };
}

function pushEvent(blocks: Block[], entry: EntryView): void {
  const last = blocks.at(-1);
  if (last?.type === "events") blocks[blocks.length - 1] = { ...last, entries: [...last.entries, entry] };
  else blocks.push({ type: "events", key: `e${entry.seq}`, entries: [entry] });
}

function pushItem(blocks: Block[], item: Item, head: Head): void {
  const last = blocks.at(-1);
  if (last?.type === "group" && joins(last, head))
    blocks[blocks.length - 1] = { ...last, items: [...last.items, item] };
  else blocks.push({ type: "group", ...head, items: [item] });
}

function joins(group: Head, next: Head): boolean {
  const sameMinute = Math.floor(group.at / 60_000) === Math.floor(next.at / 60_000);
  const sameAuthor =
    group.author === next.author && group.mine === next.mine && (group.mine || group.name === next.name);
  return sameMinute && sameAuthor && group.note === next.note;
}

/** What makes the story of a call; the rest of it is unfolded. */
const STORY = new Set([
  "ringing",
  "agent_unreachable",
  "joined",
  "callback",
  "voicemail",
  "sent_on",
  "not_reached",
  "ended",
]);

/** Events that say why, which nobody should have to look for. */
function tells({ event }: EntryView): boolean {
  if (event?.type === "call") return STORY.has(event.reason ?? "");
  return event?.type === "handoff" || Boolean(event?.summary || event?.note);
}

/** The events of a run that stay visible while it is folded: the last two and those that say why; `hidden` counts the rest. */
export function foldEvents(
  entries: readonly EntryView[],
  unfolded: boolean,
): { shown: readonly EntryView[]; hidden: number } {
  if (unfolded || entries.length < FOLD_AT) return { shown: entries, hidden: 0 };
  const shown = entries.filter((entry, n) => n >= entries.length - 2 || tells(entry));
  return { shown, hidden: entries.length - shown.length };
}

/** How many entries may be drawn at once, and how many more each step upwards adds. */
export const WINDOW = 120;
export const WINDOW_STEP = 80;

/** The newest `size` entries. Older ones are in memory but not drawn until the reader scrolls up to them. */
export function tail(entries: readonly EntryView[], size: number): readonly EntryView[] {
  return entries.length <= size ? entries : entries.slice(entries.length - size);
}

/** Size of an image in the timeline: never larger than 280 x 320 px, known before it loads, so that nothing jumps. */
export function imageBox(
  width: number | null | undefined,
  height: number | null | undefined,
): { width: number; height: number } {
  if (!width || !height) return { width: 240, height: 180 };
  const scale = Math.min(1, 280 / width, 320 / height);
  return { width: Math.max(48, Math.round(width * scale)), height: Math.max(48, Math.round(height * scale)) };
}
