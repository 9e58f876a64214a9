/** Everything an agent can do, each in one place: the command, what the screen says of it, and how it is undone. */

import { setLocale } from "../ui/i18n";
import { Refused, uuid7 } from "../wire";
import type {
  ContactView,
  ControlCall,
  FileView,
  Locale,
  Merged,
  OfferView,
  SetStatus,
  Summary,
  Tab,
  TemplateChoice,
} from "../wire/desk.types";
import { deskConfig } from "./config";
import {
  current,
  currentId,
  cursor,
  dialog,
  dispatch,
  focusComposer,
  go,
  held,
  lastKnown,
  listed,
  me,
  peek,
  route,
  tab,
} from "./desk";
import { errorText, type Key, t, word } from "./i18n";
import { line, resend } from "./link";
import { wrapUpOf } from "./parts/owner";
import { moment } from "./parts/when";
import { isDark, theme } from "./prefs";
import { type Toast, toast } from "./toasts";

type Asked = Parameters<typeof line.ask>[0];

/** Asks and says in words what went wrong (`words` for codes that mean something else here). True when it was done. */
async function attempt(frame: Asked, words: Readonly<Record<string, Key>> = {}): Promise<boolean> {
  try {
    await line.ask(frame);
    return true;
  } catch (error) {
    const code = error instanceof Refused ? error.code : "unavailable";
    toast(words[code] ? t(words[code]) : errorText(code), "error");
    return false;
  }
}

function undo(frame: Asked): Toast["action"] {
  return {
    label: t("toast.undo"),
    run: () => void attempt(frame).then((done) => done && toast(t("toast.undone"))),
  };
}

/** Shows a conversation, staying in the tab. */
export function openRow(id: string, which: Tab = tab.peek()): void {
  cursor.value = id;
  go({ view: "inbox", tab: which, id });
}

/** Leaves the conversation that is no longer ours for the next one of the list, or for none. */
function leave(id: string): void {
  if (currentId.peek() !== id) return;
  const list = listed.peek();
  const at = list.findIndex((row) => row.id === id);
  const next = list[at + 1] ?? list[at - 1];
  go({
    view: "inbox",
    tab: tab.peek(),
    id: next && next.id !== id && matchMedia("(min-width: 641px)").matches ? next.id : null,
  });
  cursor.value = next?.id ?? null;
}

/** Chooses my status. */
export async function setStatus(status: SetStatus["status"], reason?: string): Promise<void> {
  await attempt({ type: "status.set", status, reason });
}

/** On the page's own clock: one that is set anew must not stop the keys. */
let answeredAt = Number.NEGATIVE_INFINITY;

/** Whether an answer comes too soon after the last: then it was meant for the offer that stood here before. */
function tooSoon(): boolean {
  const now = performance.now();
  const soon = now - answeredAt < 500;
  if (!soon) answeredAt = now;
  return soon;
}

/** Takes what is offered and opens it. */
export async function accept(offer: OfferView): Promise<void> {
  if (tooSoon()) return;
  dispatch({
    do: "frame",
    frame: { type: "offer.gone", offer: offer.id, reason: "accepted" },
    now: Date.now(),
  });
  if (await attempt({ type: "offer.accept", offer: offer.id })) openRow(offer.conversation.id, "mine");
}

/** Passes; the customer keeps the place in line. */
export async function decline(offer: OfferView): Promise<void> {
  if (tooSoon()) return;
  dispatch({
    do: "frame",
    frame: { type: "offer.gone", offer: offer.id, reason: "declined" },
    now: Date.now(),
  });
  await attempt({ type: "offer.decline", offer: offer.id });
}

/** Does something with my live call. */
export async function controlCall(row: Summary, control: ControlCall["control"], to = ""): Promise<boolean> {
  return attempt({ type: "call", conversation: row.id, control, to });
}

/** Takes a conversation from the queue or the bot by hand. */
export async function take(row: Summary): Promise<void> {
  if (!(await attempt({ type: "take", conversation: row.id }))) return;
  toast(t("toast.taken"));
  openRow(row.id, "mine");
  focusComposer.value = { note: false };
}

/** Gives mine back. */
export async function handBack(row: Summary, to: "bot" | "queue", note: string): Promise<void> {
  if (!(await attempt({ type: "handback", conversation: row.id, to, note: note || undefined }))) return;
  toast(t(`toast.handback.${to}`), "plain", undo({ type: "take", conversation: row.id }));
  leave(row.id);
}

/** Gives mine to a colleague or another queue. */
export async function transfer(
  row: Summary,
  to: { agent?: string; queue?: string; name: string },
  note: string,
): Promise<void> {
  const done = await attempt({
    type: "transfer",
    conversation: row.id,
    agent: to.agent,
    queue: to.queue,
    note: note || undefined,
  });
  if (!done) return;
  toast(t("toast.transferred", { name: to.name }));
  leave(row.id);
}

/** Puts mine aside until a moment. */
export async function snooze(row: Summary, until: number): Promise<void> {
  if (!(await attempt({ type: "snooze", conversation: row.id, until, seen: lastKnown(row.id) }))) return;
  toast(
    t("toast.snoozed", { time: moment(until, Date.now()) }),
    "plain",
    undo({ type: "wake", conversation: row.id }),
  );
  leave(row.id);
}

/** Ends the snooze now. */
export async function wake(row: Summary): Promise<void> {
  if (await attempt({ type: "wake", conversation: row.id })) toast(t("toast.woke"));
}

/** Ends the talk: where there is a wrap-up it begins, else one says how it ended. */
export function endTalk(row: Summary): void {
  if (row.wrap_up_until || wrapUpOf(row) === "none") dialog.value = "resolve";
  else void attempt({ type: "resolve", conversation: row.id, seen: lastKnown(row.id) });
}

/** As much time again to wrap up. */
export async function extendWrapUp(row: Summary): Promise<void> {
  if (await attempt({ type: "wrap_up.extend", conversation: row.id })) toast(t("toast.extended"));
}

/** Closes with a disposition; in a wrap-up of a fixed time it is noted, and closes when the time is over. */
export async function resolve(row: Summary, disposition: string, note: string): Promise<void> {
  const how = { disposition, note: note || undefined, seen: lastKnown(row.id) };
  if (!(await attempt({ type: "resolve", conversation: row.id, ...how }))) return;
  if (wrapUpOf(row) === "fixed") {
    toast(t("wrap.known", { disposition: word("disposition", disposition) }));
    return;
  }
  toast(
    t("toast.resolved", { disposition: word("disposition", disposition) }),
    "plain",
    undo({ type: "reopen", conversation: row.id }),
  );
  leave(row.id);
}

/** Opens a closed one again, as mine. */
export async function reopen(row: Summary): Promise<void> {
  if (!(await attempt({ type: "reopen", conversation: row.id }))) return;
  toast(t("toast.reopened"));
  openRow(row.id, "mine");
}

/** Replaces the labels; can be undone. */
export async function setLabels(row: Summary, labels: readonly string[]): Promise<void> {
  const before = row.labels ?? [];
  if (!(await attempt({ type: "labels", conversation: row.id, labels: [...labels] }))) return;
  toast(t("toast.labels"), "plain", undo({ type: "labels", conversation: row.id, labels: before }));
}

/** Says which colleague looks after a customer. */
export async function setKeeper(contact: ContactView, agent: string | null): Promise<void> {
  const back = undo({ type: "contact.owner", contact: contact.id, agent: contact.owner ?? null });
  if (await attempt({ type: "contact.owner", contact: contact.id, agent }))
    toast(t("toast.keeper"), "plain", back);
}

/** Says that two contacts are one person. Returns the code of a refusal that the dialog can deal with, else null. */
export async function merge(
  into: string,
  from: string,
  reason: string,
  despiteConflict: boolean,
): Promise<"conflicting" | null> {
  try {
    const done = await line.ask<Merged>({
      type: "contact.merge",
      into,
      from,
      reason,
      despite_conflict: despiteConflict,
    });
    toast(t("toast.merged"), "plain", undo({ type: "contact.undo", merge: done.merge }));
  } catch (error) {
    const code = error instanceof Refused ? error.code : "unavailable";
    if (code === "conflicting") return code;
    toast(errorText(code), "error");
  }
  return null;
}

/** Takes a merge back. */
export async function undoMerge(id: string): Promise<void> {
  if (await attempt({ type: "contact.undo", merge: id })) toast(t("toast.unmerged"));
}

/** Puts a reply or note on the screen at once and sends it. */
export function write(
  id: string,
  kind: "message" | "note",
  text: string,
  files: readonly FileView[],
  mentions: readonly string[],
  template: TemplateChoice | null = null,
): void {
  const clientId = uuid7();
  dispatch({
    do: "pending.add",
    id,
    pending: {
      clientId,
      kind,
      text,
      files,
      mentions,
      template,
      at: Date.now(),
      state: "sending",
      code: null,
    },
  });
  void resend(id, clientId);
}

/** What "too late" means of a message or file: there is nothing to decide on it any more. */
const SETTLED: Readonly<Record<string, Key>> = { too_late: "error.settled" };

/** Tries a message again that failed, or of which nobody knows whether it arrived. */
export async function retryDelivery(conversation: string, seq: number): Promise<void> {
  if (await attempt({ type: "delivery.retry", conversation, seq }, SETTLED)) toast(t("toast.retry"));
}

/** Says that a message in doubt has arrived. */
export async function settleDelivery(conversation: string, seq: number): Promise<void> {
  await attempt({ type: "delivery.settle", conversation, seq }, SETTLED);
}

/** Has an attachment fetched again that was lost. */
export async function retryFile(conversation: string, file: string): Promise<void> {
  await attempt({ type: "file.retry", conversation, file }, SETTLED);
}

/** Everything up to `seq` was on my visible screen: says so once, and takes the unread mark away at once. */
export function markRead(row: Summary, seq: number): void {
  if (seq <= (row.agent_read ?? 0) || row.owner.agent !== me.peek()?.id) return;
  line.tell({ type: "read", conversation: row.id, seq });
  dispatch({ do: "rows", rows: [{ ...row, agent_read: seq, unread: 0 }] });
}

/** J and K: moves the mark through the list; with a conversation open, opens the next one. */
export function step(by: 1 | -1): void {
  // Whoever moves by keys doesn't aim with the pointer that lies over the list.
  held.value = null;
  const list = listed.peek();
  const at = list.findIndex((row) => row.id === (cursor.peek() ?? currentId.peek()));
  const next = list[at < 0 ? 0 : Math.min(list.length - 1, Math.max(0, at + by))];
  if (!next) return;
  cursor.value = next.id;
  if (currentId.peek() && matchMedia("(min-width: 641px)").matches) openRow(next.id);
}

/** Goes to a tab, keeping the open conversation out of the way. */
export function goTab(which: Tab): void {
  cursor.value = null;
  go({ view: "inbox", tab: which, id: null });
}

/** Back to the list alone. */
export function goBack(): void {
  const now = route.peek();
  if (now.view === "inbox" && now.id) go({ ...now, id: null });
}

/** The other language, kept in the account too. */
export function switchLocale(next: Locale): void {
  setLocale(next);
  void fetch("/api/me", {
    method: "PATCH",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": deskConfig().csrf },
    body: JSON.stringify({ locale: next }),
  }).catch(() => undefined);
}

/** Puts a customer's message before those who teach the bot. */
export async function markForBot(conversation: string, seq: number): Promise<void> {
  const answer = await fetch("/api/desk/mark", {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": deskConfig().csrf },
    body: JSON.stringify({ conversation, seq }),
  }).catch(() => null);
  toast(t(answer?.ok ? "mark.done" : "mark.failed"), answer?.ok ? "plain" : "error");
}

/** Light to dark and back. */
export function switchTheme(): void {
  theme.value = isDark() ? "light" : "dark";
}

/** Ends the session. */
export async function signOut(): Promise<void> {
  await fetch("/logout", {
    method: "POST",
    credentials: "same-origin",
    headers: { "X-CSRF-Token": deskConfig().csrf },
  }).catch(() => undefined);
  location.assign("/login");
}

/** The row of a conversation that may have changed since a dialog was opened. */
export function latest(row: Summary): Summary {
  return peek().rows.get(row.id) ?? current.peek() ?? row;
}
