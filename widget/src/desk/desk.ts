/** The desk's state as signals: one store that only `dispatch` changes, slices of it for the screens, and what only this screen knows. */
import { computed, signal } from "@preact/signals";
import type { SameView, Summary, Tab } from "../wire/desk.types";
import { windowState } from "./state/channel";
import { listTab } from "./state/lists";
import { EMPTY, reduce } from "./state/reducer";
import { parseRoute, pathOf, type Route } from "./state/route";
import type { Action, DeskState, OpenState } from "./state/types";

const state = signal<DeskState>(EMPTY);

/** The whole state now, without following it. */
export function peek(): DeskState {
  return state.peek();
}

/** The only way to change the state. */
export function dispatch(action: Action): void {
  state.value = reduce(state.peek(), action);
}

export const link = computed(() => state.value.link);
export const me = computed(() => state.value.me);
export const agents = computed(() => state.value.agents);
export const queues = computed(() => state.value.queues);
export const offers = computed(() => state.value.offers);
export const canned = computed(() => state.value.canned);
export const settings = computed(() => state.value.settings);
export const bot = computed(() => state.value.bot);
export const channels = computed(() => state.value.channels);
export const inboxes = computed(() => state.value.inboxes);
export const rows = computed(() => state.value.rows);
export const tabs = computed(() => state.value.tabs);
export const typing = computed(() => state.value.typing);
const opened = computed(() => state.value.open);
const myId = computed(() => state.value.me?.id ?? "");
const skew = computed(() => state.value.skew);

/** The server's clock now, ms. */
export function serverNow(): number {
  return Date.now() + skew.peek();
}

/** The wall clock for waits and countdowns, ticking once a second. */
export const tick = signal(Date.now());

export const route = signal<Route>(parseRoute(location.pathname));

/** Is told of a move instead of it being made. */
type Hold = (next: Route, replace: boolean) => void;
let hold: Hold | null = null;

/** Holds every move until released: for forms with unsaved changes. Returns how to release. */
export function holdRoute(ask: Hold): () => void {
  hold = ask;
  return () => {
    if (hold === ask) hold = null;
  };
}

/** Goes to a view and writes it into the address bar. */
export function go(next: Route, replace = false): void {
  if (hold) {
    hold(next, replace);
    return;
  }
  const path = pathOf(next);
  if (path !== location.pathname) history[replace ? "replaceState" : "pushState"](null, "", path);
  route.value = next;
}

/** The tab whose list stands on the screen; stays while another view is open. */
export const tab = signal<Tab>(route.peek().view === "inbox" ? (route.peek() as { tab: Tab }).tab : "mine");
route.subscribe((value) => {
  if (value.view === "inbox") tab.value = value.tab;
});

/** The conversation on the screen. */
export const currentId = computed(() => (route.value.view === "inbox" ? route.value.id : null));
export const current = computed<Summary | null>(() =>
  currentId.value ? (rows.value.get(currentId.value) ?? null) : null,
);
export const currentOpen = computed<OpenState | null>(() =>
  currentId.value ? (opened.value.get(currentId.value) ?? null) : null,
);

/** The rows of the tab on the screen, in reading order. */
export const listed = computed(() => listTab(rows.value, tab.value, myId.value));
const mineRows = computed(() => listTab(rows.value, "mine", myId.value));
const snoozedRows = computed(() => listTab(rows.value, "snoozed", myId.value));

/** The figure beside a tab, or null when it isn't known. */
export function countOf(which: Tab): number | null {
  if (which === "mine") return mineRows.value.length;
  if (which === "snoozed") return snoozedRows.value.length;
  if (which === "queue") return queues.value.reduce((sum, one) => sum + one.waiting, 0);
  return which === "all" ? tabs.value.all.total : null;
}

/** Unread messages in my conversations. */
export const unread = computed(() => mineRows.value.reduce((sum, row) => sum + (row.unread ?? 0), 0));

/** The last number of a conversation that this desk has: the list is told of it a little later than the timeline. */
export function lastKnown(id: string): number {
  const entry = state.peek().open.get(id)?.entries.at(-1);
  return Math.max(rows.peek().get(id)?.last_seq ?? 0, entry?.seq ?? 0);
}

/** Whether the conversation is mine to answer now. */
export const isMine = computed(() => {
  const row = current.value;
  return (
    row !== null && row.status !== "resolved" && row.owner.kind === "agent" && row.owner.agent === myId.value
  );
});

/** Whether the customer on the screen may still be answered freely. */
export const freeWords = computed(() => {
  tick.value;
  return current.value ? windowState(current.value, serverNow()) : "open";
});

/** Whether I may decide on messages of the conversation on the screen that didn't arrive: mine, nobody's, or I lead. */
export const mayDecide = computed(() => {
  const row = current.value;
  const role = state.value.me?.role;
  const lead = role === "supervisor" || role === "admin";
  return row !== null && (row.owner.kind !== "agent" || row.owner.agent === myId.value || lead);
});

/** The row that J and K stand on, apart from the one that is open. */
export const cursor = signal<string | null>(null);
/** The list's order while the pointer is over it, or null. */
export const held = signal<readonly string[] | null>(null);

export type DialogName =
  | "transfer"
  | "dial.send_on"
  | "dial.consult"
  | "snooze"
  | "resolve"
  | "handback.queue"
  | "handback.bot"
  | "labels"
  | "merge"
  | "template"
  | "keys"
  | "commands"
  | "presence"
  | "board";
/** What is open over the screen. */
export const dialog = signal<DialogName | null>(null);
/** With whom the customer on the screen is to be merged; null while that is still to be chosen. */
export const merging = signal<SameView | null>(null);
/** The mail that is shown as it came, or null. */
export const wholeMail = signal<{ conversation: string; file: string; subject: string } | null>(null);
/** On narrow screens the card lies over the timeline when this is set. */
export const cardOver = signal(false);
/** Asks the composer to take the focus, in a mode. A new object each time. */
export const focusComposer = signal<{ note: boolean } | null>(null);
/** Asks the timeline to go to its end. */
export const goNewest = signal(0);
/** Asks the list's filter to take the focus. */
export const focusFilter = signal(0);
