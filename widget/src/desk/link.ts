/** The line to the hub: snapshot, events, and catching up after a break. */
import { effect } from "@preact/signals";
import { Line, Refused } from "../wire";
import type {
  ActedEvent,
  Command,
  ContactView,
  Event,
  ListPage,
  Opened,
  Summary,
  Tab,
} from "../wire/desk.types";
import { deskConfig } from "./config";
import { countOf, currentId, dispatch, listed, peek, tab, tick } from "./desk";
import { type Key, statusText, t } from "./i18n";
import { resumeAfter } from "./state/delivery";
import { toast } from "./toasts";

const PAGE = 50;

/** Asks the hub for a one-time ticket. Signed out: the line stops and the screen says so. */
async function ticket(): Promise<Command> {
  const answer = await fetch("/api/desk/ticket", {
    method: "POST",
    credentials: "same-origin",
    headers: { "X-CSRF-Token": deskConfig().csrf },
  });
  if (answer.status === 401 || answer.status === 403) {
    queueMicrotask(() => line.stop("unauthorized"));
    throw new Error("signed out");
  }
  if (!answer.ok) throw new Error(`ticket: ${answer.status}`);
  const { ticket: one } = (await answer.json()) as { ticket: string };
  return { type: "auth", ticket: one };
}

/** Ends of an offer that I should hear of; my own answers I know. */
const OFFER_GONE: Readonly<Record<string, Key>> = {
  expired: "offer.gone.expired",
  withdrawn: "offer.gone.withdrawn",
  customer_ended: "offer.gone.customer_left",
  resolved: "offer.gone.customer_left",
};

let wasLive = false;

export const line = new Line<Command, Event>({
  url: "/desk/socket",
  first: ticket,
  opening: "ready",
  pingMs: 15_000,
  onEvent: (frame) => {
    if (frame.type === "summary") return laterRow(frame.conversation);
    dispatch({ do: "frame", frame, now: Date.now() });
    for (const one of listeners) one(frame);
    if (
      frame.type === "entry" &&
      frame.conversation === currentId.peek() &&
      peek().open.get(frame.conversation)?.gap
    ) {
      void openConversation(frame.conversation);
    }
  },
  onStatus: (status) => {
    if (status.kind === "live") {
      wasLive = true;
      queueMicrotask(caughtUp);
    } else if (status.kind === "ended") dispatch({ do: "link", link: "signed_out" });
    else if (status.kind !== "idle") dispatch({ do: "link", link: wasLive ? "reconnecting" : "connecting" });
  },
});

/** Rows change often: they are put in together, some twenty times a second at most. */
let changed: Summary[] = [];
const ROWS_MS = 48;

function laterRow(row: Summary): void {
  if (changed.push(row) > 1) return;
  setTimeout(() => {
    const rows = changed;
    changed = [];
    dispatch({ do: "rows", rows });
  }, ROWS_MS);
}

const listeners = new Set<(frame: Event) => void>();

/** Hears every event after it changed the state. Returns how to stop. */
export function onEvent(listener: (frame: Event) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** After a snapshot: the list and the open conversation are brought up to date, replies without an answer go out again. */
function caughtUp(): void {
  void loadTab(tab.peek(), true);
  const id = currentId.peek();
  if (id) void openConversation(id);
  for (const [conversation, it] of peek().open) {
    for (const one of it.pending) if (one.state === "sending") void resend(conversation, one.clientId);
  }
}

/** Sends a pending reply or note; the same `client_id` makes a second try the same message. */
export async function resend(id: string, clientId: string): Promise<void> {
  const one = peek()
    .open.get(id)
    ?.pending.find((it) => it.clientId === clientId);
  if (!one) return;
  dispatch({ do: "pending.set", id, clientId, state: "sending" });
  const files = one.files.map((file) => file.id);
  const base = { conversation: id, client_id: clientId, text: one.text };
  try {
    if (one.kind === "note") await line.ask({ type: "note", ...base, mentions: [...one.mentions] });
    else if (one.template)
      await line.ask({ type: "reply", ...base, text: undefined, template: one.template });
    else await line.ask({ type: "reply", ...base, text: one.text || undefined, files });
    dispatch({ do: "pending.set", id, clientId, state: "stored" });
  } catch (error) {
    // Cut in the middle: it stays "sending" and goes out again with the next snapshot.
    if (error instanceof Refused && error.code === "cut") return;
    dispatch({
      do: "pending.set",
      id,
      clientId,
      state: "failed",
      code: error instanceof Refused ? error.code : "unavailable",
    });
  }
}

const asked = new Map<string, number>();

/** Opens (or brings up to date) a conversation and follows it. */
export async function openConversation(id: string): Promise<void> {
  if (!line.live) return;
  const turn = (asked.get(id) ?? 0) + 1;
  asked.set(id, turn);
  const after = resumeAfter(peek().open.get(id)?.entries ?? []);
  dispatch({ do: "open.begin", id });
  try {
    const data = await line.ask<Opened>({ type: "open", conversation: id, after: after ?? undefined });
    if (asked.get(id) === turn) dispatch({ do: "open.done", id, data, after });
  } catch (error) {
    const code = error instanceof Refused ? error.code : "unavailable";
    if (code !== "cut") dispatch({ do: "open.failed", id, code });
  }
}

/** Who the customer is, changed: asks for the card anew. A lost answer is made good by the next opening. */
async function renewContact(id: string): Promise<void> {
  if (!peek().open.has(id)) return;
  try {
    const contact = await line.ask<ContactView>({ type: "contact", conversation: id });
    dispatch({ do: "contact", id, contact });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
}

/** Loads a page of a tab: the first, or the one after the cursor. */
export async function loadTab(which: Tab, first: boolean): Promise<void> {
  const known = peek().tabs[which];
  if (!line.live || known.phase === "loading" || (!first && !known.cursor)) return;
  dispatch({ do: "list.begin", tab: which });
  try {
    const page = await line.ask<ListPage>({
      type: "list",
      tab: which,
      limit: PAGE,
      ...(first ? {} : { cursor: known.cursor ?? undefined }),
    });
    dispatch({ do: "list.page", tab: which, page, first });
  } catch {
    dispatch({ do: "list.failed", tab: which });
  }
}

/** Loads the page before the oldest entry that is here. */
export async function loadOlder(id: string): Promise<void> {
  const it = peek().open.get(id);
  const before = it?.entries[0]?.seq;
  if (!it?.more || it.older === "loading" || before === undefined || !line.live) return;
  dispatch({ do: "older.begin", id });
  try {
    dispatch({ do: "older.done", id, page: await line.ask({ type: "history", conversation: id, before }) });
  } catch {
    dispatch({ do: "older.failed", id });
  }
}

const QUEUE_MS = 4000;
let queueTimer: ReturnType<typeof setTimeout> | undefined;

/** The queue's figures and its list disagree: a row may have gone where I can't see it. Look again, not too often. */
function checkQueue(): void {
  if (tab.peek() !== "queue" || queueTimer) return;
  queueTimer = setTimeout(() => {
    queueTimer = undefined;
    if (tab.peek() === "queue" && listed.peek().length !== countOf("queue")) void loadTab("queue", true);
  }, QUEUE_MS);
}

/** What a supervisor did to my work, in words. */
function actedText(frame: ActedEvent): string {
  const words = { name: frame.by, number: frame.number ?? 0, to: frame.to ?? "" };
  if (frame.what === "status") return t("acted.status", { ...words, to: statusText(words.to) });
  return t(`acted.${frame.what}`, words);
}

/** Starts the line, follows the address bar, and keeps the clocks going. */
export function startLink(): void {
  line.start();
  let before: string | null = null;
  effect(() => {
    const id = currentId.value;
    if (before && before !== id) {
      const left = before;
      if (line.live) line.ask({ type: "close", conversation: left }).catch(() => undefined);
      queueMicrotask(() => dispatch({ do: "open.left", id: left }));
    }
    if (id && id !== before) queueMicrotask(() => void openConversation(id));
    before = id;
  });
  effect(() => {
    const which = tab.value;
    queueMicrotask(() => void loadTab(which, true));
  });
  setInterval(() => {
    tick.value = Date.now();
    dispatch({ do: "typing.sweep", now: Date.now() });
  }, 1000);
  onEvent((frame) => {
    if (frame.type === "queues") checkQueue();
    if (frame.type === "offers.missed")
      toast(t("alarm.missed", { agent: frame.agent, n: frame.count }), "error");
    if (frame.type === "acted") toast(actedText(frame));
    if (frame.type === "contact") void renewContact(frame.conversation);
    const words = frame.type === "offer.gone" ? OFFER_GONE[frame.reason] : undefined;
    if (words) toast(t(words));
  });
}
