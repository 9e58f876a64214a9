import { describe, expect, it } from "vitest";
import type { Intent, Sentence } from "../src/desk/admin/bot/api";
import { answersOf, atFault, draftOf, sentencesOf } from "../src/desk/admin/bot/model";

const sentence = (text: string, more: Partial<Sentence> = {}): Sentence => ({
  text,
  lang: "en",
  split: "train",
  marks: [],
  ...more,
});

const intent: Intent = {
  name: "order",
  version: 3,
  faq: true,
  sentences: [
    sentence("where is 12345", { marks: [{ start: 9, end: 14, entity: "order_number", value: "" }] }),
    sentence("سفارشم کجاست", { lang: "fa" }),
    sentence("kept aside", { split: "test" }),
  ],
  answers: { en: "On its way." },
  answer_version: 2,
  used: [],
};

describe("an intent in its form", () => {
  it("comes back as it was when nothing is touched", () => {
    const back = sentencesOf(draftOf(intent), intent);
    expect(new Set(back)).toEqual(new Set(intent.sentences));
    expect(answersOf(draftOf(intent))).toEqual(intent.answers);
  });

  it("has one sentence a line, without empty or repeated ones", () => {
    const draft = { ...draftOf(null), lines: { fa: "", en: " one \n\ntwo\none\n" } };
    expect(sentencesOf(draft, null).map((one) => one.text)).toEqual(["one", "two"]);
  });

  it("loses the entities of a sentence that was rewritten, and only of that one", () => {
    const draft = draftOf(intent);
    draft.lines.en = "where is 12345\nwhere is 54321";
    const marks = sentencesOf(draft, intent).map((one) => one.marks.length);
    expect(marks).toEqual([0, 1, 0, 0]);
  });

  it("finds the sentence that the hub refuses", () => {
    expect(atFault("sentences.1", intent.sentences)).toBe("سفارشم کجاست");
    expect(atFault("sentences.99", intent.sentences)).toBeNull();
    expect(atFault("name", intent.sentences)).toBeNull();
    expect(atFault(null, intent.sentences)).toBeNull();
  });
});
