/** The wallboard's arithmetic: changes put into the whole, service level, order. Pure. */
import type { AgentBoard, Board, BoardEvent, QueueBoard } from "../../wire/desk.types";

/** The wallboard as the screen keeps it. */
export interface BoardState {
  dayFrom: number;
  queues: ReadonlyMap<string, QueueBoard>;
  agents: ReadonlyMap<string, AgentBoard>;
}

/** The state of a whole board. */
export function whole(board: Board): BoardState {
  return {
    dayFrom: board.day_from,
    queues: new Map(board.queues.map((one) => [one.id, one])),
    agents: new Map(board.agents.map((one) => [one.id, one])),
  };
}

/** The state after what changed; rows that did not change stay the very same. */
export function changed(state: BoardState, event: BoardEvent): BoardState {
  return {
    dayFrom: event.day_from,
    queues: put(state.queues, event.queues ?? [], event.gone ?? []),
    agents: put(state.agents, event.agents ?? [], event.gone ?? []),
  };
}

function put<V extends { id: string }>(
  rows: ReadonlyMap<string, V>,
  fresh: readonly V[],
  gone: readonly string[],
): ReadonlyMap<string, V> {
  if (fresh.length === 0 && !gone.some((id) => rows.has(id))) return rows;
  const all = new Map(rows);
  for (const row of fresh) all.set(row.id, row);
  for (const id of gone) all.delete(id);
  return all;
}

/** Answered in time of all that count; `share` is null while nobody counts. Figures add up, shares are never averaged. */
export interface Level {
  inTime: number;
  of: number;
  share: number | null;
}

/** The service level of one queue or of several together. */
export function level(queues: Iterable<QueueBoard>): Level {
  let inTime = 0;
  let of = 0;
  for (const one of queues) {
    inTime += one.in_time ?? 0;
    of += (one.answered ?? 0) + (one.abandoned ?? 0) - (one.short ?? 0);
  }
  return { inTime, of, share: of > 0 ? inTime / of : null };
}

/** Whether a queue is below its target; null while there is nothing to judge. */
export function breached(queue: QueueBoard): boolean | null {
  const { share } = level([queue]);
  return share === null ? null : share * 100 < queue.target_percent;
}

const RANK: Readonly<Record<string, number>> = { not_responding: 0, online: 2, finishing: 3, offline: 5 };

/** What wants looking at first: who does not respond or is gone with work at hand, then who works, then the rest. */
function rank(agent: AgentBoard): number {
  if (!agent.connected && (agent.held?.length ?? 0) > 0) return 1;
  if (!agent.connected) return 5;
  return RANK[agent.status] ?? 4;
}

/** Agents in the order of the screen, those whose name has `query` in it. */
export function ordered(agents: Iterable<AgentBoard>, query: string): readonly AgentBoard[] {
  const wanted = query.trim().toLocaleLowerCase();
  return [...agents]
    .filter((one) => one.name.toLocaleLowerCase().includes(wanted))
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
}

/** Steps of urgency that have a name. */
export const PRIORITIES = [10, 5, 0, -5, -10] as const;

/** The named step that a priority is at, or next below it in size. */
export function stepOf(priority: number): "urgent" | "high" | "normal" | "low" | "lowest" {
  if (priority >= 10) return "urgent";
  if (priority > 0) return "high";
  if (priority === 0) return "normal";
  return priority > -10 ? "low" : "lowest";
}

/** Of what was picked, what still stands there. */
export function stillThere(picked: ReadonlySet<string>, ids: readonly string[]): ReadonlySet<string> {
  const here = new Set(ids.filter((id) => picked.has(id)));
  return here.size === picked.size ? picked : here;
}
