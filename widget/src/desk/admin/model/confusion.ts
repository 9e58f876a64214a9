/** The confusion matrix of a report: those intents that were taken for others, the worst first. */
import type { Confused, Score } from "./bot";

export interface Cell {
  row: number;
  column: number;
  times: number;
  /** Of the sentences that were meant so. */
  share: number;
}

/** More would be no picture any more. */
export const MOST_NAMES = 24;

export function confusionOf(report: { per_intent: Record<string, Score>; confused: readonly Confused[] }): {
  names: string[];
  cells: Cell[];
  most: number;
} {
  const wrong = new Map<string, number>();
  for (const one of report.confused) {
    if (!one.predicted) continue;
    for (const name of [one.intent, one.predicted]) wrong.set(name, (wrong.get(name) ?? 0) + one.times);
  }
  const names = [...wrong]
    .sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))
    .slice(0, MOST_NAMES)
    .map(([name]) => name);
  const at = new Map(names.map((name, n) => [name, n]));
  const cells: Cell[] = [];
  for (const [row, name] of names.entries()) {
    const score = report.per_intent[name];
    const times = Math.round((score?.recall ?? 0) * (score?.support ?? 0));
    if (score && times > 0) cells.push({ row, column: row, times, share: score.recall });
  }
  for (const { intent, predicted, times } of report.confused) {
    const row = at.get(intent);
    const column = at.get(predicted);
    if (row === undefined || column === undefined) continue;
    cells.push({ row, column, times, share: times / Math.max(1, report.per_intent[intent]?.support ?? 1) });
  }
  const most = Math.max(1, ...cells.filter((one) => one.row !== one.column).map((one) => one.times));
  return { names, cells, most };
}
