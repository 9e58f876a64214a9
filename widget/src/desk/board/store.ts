/** The wallboard's state: whole at first and after each break of the line, then what changes. */
import { computed, signal } from "@preact/signals";
import type { Board } from "../../wire/desk.types";
import { line, onEvent } from "../link";
import { type BoardState, changed, whole } from "./model";

const state = signal<BoardState | null>(null);

/** Whether the wallboard could not be had. */
export const failed = signal(false);
export const loaded = computed(() => state.value !== null);
export const queues = computed(() => [...(state.value?.queues.values() ?? [])]);
export const agents = computed(() => state.value?.agents ?? new Map());
export const dayFrom = computed(() => state.value?.dayFrom ?? 0);
/** The queue whose waiting customers are shown. */
export const shown = signal<string | null>(null);
/** What is picked in it. */
export const picked = signal<ReadonlySet<string>>(new Set());

/** Asks for the whole wallboard. */
export async function load(): Promise<void> {
  try {
    state.value = whole(await line.ask<Board>({ type: "board.watch" }));
    failed.value = false;
  } catch {
    failed.value = line.live;
  }
}

/** Watches until released; the line's own return brings the whole again. */
export function watch(): () => void {
  if (line.live) void load();
  const stop = onEvent((frame) => {
    if (frame.type === "ready") queueMicrotask(() => void load());
    else if (frame.type === "board" && state.peek()) state.value = changed(state.peek() as BoardState, frame);
  });
  return () => {
    stop();
    if (line.live) line.ask({ type: "board.watch", on: false }).catch(() => undefined);
  };
}
