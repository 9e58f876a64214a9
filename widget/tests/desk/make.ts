import { EMPTY, reduce } from "../../src/desk/state/reducer";
import type { Action, DeskState } from "../../src/desk/state/types";
import type { AgentView, EntryView, Event, Opened, Ready, Summary } from "../../src/wire/desk.types";

export const NOW = 1_790_000_000_000;

export function agent(id: string, over: Partial<AgentView> = {}): AgentView {
  return { id, name: `Agent ${id}`, role: "agent", status: "online", connected: true, ...over };
}

export function row(id: string, over: Partial<Summary> = {}): Summary {
  return {
    id,
    number: Number(id.replace(/\D/g, "")) || 1,
    channel: "webchat",
    inbox: "shop",
    contact: `k${id}`,
    contact_name: `Customer ${id}`,
    status: "open",
    owner: { kind: "agent", fence: 1, agent: "me", agent_name: "Me" },
    locale: "en",
    last_seq: 5,
    last_at: NOW,
    created_at: NOW,
    ...over,
  };
}

export function entry(seq: number, over: Partial<EntryView> = {}): EntryView {
  return {
    seq,
    at: NOW + seq * 1000,
    author: "contact",
    kind: "message",
    parts: [{ type: "text", text: `m${seq}` }],
    ...over,
  };
}

export function ready(over: Partial<Ready> = {}): Ready {
  return {
    type: "ready",
    now: NOW,
    me: agent("me"),
    agents: [agent("me"), agent("sara")],
    queues: [],
    offers: [],
    mine: [],
    canned: [],
    settings: EMPTY.settings,
    bot: { available: true, detail: "ok" },
    channels: {},
    inboxes: {},
    ...over,
  };
}

export function opened(over: Partial<Opened> = {}): Opened {
  return {
    conversation: row("c1"),
    contact: { id: "kc1", name: "Customer", locale: "en", created_at: NOW },
    entries: [entry(1), entry(2), entry(3)],
    ...over,
  };
}

export const frame = (one: Event): Action => ({ do: "frame", frame: one, now: NOW });

/** The state after some actions, from the empty desk. */
export function deskAfter(...actions: readonly Action[]): DeskState {
  return actions.reduce(reduce, EMPTY);
}

export const open: Action = { do: "open.begin", id: "c1" };
export const openedAt = (data: Opened, from: number | null = null): Action => ({
  do: "open.done",
  id: "c1",
  data,
  after: from,
});
export const seqs = (state: DeskState): number[] =>
  (state.open.get("c1")?.entries ?? []).map((one) => one.seq);

/** A row or an entry that tells each look at one of its fields. */
export const watched = <T extends object>(one: T, look: () => void): T =>
  new Proxy(one, {
    get(of, name) {
      look();
      return Reflect.get(of, name);
    },
  });
