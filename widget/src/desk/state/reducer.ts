import type {
  AgentView,
  EntryView,
  Event,
  ListPage,
  Opened,
  Ready,
  Summary,
  Tab,
} from "../../wire/desk.types";
import { belongs } from "./lists";
import { append, CLOSED, heard, merged, prepend, setPending } from "./open";
import type { Action, DeskState, OpenState, TabState, TypingState } from "./types";

const TYPING_MS = 6000;
const IDLE_TAB: TabState = { phase: "idle", cursor: null, total: null };

/** The desk before the first snapshot. */
export const EMPTY: DeskState = {
  link: "connecting",
  skew: 0,
  me: null,
  agents: [],
  queues: [],
  offers: [],
  canned: [],
  settings: {
    break_reasons: [],
    dispositions: [],
    snooze_max_days: 30,
    grace_seconds: 60,
    max_text: 8000,
    max_file: 10 * 1024 * 1024,
  },
  bot: { available: true, detail: "ok" },
  channels: {},
  inboxes: {},
  rows: new Map(),
  tabs: { mine: IDLE_TAB, queue: IDLE_TAB, all: IDLE_TAB, snoozed: IDLE_TAB, resolved: IDLE_TAB },
  open: new Map(),
  typing: new Map(),
};

/** The state after an action. Pure: the same state and action always give the same answer, and nothing is changed in place. */
export function reduce(state: DeskState, action: Action): DeskState {
  switch (action.do) {
    case "frame":
      return onFrame(state, action.frame, action.now);
    case "link":
      return state.link === action.link ? state : { ...state, link: action.link, typing: new Map() };
    case "list.begin":
      return withTab(state, action.tab, { ...state.tabs[action.tab], phase: "loading" });
    case "list.page":
      return onPage(state, action.tab, action.page, action.first);
    case "list.failed":
      return withTab(state, action.tab, { ...state.tabs[action.tab], phase: "error" });
    case "open.begin":
      return withOpen(state, action.id, (it) => ({
        ...it,
        phase: it.entries.length > 0 ? "ready" : "loading",
        gap: false,
        code: null,
        news: [],
      }));
    case "open.done":
      return onOpened(state, action.id, action.data, action.after);
    case "open.failed":
      return withOpen(state, action.id, (it) => ({
        ...it,
        phase: it.entries.length > 0 ? "ready" : "error",
        code: action.code,
        news: null,
      }));
    case "open.left":
      return withOpen(state, action.id, (it) => ({ ...it, unreadAfter: null }));
    case "older.begin":
      return withOpen(state, action.id, (it) => ({ ...it, older: "loading" }));
    case "older.done":
      return withOpen(state, action.id, (it) => prepend(it, action.page));
    case "older.failed":
      return withOpen(state, action.id, (it) => ({ ...it, older: "error" }));
    case "pending.add":
      return withOpen(state, action.id, (it) => ({ ...it, pending: [...it.pending, action.pending] }));
    case "pending.set":
      return withOpen(state, action.id, (it) => ({
        ...it,
        pending: setPending(it.pending, action.clientId, action.state, action.code ?? null),
      }));
    case "pending.drop":
      return withOpen(state, action.id, (it) => ({
        ...it,
        pending: it.pending.filter((one) => one.clientId !== action.clientId),
      }));
    case "rows":
      return { ...state, rows: putAll(state, action.rows) };
    case "contact":
      return withKnown(state, action.id, (it) => ({ ...it, contact: action.contact }));
    case "draft":
      return withOpen(state, action.id, (it) => ({ ...it, draft: action.draft }));
    case "typing.sweep":
      return sweepTyping(state, action.now);
  }
}

function onFrame(state: DeskState, frame: Event, now: number): DeskState {
  switch (frame.type) {
    case "ready":
      return onReady(state, frame, now);
    case "entry":
      return onEntry(state, frame.conversation, frame.entry);
    case "entry.changed":
    case "delivery":
      return withKnown(state, frame.conversation, (it) => heard(it, frame));
    case "summary":
      return { ...state, rows: put(state.rows, frame.conversation) };
    case "offer":
      return {
        ...state,
        offers: [...state.offers.filter((one) => one.id !== frame.offer.id), frame.offer],
        rows: put(state.rows, frame.offer.conversation),
      };
    case "offer.gone":
      return { ...state, offers: state.offers.filter((one) => one.id !== frame.offer) };
    case "agent":
      return onAgent(state, frame.agent);
    case "queues":
      return { ...state, queues: frame.queues };
    case "typing":
      return onTyping(
        state,
        frame.conversation,
        frame.on ? { who: frame.who, name: frame.name ?? null, until: now + TYPING_MS } : null,
      );
    case "bot":
      return { ...state, bot: frame.bot };
    case "canned":
      return { ...state, canned: frame.canned };
    case "inboxes":
      return { ...state, inboxes: frame.inboxes };
    case "pong":
      return Math.abs(state.skew - (frame.now - now)) < 500 ? state : { ...state, skew: frame.now - now };
    default:
      return state;
  }
}

/** A snapshot replaces what it covers; timelines stay and are brought up to date by `open` with `after`. */
function onReady(state: DeskState, frame: Ready, now: number): DeskState {
  const rows = new Map<string, Summary>();
  for (const [id, row] of state.rows) {
    if (state.open.has(id) || !belongs("mine", row, frame.me.id)) rows.set(id, row);
  }
  for (const row of frame.mine) rows.set(row.id, row);
  for (const offer of frame.offers) rows.set(offer.conversation.id, offer.conversation);
  const tabs = Object.fromEntries(Object.keys(state.tabs).map((tab) => [tab, IDLE_TAB])) as Record<
    Tab,
    TabState
  >;
  const open = new Map([...state.open].map(([id, it]) => [id, { ...it, gap: it.entries.length > 0 }]));
  return {
    ...state,
    link: "live",
    skew: frame.now - now,
    me: frame.me,
    agents: frame.agents,
    queues: frame.queues,
    offers: frame.offers,
    canned: frame.canned,
    settings: frame.settings,
    bot: frame.bot,
    channels: frame.channels,
    inboxes: frame.inboxes,
    rows,
    tabs,
    open,
    typing: new Map(),
  };
}

function onEntry(state: DeskState, id: string, entry: EntryView): DeskState {
  const typing = entry.author === "contact" ? without(state.typing, id) : state.typing;
  const it = state.open.get(id);
  if (!it) return typing === state.typing ? state : { ...state, typing };
  return { ...state, typing, open: new Map(state.open).set(id, append(it, entry)) };
}

function onOpened(state: DeskState, id: string, data: Opened, after: number | null): DeskState {
  const it = state.open.get(id) ?? CLOSED;
  return {
    ...state,
    rows: put(state.rows, data.conversation),
    open: new Map(state.open).set(id, merged(it, data, after)),
  };
}

function onPage(state: DeskState, tab: Tab, page: ListPage, first: boolean): DeskState {
  const rows = new Map(state.rows);
  const me = state.me?.id ?? "";
  if (first) {
    const listed = new Set(page.rows.map((row) => row.id));
    for (const [id, row] of rows) {
      if (!listed.has(id) && !state.open.has(id) && belongs(tab, row, me) && covered(row, page, tab))
        rows.delete(id);
    }
  }
  for (const row of page.rows) rows.set(row.id, newer(rows.get(row.id), row));
  return {
    ...state,
    rows,
    tabs: { ...state.tabs, [tab]: { phase: "ready", cursor: page.cursor ?? null, total: page.total } },
  };
}

/** Whether a first page would have shown the row, had it still been in the tab. */
function covered(row: Summary, page: ListPage, tab: Tab): boolean {
  const last = page.rows.at(-1);
  return !page.cursor || (tab !== "queue" && last !== undefined && row.last_at > last.last_at);
}

function onAgent(state: DeskState, agent: AgentView): DeskState {
  const known = state.agents.some((one) => one.id === agent.id);
  const agents = known
    ? state.agents.map((one) => (one.id === agent.id ? agent : one))
    : [...state.agents, agent];
  return { ...state, agents, me: state.me?.id === agent.id ? agent : state.me };
}

function onTyping(state: DeskState, id: string, typing: TypingState | null): DeskState {
  if (!typing) return { ...state, typing: without(state.typing, id) };
  return { ...state, typing: new Map(state.typing).set(id, typing) };
}

function sweepTyping(state: DeskState, now: number): DeskState {
  const left = [...state.typing].filter(([, one]) => one.until > now);
  return left.length === state.typing.size ? state : { ...state, typing: new Map(left) };
}

/** The newer of two rows: the higher number wins; at the same number the later arrival does. */
function newer(old: Summary | undefined, row: Summary): Summary {
  return old && old.last_seq > row.last_seq ? old : row;
}

function put(rows: ReadonlyMap<string, Summary>, row: Summary): ReadonlyMap<string, Summary> {
  const old = rows.get(row.id);
  return old && newer(old, row) === old ? rows : new Map(rows).set(row.id, row);
}

/** How many rows are kept; beyond it closed ones that nobody looks at go. */
const MOST_ROWS = 6000;

function putAll(state: DeskState, fresh: readonly Summary[]): ReadonlyMap<string, Summary> {
  const rows = new Map(state.rows);
  for (const row of fresh) rows.set(row.id, newer(rows.get(row.id), row));
  if (rows.size > MOST_ROWS) {
    for (const [id, row] of rows) if (row.status === "resolved" && !state.open.has(id)) rows.delete(id);
  }
  return rows;
}

function without<V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> {
  if (!map.has(key)) return map;
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}

function withTab(state: DeskState, tab: Tab, value: TabState): DeskState {
  return { ...state, tabs: { ...state.tabs, [tab]: value } };
}

function withOpen(state: DeskState, id: string, change: (it: OpenState) => OpenState): DeskState {
  return { ...state, open: new Map(state.open).set(id, change(state.open.get(id) ?? CLOSED)) };
}

function withKnown(state: DeskState, id: string, change: (it: OpenState) => OpenState): DeskState {
  return state.open.has(id) ? withOpen(state, id, change) : state;
}
