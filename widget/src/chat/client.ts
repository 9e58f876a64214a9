/** The chat's heart: the line, the queue of unsent messages and what is known, tied together. No markup here. */
import { batch, computed, effect, signal } from "@preact/signals";
import { isLocale, type Locale, locale, setLocale } from "../ui/i18n";
import { Outbox } from "../wire/outbox";
import { Line, type LineStatus, Refused } from "../wire/socket";
import type { Kept } from "../wire/store";
import type { Command, Event, Page, SendResult } from "../wire/webchat.types";
import { beside, brandIn, config } from "./config";
import { framed, hearHost, open, page, tellHost } from "./host";
import * as model from "./model";
import { rows } from "./rows";
import { Sessions } from "./session";
import { chime } from "./sound";
import { upload } from "./upload";

export const chat = signal<model.Chat>(model.EMPTY);
export const status = signal<LineStatus>({ kind: "idle" });
export const timeline = computed(() => rows(chat.value));
export const typing = signal<{ who: "bot" | "agent"; name: string | null } | null>(null);
/** Share of an upload that is through, by client id. */
export const progress = signal<Record<string, number>>({});
/** Everything was erased at the visitor's wish. */
export const forgotten = signal(false);
export const sound = signal(read("sound") === "on");
/** The page is visible and the panel open: what arrives is seen. */
export const watching = signal(false);
export const unread = computed(() => model.unreadCount(chat.value));

const sessions = new Sessions(config.inbox, beside("session"), () => locale.value);
let access = "";
let refusals = 0;
let typingTimer: ReturnType<typeof setTimeout> | undefined;
let typedAt = 0;

const line = new Line<Command, Event>({
  url: beside("socket"),
  first: async () => {
    access = await sessions.access();
    const { convo } = chat.value;
    const resume = convo ? { conversation: convo.conversation, after: model.lastSeq(chat.value) } : {};
    return { type: "hello", token: access, locale: locale.value, page, ...resume };
  },
  opening: "welcome",
  onEvent: hear,
  onStatus: (next) => {
    status.value = next;
    if (next.kind === "live") void outbox.flush();
    if (next.kind === "ended") ended(next.reason);
  },
});

const outbox = new Outbox<model.Message, SendResult>({
  name: `peyk:${config.inbox}:outbox`,
  ready: () => line.live,
  deliver,
  onChange: (pending) => {
    chat.value = { ...chat.value, pending };
  },
  onSent: (item, result) => {
    chat.value = model.onSent(chat.value, item, result, locale.value);
  },
});

const uploaded = new Map<string, string[]>();

async function deliver(item: Kept<model.Message>): Promise<SendResult> {
  const { text = null, button = null, form = null, values = {}, uploads = [] } = item.payload;
  const files = await uploadAll(item.client_id, uploads);
  return line.ask<SendResult>({
    type: "send",
    client_id: item.client_id,
    conversation: chat.value.convo?.conversation ?? null,
    text,
    button,
    form,
    values,
    files,
    sent_at: Math.trunc(item.at),
  });
}

/** Uploads what this message carries, once: a retry of the message does not upload again. */
async function uploadAll(clientId: string, uploads: model.Upload[]): Promise<string[]> {
  const ids = uploaded.get(clientId) ?? [];
  uploaded.set(clientId, ids);
  for (const [i, file] of uploads.entries()) {
    if (ids[i]) continue;
    const token = await sessions.access().catch(() => Promise.reject(new Refused("cut", "no session", true)));
    const report = (share: number) => {
      progress.value = { ...progress.value, [clientId]: (i + share) / uploads.length };
    };
    try {
      ids[i] = (await upload(beside("files"), token, file, report)).id;
    } catch (error) {
      if (error instanceof Refused && error.code === "unauthorized") sessions.expire(token);
      throw error;
    }
  }
  return ids;
}

function hear(event: Event): void {
  switch (event.type) {
    case "welcome":
      refusals = 0;
      chat.value = model.onWelcome(chat.value, event);
      break;
    case "entry": {
      chat.value = model.onEntry(chat.value, event.conversation, event.entry, locale.value);
      if (event.entry.author === "contact" || event.entry.author === "system") break;
      showTyping(null);
      if (sound.value && !watching.value) chime();
      break;
    }
    case "state":
      chat.value = model.onState(chat.value, event.state);
      break;
    case "desk":
      chat.value = { ...chat.value, desk: event.desk };
      break;
    case "typing":
      if (event.conversation !== chat.value.convo?.conversation) break;
      showTyping(event.on ? { who: event.who, name: event.name ?? null } : null);
      break;
    case "error":
      if (event.code === "unauthorized") sessions.expire(access);
      break;
  }
}

function showTyping(who: typeof typing.value): void {
  clearTimeout(typingTimer);
  typing.value = who;
  if (who) typingTimer = setTimeout(() => showTyping(null), 6_000);
}

/** The hub said goodbye for good: with a stale token we come back with a fresh one, a few times. */
function ended(reason: string): void {
  if (reason === "forgotten") {
    sessions.forget();
    void outbox.clear();
    uploaded.clear();
    remember("draft", null);
    batch(() => {
      chat.value = model.EMPTY;
      forgotten.value = true;
    });
  } else if (reason === "unauthorized" && refusals++ < 3) {
    sessions.expire(access);
    setTimeout(() => line.start(), 300 * refusals);
  }
}

export function send(message: model.Message): void {
  stopTyping();
  forgotten.value = false;
  void outbox.add(message);
  line.start();
}

export const retry = (clientId: string): Promise<void> => outbox.retry(clientId);
export const discard = (clientId: string): Promise<void> => outbox.remove(clientId);
export const connect = (): void => line.start();

/** Tells the other side that I am typing, at most every 3 s. */
export function isTyping(): void {
  const { convo } = chat.value;
  if (!convo || convo.status === "resolved" || Date.now() - typedAt < 3_000) return;
  typedAt = Date.now();
  line.tell({ type: "typing", conversation: convo.conversation, on: true });
}

function stopTyping(): void {
  typedAt = 0;
}

/** What is on the screen has been seen. */
export function markSeen(): void {
  const { convo, seen, entries } = chat.value;
  const last = entries.findLast((entry) => entry.author !== "contact")?.seq ?? 0;
  if (!convo || last <= seen) return;
  chat.value = { ...chat.value, seen: last };
  line.tell({ type: "read", conversation: convo.conversation, seq: last });
}

export async function older(): Promise<void> {
  const { convo, entries, more } = chat.value;
  const first = entries[0]?.seq;
  if (!convo || !more || first === undefined) return;
  const page = await line.ask<Page>({ type: "before", conversation: convo.conversation, seq: first });
  chat.value = model.onOlder(chat.value, convo.conversation, page.entries, page.more);
}

export async function rate(score: number, comment: string | null): Promise<void> {
  const { convo } = chat.value;
  if (!convo) return;
  await line.ask({ type: "rate", conversation: convo.conversation, score, comment });
  const now = chat.value.convo;
  if (now?.conversation === convo.conversation)
    chat.value = { ...chat.value, convo: { ...now, rating: score } };
}

export async function end(): Promise<void> {
  const { convo } = chat.value;
  if (convo) await line.ask({ type: "end", conversation: convo.conversation });
}

export async function forget(): Promise<void> {
  await line.ask({ type: "forget" });
  // The goodbye that follows clears the rest; should it get lost, this does.
  if (!forgotten.value) line.stop("forgotten");
}

export function beginAnew(): void {
  chat.value = model.beginAnew(chat.value);
}

export function startAgain(): void {
  forgotten.value = false;
  line.start();
}

export function chooseLocale(next: Locale): void {
  setLocale(next);
  remember("locale", next);
  greetHost();
  if (line.live) line.ask({ type: "locale", locale: next }).catch(() => undefined);
}

export function chooseSound(on: boolean): void {
  sound.value = on;
  remember("sound", on ? "on" : null);
  if (on) chime();
}

export function read(name: string): string | null {
  try {
    return localStorage.getItem(`peyk:${config.inbox}:${name}`);
  } catch {
    return null;
  }
}

export function remember(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`peyk:${config.inbox}:${name}`);
    else localStorage.setItem(`peyk:${config.inbox}:${name}`, value);
  } catch {
    // Forgotten at reload, no more.
  }
}

function greetHost(): void {
  const accent = config.accent ?? undefined;
  tellHost({ peyk: 1, type: "ready", locale: locale.value, name: brandIn(locale.value), accent });
}

/** Sets everything going. Without an earlier visit it waits for the panel to open before it asks for a session. */
export function begin(onOpen: (focus: boolean) => void): void {
  const chosen = read("locale");
  const asked = new URLSearchParams(location.search).get("locale");
  setLocale(isLocale(chosen) ? chosen : isLocale(asked) ? asked : config.default_locale);
  hearHost((focus) => {
    if (!forgotten.value) line.start();
    onOpen(focus);
  }, chooseLocale);
  sessions.onForgotten(() => line.stop("forgotten"));
  greetHost();
  watchPage();
  effect(() => tellHost({ peyk: 1, type: "unread", n: unread.value }));
  if (!framed || sessions.known) line.start();
}

function watchPage(): void {
  const look = () => {
    watching.value = open.value && document.visibilityState === "visible" && document.hasFocus();
  };
  effect(look);
  for (const sign of ["focus", "blur"]) addEventListener(sign, look);
  document.addEventListener("visibilitychange", look);
}
