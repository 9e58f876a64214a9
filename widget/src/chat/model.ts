/**
 * What the screen knows, and how each event changes it: pure functions. The hub's numbers decide the order; a message of
 * mine is the same one by `client_id` from the moment it is written, so that its row never moves or doubles.
 */
import type { Kept } from "../wire/store";
import type { DeskView, EntryView, PartView, SendResult, StateView, Welcome } from "../wire/webchat.types";

/** A file on its way: the bytes stay in the queue until the hub has them. */
export interface Upload {
  name: string;
  size: number;
  content_type: string;
  blob: Blob;
}

/** What waits in the outbox. */
export interface Message {
  text?: string;
  button?: string;
  form?: string;
  values?: Record<string, string>;
  uploads?: Upload[];
}

export interface Chat {
  /** Absent until the first welcome. */
  desk: DeskView | null;
  convo: StateView | null;
  /** Ascending by `seq`, each number once. */
  entries: EntryView[];
  /** Older entries remain on the hub. */
  more: boolean;
  pending: Kept<Message>[];
  /** A resolved conversation that the visitor has put aside to begin a new one. */
  dismissed: string | null;
  /** All up to here was on my screen. */
  seen: number;
}

export const EMPTY: Chat = {
  desk: null,
  convo: null,
  entries: [],
  more: false,
  pending: [],
  dismissed: null,
  seen: 0,
};

/** Puts entries among those that are there; the newer copy of a number wins. */
export function merge(into: EntryView[], more: EntryView[]): EntryView[] {
  if (more.length === 0) return into;
  const last = into.at(-1)?.seq ?? 0;
  if (more.length === 1 && more[0] && more[0].seq > last) return [...into, more[0]];
  const bySeq = new Map(into.map((entry) => [entry.seq, entry]));
  for (const entry of more) bySeq.set(entry.seq, entry);
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

export function onWelcome(chat: Chat, frame: Welcome): Chat {
  const { desk, state = null, entries = [], more = false } = frame;
  if (!state) return { ...chat, desk, convo: null, entries: [], more: false };
  if (state.conversation === chat.dismissed) {
    if (state.status === "resolved") return { ...chat, desk, convo: null, entries: [], more: false };
  }
  const same = chat.convo?.conversation === state.conversation && !frame.start_over;
  return {
    ...chat,
    desk,
    convo: state,
    entries: same ? merge(chat.entries, entries) : entries,
    more: same && chat.entries.length > 0 ? chat.more : more,
    dismissed: null,
    seen: Math.max(same ? chat.seen : 0, state.contact_read ?? 0),
  };
}

/** Whether an event of this conversation concerns the screen: it is the one shown, or a new one takes its place. */
function concerns(chat: Chat, conversation: string): boolean {
  if (chat.convo?.conversation === conversation) return true;
  if (conversation === chat.dismissed) return false;
  return !chat.convo || chat.convo.status === "resolved";
}

function turnTo(chat: Chat, state: StateView): Chat {
  if (chat.convo?.conversation === state.conversation) return { ...chat, convo: state };
  return { ...chat, convo: state, entries: [], more: false, seen: state.contact_read ?? 0, dismissed: null };
}

export function onState(chat: Chat, state: StateView): Chat {
  if (!concerns(chat, state.conversation)) return chat;
  const turned = turnTo(chat, state);
  return { ...turned, seen: Math.max(turned.seen, state.contact_read ?? 0) };
}

export function onEntry(chat: Chat, conversation: string, entry: EntryView, locale: "fa" | "en"): Chat {
  // What I said elsewhere (another tab) is where the talk goes on; late words of an old conversation are not.
  if (entry.author !== "contact" && !concerns(chat, conversation)) return chat;
  const here =
    chat.convo?.conversation === conversation
      ? chat
      : turnTo(chat, { conversation, status: "open", owner: "none", locale });
  return { ...here, entries: merge(here.entries, [entry]) };
}

/** The hub has stored a message of mine. Its entry comes too, before or after; both are the same row. */
export function onSent(chat: Chat, item: Kept<Message>, result: SendResult, locale: "fa" | "en"): Chat {
  const known = chat.convo?.conversation === result.conversation;
  if (known && chat.entries.some((entry) => entry.seq === result.seq)) return chat;
  const entry: EntryView = {
    seq: result.seq,
    at: result.at,
    author: "contact",
    parts: partsOf(item.payload),
    client_id: item.client_id,
  };
  return onEntry(chat, result.conversation, entry, locale);
}

export function onOlder(chat: Chat, conversation: string, entries: EntryView[], more: boolean): Chat {
  if (chat.convo?.conversation !== conversation) return chat;
  return { ...chat, entries: merge(chat.entries, entries), more };
}

/** Puts the ended conversation aside; the next message begins another. */
export function beginAnew(chat: Chat): Chat {
  return {
    ...chat,
    convo: null,
    entries: [],
    more: false,
    seen: 0,
    dismissed: chat.convo?.conversation ?? chat.dismissed,
  };
}

/** How a message looks before the hub says how it looks. */
export function partsOf(message: Message): PartView[] {
  const parts: PartView[] = [];
  if (message.form) parts.push({ type: "form_reply", form: message.form, values: message.values });
  else if (message.button) parts.push({ type: "button", text: message.text });
  else if (message.text) parts.push({ type: "text", text: message.text });
  for (const { name, size, content_type } of message.uploads ?? []) {
    parts.push({ type: "attachment", file: { id: "", name, size, content_type } });
  }
  return parts;
}

/** Messages from us that the visitor has not seen. */
export function unreadCount(chat: Chat): number {
  return chat.entries.filter(
    (entry) => entry.seq > chat.seen && (entry.author === "agent" || entry.author === "bot"),
  ).length;
}

/** The last number there is. */
export const lastSeq = (chat: Chat): number => chat.entries.at(-1)?.seq ?? 0;
