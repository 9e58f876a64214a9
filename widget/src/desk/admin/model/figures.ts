/** The bot's figures as the hub sends them (`hub/web/bot_figures.py` is the truth), and the picture of their days. */
import type { Locale } from "../../../wire/desk.types";

/** What became of a conversation with the bot, in the order in which a bar is stacked. */
export const FATES = ["contained", "handed_off", "lost", "taken", "running"] as const;
export type Fate = (typeof FATES)[number];

export type Counted = Record<Fate, number> & {
  stays: number;
  turns: number;
  not_understood: number;
  /** Shares from 0 to 1; null where there is nothing to divide by. */
  containment: number | null;
  fallback_rate: number | null;
};

export interface NamedCount {
  name: string;
  counted: Counted;
}

export interface BotFigures {
  first: string;
  last: string;
  total: Counted;
  days: NamedCount[];
  langs: NamedCount[];
  reasons: { reason: string; stays: number }[];
  intents: NamedCount[];
  channels: string[];
}

export interface Stay {
  id: string;
  conversation: string;
  number: number;
  channel: string;
  lang: Locale;
  began: number;
  ended: number | null;
  fate: Fate;
  reason: string;
  understood: string[];
  turns: number;
}

/** What a list of conversations is narrowed to, beside the filters of the whole page. */
export const PICKS = ["day", "fate", "reason", "intent"] as const;

/** The share of those that are over; null when none is. */
export function shareOf(counted: Counted, fate: Fate): number | null {
  const over = counted.stays - counted.running;
  return over > 0 ? counted[fate] / over : null;
}

/** One piece of a bar: shares of the picture's height, from below. */
export interface Piece {
  fate: Fate;
  from: number;
  size: number;
}

/** Each day's bar as high as its conversations against the busiest day. */
export function barsOf(days: readonly NamedCount[]): Piece[][] {
  const most = Math.max(1, ...days.map((one) => one.counted.stays));
  return days.map(({ counted }) => {
    let from = 0;
    return FATES.filter((fate) => counted[fate] > 0).map((fate) => {
      const piece = { fate, from, size: counted[fate] / most };
      from += piece.size;
      return piece;
    });
  });
}

/** Where lines of a scale from 0 to `most` stand: round numbers, at most four of them. */
export function ticksOf(most: number): number[] {
  const rough = Math.max(1, most / 3);
  const ten = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * ten).find((one) => one >= rough) ?? 1;
  return Array.from({ length: Math.floor(most / step) }, (_, n) => (n + 1) * step);
}
