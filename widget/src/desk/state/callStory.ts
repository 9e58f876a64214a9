/** What a call was, told from its events: how long each part of it took. Pure. */
import type { EntryView } from "../../wire/desk.types";

export const STRETCHES = ["menu", "wait", "ring", "talk", "hold"] as const;
/** The menu and the bot, the line, an agent's telephone, the talk, the talk on hold. */
export type Stretch = (typeof STRETCHES)[number];
type Phase = Exclude<Stretch, "ring">;

export interface CallStory {
  /** By the number of the event that ended it: what it was, and how long it took (ms). */
  spans: ReadonlyMap<number, readonly { what: Stretch; ms: number }[]>;
  /** By the number of the event that ended a call: how long each of its parts took in all (ms). */
  totals: ReadonlyMap<number, Readonly<Partial<Record<Phase, number>>>>;
}

/** Where the caller is after each event; null: nowhere. What is not here changes nothing. */
const NEXT: Readonly<Record<string, Phase | null>> = {
  ringing: "menu",
  joined: "talk",
  held: "hold",
  consulting: "hold",
  resumed: "talk",
  conference: "talk",
  party_left: "talk",
  parked: "wait",
  callback: null,
  voicemail: null,
  sent_on: null,
  not_reached: null,
  dial_refused: null,
  ended: null,
};
const RING_ENDS = new Set(["joined", "agent_unreachable", "not_reached", "ended"]);

/** The story of the calls in a timeline, or in its newest part: of what began before that, nothing is said. */
export function callStory(entries: readonly EntryView[]): CallStory {
  const spans = new Map<number, { what: Stretch; ms: number }[]>();
  const totals = new Map<number, Partial<Record<Phase, number>>>();
  let phase: Phase | null = null;
  let since = 0;
  let rings: number | null = null;
  let sum: Partial<Record<Phase, number>> = {};
  for (const { seq, at, event } of entries) {
    const what = event?.type === "call" ? (event.reason ?? "") : "";
    const next: Phase | null | undefined =
      event?.type === "handoff" && phase === "menu" ? "wait" : what === "" ? undefined : NEXT[what];
    const ended: { what: Stretch; ms: number }[] = [];
    if (rings !== null && RING_ENDS.has(what)) {
      ended.push({ what: "ring", ms: at - rings });
      rings = null;
    }
    if (next !== undefined && phase !== null && next !== phase) {
      ended.unshift({ what: phase, ms: at - since });
      sum[phase] = (sum[phase] ?? 0) + at - since;
    }
    if (next !== undefined && next !== phase) [phase, since] = [next, at];
    if (what === "agent_ringing") rings = at;
    if (ended.length > 0) spans.set(seq, ended);
    if (what === "ended") {
      if (Object.keys(sum).length > 0) totals.set(seq, sum);
      sum = {};
    }
  }
  return { spans, totals };
}

/** The steps of a menu that a caller came through. */
export function stepsOf(path: string): string[] {
  return path.split(" > ").filter(Boolean);
}
