import type { SlaView, Summary, Tab } from "../../wire/desk.types";

/** The tabs in the order of the screen. */
export const TABS: readonly Tab[] = ["mine", "queue", "all", "snoozed", "resolved"];

/** Whether a row stands in a tab, seen by agent `me`. */
export function belongs(tab: Tab, row: Summary, me: string): boolean {
  const mine = row.owner.kind === "agent" && row.owner.agent === me;
  const done = row.status === "resolved";
  switch (tab) {
    case "mine":
      return mine && !done && !row.snoozed_until;
    case "queue":
      return !done && (row.owner.kind === "queue" || row.owner.kind === "offer");
    case "all":
      return !done;
    case "snoozed":
      return !done && mine && Boolean(row.snoozed_until);
    case "resolved":
      return done;
  }
}

/** The rows of a tab in reading order: newest activity first; the queue has its next one first, snoozed the one that wakes first. */
export function listTab(rows: ReadonlyMap<string, Summary>, tab: Tab, me: string): readonly Summary[] {
  const found: Summary[] = [];
  for (const row of rows.values()) if (belongs(tab, row, me)) found.push(row);
  return found.sort(tab === "queue" ? nextFirst : tab === "snoozed" ? wakesFirst : newestFirst);
}

function newestFirst(a: Summary, b: Summary): number {
  return b.last_at - a.last_at || b.number - a.number;
}

function nextFirst(a: Summary, b: Summary): number {
  return (
    (b.priority ?? 0) - (a.priority ?? 0) ||
    (a.queued_at ?? a.created_at) - (b.queued_at ?? b.created_at) ||
    a.number - b.number
  );
}

function wakesFirst(a: Summary, b: Summary): number {
  return (a.snoozed_until ?? 0) - (b.snoozed_until ?? 0) || a.number - b.number;
}

/** A row as the list shows it; `gone` when it left the tab while the list was held still. */
export interface ShownRow {
  row: Summary;
  gone: boolean;
}

/**
 * What to show while the pointer is over the list: the held order, each row with its newest words, nothing added or moved.
 * With `held` null the list is free and shows `now` as it is.
 */
export function heldRows(
  held: readonly string[] | null,
  now: readonly Summary[],
  rows: ReadonlyMap<string, Summary>,
): readonly ShownRow[] {
  if (!held) return now.map((row) => ({ row, gone: false }));
  const here = new Set(now.map((row) => row.id));
  const shown: ShownRow[] = [];
  for (const id of held) {
    const row = rows.get(id);
    if (row) shown.push({ row, gone: !here.has(id) });
  }
  return shown;
}

/** How many rows joined or moved since the order was held: all but the longest run that kept its order. */
export function changesOf(held: readonly string[], now: readonly Summary[]): number {
  const place = new Map(held.map((id, n) => [id, n]));
  const ends: number[] = [];
  for (const row of now) {
    const at = place.get(row.id);
    if (at === undefined) continue;
    let from = 0;
    let to = ends.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((ends[middle] ?? 0) < at) from = middle + 1;
      else to = middle;
    }
    ends[from] = at;
  }
  return now.length - ends.length;
}

/** How pressing a wait is: where somebody waits at the other end minutes count, elsewhere hours. */
export function waitLevel(live: boolean, waitedMs: number): "calm" | "soon" | "late" {
  const minutes = waitedMs / 60_000;
  const [soon, late] = live ? [2, 5] : [120, 480];
  return minutes >= late ? "late" : minutes >= soon ? "soon" : "calm";
}

/** How pressing a promise is; one that stands still never is. */
export function slaLevel(sla: SlaView, now: number): "calm" | "soon" | "late" | "paused" {
  if (!sla.due) return "paused";
  return now >= sla.due ? "late" : now >= (sla.warn ?? sla.due) ? "soon" : "calm";
}

/** The slice of a list of rows of equal height that is on the screen, with `spare` rows on both sides. */
export function windowOf(
  scroll: number,
  height: number,
  rowHeight: number,
  count: number,
  spare = 8,
): { from: number; to: number } {
  const from = Math.max(0, Math.floor(scroll / rowHeight) - spare);
  return {
    from: Math.min(from, Math.max(0, count - 1)),
    to: Math.min(count, Math.ceil((scroll + height) / rowHeight) + spare),
  };
}
