/** What the composer does besides drawing. */
import type { AgentView, CannedView, Summary } from "../../wire/desk.types";
import { agents, canned, me } from "../desk";
import { nameOf, t } from "../i18n";
import { line } from "../link";
import { mentionAt, searchAgents, searchCanned, slashAt, type Trigger } from "../state/composer";

const TYPING_EVERY_MS = 3000;

/** A menu over the composer: what it completes and what it offers. */
export type Open =
  | { kind: "canned"; trigger: Trigger; found: readonly CannedView[] }
  | { kind: "mention"; trigger: Trigger; found: readonly AgentView[] };

/** What an empty field says; on a phone only the first half. */
export function hint(row: Summary, note: boolean): string {
  const whole = note ? t("composer.note.hint") : t("composer.reply.hint", { name: nameOf(row) });
  return matchMedia("(max-width: 640px)").matches ? (whole.split("  ")[0] ?? whole) : whole;
}

/** The menu that the text at the caret asks for, if any. */
export function openMenu(
  text: string,
  caret: number,
  note: boolean,
  row: Summary,
  closedAt: number | null,
): Open | null {
  const slash = slashAt(text, caret);
  if (slash && slash.from !== closedAt)
    return { kind: "canned", trigger: slash, found: searchCanned(canned.value, slash.query, row.locale) };
  const mention = note ? mentionAt(text, caret) : null;
  if (!mention || mention.from === closedAt) return null;
  const found = searchAgents(agents.value, mention.query, me.value?.id ?? "");
  return found.length > 0 ? { kind: "mention", trigger: mention, found } : null;
}

/** Keys of an open menu; true when the key was for it. */
export function menuKey(
  event: KeyboardEvent,
  count: number,
  at: number,
  setAt: (n: number) => void,
  pick: (n: number) => void,
  close: () => void,
): boolean {
  if (event.isComposing) return false;
  if (event.key === "Escape") close();
  else if (count > 0 && event.key === "ArrowDown") setAt((at + 1) % count);
  else if (count > 0 && event.key === "ArrowUp") setAt((at - 1 + count) % count);
  else if (
    count > 0 &&
    (event.key === "Enter" || event.key === "Tab") &&
    !event.ctrlKey &&
    !event.metaKey &&
    !event.shiftKey
  )
    pick(at);
  else return false;
  event.preventDefault();
  event.stopPropagation();
  return true;
}

/** Tells the customer's side that I type: at most every 3 s, and once when I stop. */
export function signalTyping(id: string, on: boolean, at: { current: number }): void {
  const now = Date.now();
  if (on && now - at.current > TYPING_EVERY_MS) {
    at.current = now;
    line.tell({ type: "typing", conversation: id, on: true });
  } else if (!on && at.current > 0) {
    at.current = 0;
    line.tell({ type: "typing", conversation: id, on: false });
  }
}
