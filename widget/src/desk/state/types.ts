import type {
  AgentView,
  BotView,
  CannedView,
  ChannelView,
  ContactView,
  DeliveryEvent,
  DeskSettings,
  Draft,
  EntryChanged,
  EntryView,
  Event,
  FileView,
  HistoryPage,
  InboxView,
  ListPage,
  OfferView,
  Opened,
  QueueView,
  Summary,
  Tab,
  TemplateChoice,
} from "../../wire/desk.types";

/** Where the socket stands. `signed_out`: the session ended, only signing in helps. */
export type LinkState = "connecting" | "live" | "reconnecting" | "signed_out";

/** What is known of a tab's pages. `total` is the server's count (at most 1,000), null before the first page. */
export interface TabState {
  phase: "idle" | "loading" | "ready" | "error";
  cursor: string | null;
  total: number | null;
}

/** A reply or note that the server has not shown back yet. Of a `template`, `text` is how the customer will see it. */
export interface Pending {
  clientId: string;
  kind: "message" | "note";
  text: string;
  files: readonly FileView[];
  mentions: readonly string[];
  template: TemplateChoice | null;
  at: number;
  state: "sending" | "stored" | "failed";
  code: string | null;
}

/**
 * A conversation whose timeline is in memory. `gap`: an entry was missed, ask again with `after`.
 * `early`: entries that came before the answer to `open`; they join when it is there.
 */
export interface OpenState {
  phase: "loading" | "ready" | "error";
  code: string | null;
  entries: readonly EntryView[];
  more: boolean;
  older: "idle" | "loading" | "error";
  contact: ContactView | null;
  draft: Draft | null;
  viewers: readonly string[];
  pending: readonly Pending[];
  unreadAfter: number | null;
  gap: boolean;
  early: readonly EntryView[];
  /** While an answer to `open` is on its way: what changed meanwhile, for it may have been read before. */
  news: readonly EntryNews[] | null;
}

/** That an entry which was told of before is another now. */
export type EntryNews = DeliveryEvent | EntryChanged;

/** Somebody types in a conversation, until a local time in ms. */
export interface TypingState {
  who: "contact" | "agent";
  name: string | null;
  until: number;
}

/** Everything the desk knows. Replaced, never changed in place. `skew`: server clock minus ours, ms. */
export interface DeskState {
  link: LinkState;
  skew: number;
  me: AgentView | null;
  agents: readonly AgentView[];
  queues: readonly QueueView[];
  offers: readonly OfferView[];
  canned: readonly CannedView[];
  settings: DeskSettings;
  bot: BotView;
  channels: Readonly<Record<string, ChannelView>>;
  inboxes: Readonly<Record<string, InboxView>>;
  rows: ReadonlyMap<string, Summary>;
  tabs: Readonly<Record<Tab, TabState>>;
  open: ReadonlyMap<string, OpenState>;
  typing: ReadonlyMap<string, TypingState>;
}

/** What can happen to the state. `now` is always the local clock in ms. */
export type Action =
  | { do: "frame"; frame: Event; now: number }
  | { do: "link"; link: LinkState }
  | { do: "list.begin"; tab: Tab }
  | { do: "list.page"; tab: Tab; page: ListPage; first: boolean }
  | { do: "list.failed"; tab: Tab }
  | { do: "open.begin"; id: string }
  | { do: "open.done"; id: string; data: Opened; after: number | null }
  | { do: "open.failed"; id: string; code: string }
  | { do: "open.left"; id: string }
  | { do: "older.begin"; id: string }
  | { do: "older.done"; id: string; page: HistoryPage }
  | { do: "older.failed"; id: string }
  | { do: "pending.add"; id: string; pending: Pending }
  | { do: "pending.set"; id: string; clientId: string; state: Pending["state"]; code?: string }
  | { do: "pending.drop"; id: string; clientId: string }
  | { do: "rows"; rows: readonly Summary[] }
  | { do: "contact"; id: string; contact: ContactView }
  | { do: "draft"; id: string; draft: Draft | null }
  | { do: "typing.sweep"; now: number };
