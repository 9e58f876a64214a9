/** The variables of canned replies, as the composer fills them. */

export const VARIABLES = ["contact.name", "agent.name", "conversation.number", "today"] as const;
export type Variable = (typeof VARIABLES)[number];

const HOLE = /\{\{([^{}]*)\}\}/g;

/** A text cut at its holes: plain words, known variables, and unknown ones (which would reach the customer as they stand). */
export function cutHoles(text: string): { text: string; kind: "plain" | "known" | "unknown" }[] {
  const found: { text: string; kind: "plain" | "known" | "unknown" }[] = [];
  let at = 0;
  for (const hole of text.matchAll(HOLE)) {
    if (hole.index > at) found.push({ text: text.slice(at, hole.index), kind: "plain" });
    const name = (hole[1] ?? "").trim();
    const known = (VARIABLES as readonly string[]).includes(name);
    found.push(known ? { text: name, kind: "known" } : { text: hole[0], kind: "unknown" });
    at = hole.index + hole[0].length;
  }
  if (at < text.length) found.push({ text: text.slice(at), kind: "plain" });
  return found;
}

/** The holes that nobody fills, each once. */
export function unknownHoles(text: string): string[] {
  return [...new Set(cutHoles(text).flatMap((one) => (one.kind === "unknown" ? [one.text] : [])))];
}
