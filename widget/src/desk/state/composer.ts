import type { AgentView, CannedView, Locale } from "../../wire/desk.types";

const FOLDS: Record<string, string> = {
  ي: "ی",
  ى: "ی",
  ئ: "ی",
  ك: "ک",
  ة: "ه",
  ۀ: "ه",
  أ: "ا",
  إ: "ا",
  آ: "ا",
  ٱ: "ا",
  ؤ: "و",
};

/**
 * Text as search sees it: lower case, Arabic letters as their Persian twins, digits as ASCII, without vowel marks, tatweel, ZWNJ
 * and bidi marks. `كتاب‌هاي` and `کتابهای` fold to the same.
 */
export function fold(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\u064b-\u065f\u0670\u0640\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g, "")
    .replace(/[يىئكةۀأإآٱؤ]/g, (letter) => FOLDS[letter] ?? letter)
    .replace(/[\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) - 0x06f0))
    .replace(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x0660));
}

/** A stretch of the text that a menu completes: from the sign to the caret. `query` is without the sign. */
export interface Trigger {
  from: number;
  to: number;
  query: string;
}

/** The `/shortcut` being typed at the caret, or null. It starts a line or follows a space. */
export function slashAt(text: string, caret: number): Trigger | null {
  return triggerAt(text, caret, /(?:^|\s)\/([^\s/]*)$/u);
}

/** The `@name` being typed at the caret, or null. */
export function mentionAt(text: string, caret: number): Trigger | null {
  return triggerAt(text, caret, /(?:^|\s)@([^\s@]*)$/u);
}

function triggerAt(text: string, caret: number, pattern: RegExp): Trigger | null {
  const found = pattern.exec(text.slice(0, caret));
  if (!found) return null;
  const query = found[1] ?? "";
  return { from: caret - query.length - 1, to: caret, query };
}

/** Canned replies for a query, best first: shortcut begins, shortcut contains, text contains; the customer's language before the other. */
export function searchCanned(
  canned: readonly CannedView[],
  query: string,
  locale: Locale,
  most = 8,
): readonly CannedView[] {
  const wanted = fold(query);
  const scored: { one: CannedView; score: number }[] = [];
  for (const one of canned) {
    const shortcut = fold(one.shortcut);
    const score = shortcut.startsWith(wanted)
      ? 0
      : shortcut.includes(wanted)
        ? 2
        : fold(one.text).includes(wanted)
          ? 4
          : -1;
    if (score >= 0) scored.push({ one, score: score + (one.locale === locale ? 0 : 1) });
  }
  scored.sort((a, b) => a.score - b.score || a.one.shortcut.localeCompare(b.one.shortcut));
  return scored.slice(0, most).map((it) => it.one);
}

/** Colleagues for `@`: whose name has the query in it, online ones first. */
export function searchAgents(
  agents: readonly AgentView[],
  query: string,
  me: string,
  most = 6,
): readonly AgentView[] {
  const wanted = fold(query);
  const found = agents.filter((one) => one.id !== me && fold(one.name).includes(wanted));
  return [...found]
    .sort(
      (a, b) => Number(b.status === "online") - Number(a.status === "online") || a.name.localeCompare(b.name),
    )
    .slice(0, most);
}

/** What the variables of a canned reply stand for. */
export interface Variables {
  "contact.name": string;
  "agent.name": string;
  "conversation.number": string;
  today: string;
}

/** Fills `{{name}}` variables; one that isn't known stays as it is, so that nobody sends an empty hole unseen. */
export function fillVariables(text: string, values: Variables): string {
  return text.replace(/\{\{\s*([a-z.]+)\s*\}\}/g, (whole, name: string) =>
    name in values ? values[name as keyof Variables] : whole,
  );
}

/** Puts `insert` in place of a trigger. Returns the new text and where the caret goes. */
export function complete(text: string, trigger: Trigger, insert: string): { text: string; caret: number } {
  const after = text.slice(trigger.to);
  return { text: text.slice(0, trigger.from) + insert + after, caret: trigger.from + insert.length };
}

/** Ids of the colleagues whose `@name` stands in a note. */
export function mentionsIn(text: string, agents: readonly AgentView[]): string[] {
  return agents.filter((one) => text.includes(`@${one.name}`)).map((one) => one.id);
}

/** Whether this key press sends. Never while an input method is composing, and never with Shift. */
export function sends(
  event: {
    key: string;
    ctrlKey: boolean;
    metaKey: boolean;
    shiftKey: boolean;
    isComposing: boolean;
    keyCode: number;
  },
  enterSends: boolean,
): boolean {
  if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return false;
  if (event.ctrlKey || event.metaKey) return true;
  return enterSends && !event.shiftKey;
}

/** How many characters are left of `max`, as code points. Below zero: too long. */
export function charsLeft(text: string, max: number): number {
  return max - [...text].length;
}
