/** An intent as a form has it: one sentence a line for each language. Pure. */
import type { Intent, Lang, Sentence } from "./api";

export interface Draft {
  name: string;
  lines: Record<Lang, string>;
  answers: Record<Lang, string>;
}

/** The form of an intent; of none: an empty one. Sentences that are kept aside for tests are not edited here. */
export function draftOf(intent: Intent | null): Draft {
  const lines = (lang: Lang) =>
    (intent?.sentences ?? [])
      .filter((one) => one.lang === lang && one.split === "train")
      .map((one) => one.text)
      .join("\n");
  return {
    name: intent?.name ?? "",
    lines: { fa: lines("fa"), en: lines("en") },
    answers: { fa: intent?.answers.fa ?? "", en: intent?.answers.en ?? "" },
  };
}

/** The sentences of a form. What was not touched keeps its entities; what is kept aside stays. */
export function sentencesOf(draft: Draft, intent: Intent | null): Sentence[] {
  const before = new Map((intent?.sentences ?? []).map((one) => [one.text, one]));
  const typed = (["fa", "en"] as const).flatMap((lang) =>
    [...new Set(draft.lines[lang].split("\n").map((line) => line.trim()))].filter(Boolean).map((text) => ({
      text,
      lang,
      split: "train" as const,
      marks: before.get(text)?.marks ?? [],
    })),
  );
  return [...typed, ...(intent?.sentences ?? []).filter((one) => one.split === "test")];
}

/** The answers that were written. */
export function answersOf(draft: Draft): Partial<Record<Lang, string>> {
  return Object.fromEntries(Object.entries(draft.answers).filter(([, text]) => text.trim()));
}

/** The sentence that a refusal names, like "sentences.12"; null when it names none. */
export function atFault(field: string | null, sentences: readonly Sentence[]): string | null {
  const number = /^sentences\.(\d+)$/.exec(field ?? "")?.[1];
  return number === undefined ? null : (sentences[Number(number)]?.text ?? null);
}
