/** Unfinished texts: at once in memory, a moment later on the server. */
import type { Draft } from "../wire/desk.types";
import { dispatch } from "./desk";
import { line } from "./link";

const SAVE_MS = 900;

const here = new Map<string, Draft>();
const timers = new Map<string, ReturnType<typeof setTimeout>>();

/** What was typed in this conversation on this page, if anything. */
export function draftOf(id: string): Draft | null {
  return here.get(id) ?? null;
}

/** Keeps a text; it reaches the server when the typing rests. */
export function keepDraft(id: string, draft: Draft): void {
  here.set(id, draft);
  clearTimeout(timers.get(id));
  timers.set(
    id,
    setTimeout(() => saveDraft(id), SAVE_MS),
  );
}

/** Saves now what waits to be saved, e.g. when the conversation is left. */
export function saveDraft(id: string): void {
  if (!timers.has(id)) return;
  clearTimeout(timers.get(id));
  timers.delete(id);
  const draft = here.get(id) ?? { text: "", note: false };
  dispatch({ do: "draft", id, draft: draft.text ? draft : null });
  // Not connected: the text stays in memory and the next key press saves it again.
  line.ask({ type: "draft", conversation: id, text: draft.text, note: draft.note }).catch(() => undefined);
}
