/** Rules of the routing as they are written and checked. */
import type { Condition, Ring, Rule } from "./records";

export const BLANK_CONDITION: Condition = {
  inboxes: [],
  channels: [],
  locales: [],
  intents: [],
  attributes: {},
  calendar: "",
  open: true,
};

export const MOST_PRIORITY = 10;

/** Whether a rule holds for every conversation. */
export function isAlways(when: Condition): boolean {
  const lists = [when.inboxes, when.channels, when.locales, when.intents, Object.keys(when.attributes)];
  return !when.calendar && lists.every((one) => one.length === 0);
}

/** "vip = yes, gold" as an attribute and the values that match; null when it isn't written so. */
export function readAttribute(text: string): { name: string; values: string[] } | null {
  const [name = "", ...rest] = text.split("=");
  const values = rest
    .join("=")
    .split(/[,،]/)
    .map((one) => one.trim())
    .filter(Boolean);
  return name.trim() && values.length > 0 ? { name: name.trim(), values: [...new Set(values)] } : null;
}

/** Whether a rule has what it needs. */
export function isRight({ name, priority }: Rule): boolean {
  return name.trim() !== "" && Number.isInteger(priority) && Math.abs(priority) <= MOST_PRIORITY;
}

/** The rings with one of them at another place: who is asked moves, the times stay where they are. */
export function movedRing(rings: readonly Ring[], from: number, to: number): Ring[] {
  const next = rings.filter((_, n) => n !== from);
  const moved = rings[from];
  if (moved) next.splice(to, 0, moved);
  return next.map((one, n) => ({ ...one, until_seconds: rings[n]?.until_seconds ?? one.until_seconds }));
}
