/** Keys of the whole screen. */
import { useEffect } from "preact/hooks";
import {
  accept,
  decline,
  endTalk,
  goBack,
  goTab,
  openRow,
  reopen,
  setStatus,
  step,
  take,
  wake,
} from "./actions";
import { canPress, keypad, onCall } from "./calling";
import {
  cardOver,
  current,
  currentId,
  cursor,
  dialog,
  focusComposer,
  focusFilter,
  go,
  goNewest,
  isMine,
  link,
  offers,
  route,
} from "./desk";
import { toggleCard } from "./parts/Conversation";
import { canTake } from "./parts/owner";
import { leads, teaches } from "./parts/Rail";
import { answer, leg } from "./phone/phone";
import { type KeyAction, NO_PREFIX, press } from "./state/keys";

/** Whether the focus is where letters are written. */
function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  )
    return true;
  return (
    target instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit"].includes(target.type)
  );
}

/** A colleague's call that rings in this browser. */
function onRinging(action: "accept" | "decline"): boolean {
  const ringing = leg.peek();
  if (!ringing || ringing.live || ringing.leg.joins) return false;
  if (action === "accept") void answer();
  else ringing.leg.end();
  return true;
}

function onOffer(action: "accept" | "decline"): boolean {
  const offer = [...offers.peek()].sort((a, b) => a.until - b.until)[0];
  if (!offer) return onRinging(action);
  void (action === "accept" ? accept(offer) : decline(offer));
  return true;
}

function back(): void {
  if (cardOver.peek()) cardOver.value = false;
  else goBack();
}

/** Keys that act on the open conversation. */
function onConversation(action: KeyAction): boolean {
  const row = current.peek();
  if (!row) return false;
  const mine = isMine.peek();
  const live = link.peek() === "live";
  switch (action) {
    case "reply":
      focusComposer.value = { note: !mine };
      return true;
    case "note":
      focusComposer.value = { note: true };
      return true;
    case "labels":
      dialog.value = "labels";
      return true;
    case "card":
      toggleCard();
      return true;
    case "newest":
      goNewest.value++;
      return true;
    case "call.mute":
      return onCall("mute", "unmute");
    case "call.hold":
      return onCall("hold", "resume");
    case "call.hang_up":
      return onCall("hang_up");
    case "call.keypad":
      keypad.value = canPress() && !keypad.peek();
      return true;
    case "take":
      if (live && canTake(row)) void take(row);
      return true;
    case "transfer":
      if (live && mine) dialog.value = "transfer";
      return true;
    case "handback":
      if (live && mine) dialog.value = "handback.queue";
      return true;
    case "snooze":
      if (live && mine && row.snoozed_until) void wake(row);
      else if (live && mine) dialog.value = "snooze";
      return true;
    case "resolve":
      if (live && row.status === "resolved") void reopen(row);
      else if (live && mine) endTalk(row);
      return true;
    default:
      return false;
  }
}

/** Does what a key asks. True when it was used. */
function act(action: KeyAction): boolean {
  switch (action) {
    case "accept":
    case "decline":
      return onOffer(action);
    case "commands":
      dialog.value = dialog.peek() === "commands" ? null : "commands";
      return true;
    case "keys":
      dialog.value = "keys";
      return true;
    case "presence":
      dialog.value = "presence";
      return true;
    case "online":
      void setStatus("online");
      return true;
    case "go.inbox":
      goTab("mine");
      return true;
    case "go.queue":
      goTab("queue");
      return true;
    case "go.all":
      goTab("all");
      return true;
    case "go.snoozed":
      goTab("snoozed");
      return true;
    case "go.resolved":
      goTab("resolved");
      return true;
    case "go.team":
      if (leads()) go({ view: "team" });
      return true;
    case "go.admin":
      if (leads()) go({ view: "admin", path: "" });
      return true;
    case "go.bot":
      if (teaches()) go({ view: "admin", path: "review" });
      return true;
    default:
      break;
  }
  if (route.peek().view !== "inbox") return false;
  switch (action) {
    case "next":
      step(1);
      return true;
    case "previous":
      step(-1);
      return true;
    case "open":
      if (cursor.peek() && cursor.peek() !== currentId.peek()) openRow(cursor.peek() ?? "");
      return true;
    case "back":
      back();
      return true;
    case "search":
      focusFilter.value++;
      return true;
    default:
      return onConversation(action);
  }
}

/** Whether Enter and the arrows belong to what has the focus. */
function ownsKey(event: KeyboardEvent): boolean {
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  if (event.key === "Enter")
    return target instanceof HTMLButtonElement || target instanceof HTMLAnchorElement;
  const scrolls = event.key === "ArrowDown" || event.key === "ArrowUp" || event.key === "End";
  return scrolls && target.closest(".timeline, .card, .team, [role=menu], [role=separator]") !== null;
}

/** Listens while the desk is on the screen. Over a dialog only the keys that work everywhere do. */
export function useKeys(): void {
  useEffect(() => {
    let state = NO_PREFIX;
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || ownsKey(event)) return;
      const over = dialog.peek() !== null && dialog.peek() !== "presence";
      // The focus may have left an open dialog (a click beside its fields): Escape still closes it.
      if (over && event.key === "Escape") dialog.value = null;
      const busy = over || isWriting(event.target);
      // When it was pressed, not when a busy page comes to it: two keys of a sequence stay as near as they were.
      const next = press(state, event, busy, event.timeStamp);
      state = next.state;
      if (next.action && act(next.action)) event.preventDefault();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}
