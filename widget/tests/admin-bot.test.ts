import { describe, expect, test } from "vitest";
import {
  cutMarks,
  guessesOf,
  type IntentSummary,
  mergeSentences,
  type Sentence,
  scarceIntents,
  spanOf,
  timeLeft,
  type Version,
} from "../src/desk/admin/model/bot";
import { confusionOf, MOST_NAMES } from "../src/desk/admin/model/confusion";
import { rebase } from "../src/desk/admin/model/diff";
import { sentencesFrom } from "../src/desk/admin/parts/bot/Sentences";

const say = (text: string, more: Partial<Sentence> = {}): Sentence => ({
  text,
  lang: "en",
  split: "train",
  marks: [],
  ...more,
});
const texts = (all: Sentence[]) => all.map((one) => one.text);

describe("entities in a sentence", () => {
  test("are cut by characters, also behind an emoji", () => {
    const cuts = cutMarks("🙂 order 12345 now", [{ start: 8, end: 13, entity: "order_number", value: "" }]);
    expect(cuts.map((one) => one.text)).toEqual(["🙂 order ", "12345", " now"]);
    expect(cuts[1]?.mark?.entity).toBe("order_number");
  });

  test("a selection loses the blanks at its ends and counts characters", () => {
    expect(spanOf("🙂 سفارش ۱۲۳", 8, 13)).toEqual({ start: 8, end: 11 });
    expect(spanOf("order", 2, 2)).toBeNull();
    expect(spanOf("a  b", 1, 3)).toBeNull();
  });
});

describe("two people at the sentences of an intent", () => {
  const base = [say("a"), say("b"), say("c")];

  test("what each added is added, what each took out is out", () => {
    const merged = mergeSentences(
      base,
      [say("new of mine"), say("a"), say("c")],
      [say("a"), say("b"), say("theirs")],
    );
    expect(texts(merged)).toEqual(["a", "theirs", "new of mine"]);
  });

  test("what both added stands once; a change is one out and one in", () => {
    expect(texts(mergeSentences(base, [...base, say("d")], [...base, say("d")]))).toEqual([
      "a",
      "b",
      "c",
      "d",
    ]);
    const marked = say("b", { split: "test" });
    expect(mergeSentences(base, [say("a"), marked, say("c")], base)).toEqual([say("a"), say("c"), marked]);
  });

  test("a form with a way to merge has no clash, and says that it joined", () => {
    const merges = { list: (_: string[], mine: string[], theirs: string[]) => [...theirs, ...mine] };
    const done = rebase({ list: ["a"] }, { list: ["b"] }, { list: ["c"] }, ["list"], merges);
    expect(done).toMatchObject({ merged: { list: ["c", "b"] }, clashes: [], joined: true });
  });
});

test("new sentences come one from each line, with the language of their script", () => {
  expect(sentencesFrom(" where is it \n\nکجاست؟\n").map((one) => [one.text, one.lang])).toEqual([
    ["where is it", "en"],
    ["کجاست؟", "fa"],
  ]);
});

test("an intent far below the middle one has too few examples", () => {
  const of = (name: string, fa: number, en: number): IntentSummary => ({
    name,
    fa,
    en,
    faq: false,
    version: 1,
    test: 0,
  });
  expect(scarceIntents([of("a", 30, 30), of("b", 25, 25), of("c", 4, 4)])).toEqual(new Set(["c"]));
});

test("the time left is what the last training took, and nothing when it takes longer", () => {
  const version = { began_at: 1_000 } as Version;
  expect(timeLeft(version, 60, 21_000)).toBe(40_000);
  expect(timeLeft(version, 60, 71_000)).toBeNull();
  expect(timeLeft({ ...version, began_at: null }, 60, 0)).toBeNull();
});

describe("the confusion matrix", () => {
  const score = (recall: number, support: number) => ({ precision: 1, recall, f1: 1, support });

  test("has the intents that were taken for others, with what was right on the diagonal", () => {
    const { names, cells, most } = confusionOf({
      per_intent: { a: score(0.8, 10), b: score(1, 5), c: score(1, 9) },
      confused: [{ intent: "a", predicted: "b", times: 2 }],
    });
    expect(names).toEqual(["a", "b"]);
    expect(cells.map((one) => [one.row, one.column, one.times])).toEqual([
      [0, 0, 8],
      [1, 1, 5],
      [0, 1, 2],
    ]);
    expect(most).toBe(2);
  });

  test("stays a picture with many intents, and leaves out what was not understood at all", () => {
    const confused = Array.from({ length: 60 }, (_, n) => ({
      intent: `i${n}`,
      predicted: `i${n + 1}`,
      times: 1,
    }));
    const { names, cells } = confusionOf({
      per_intent: {},
      confused: [...confused, { intent: "x", predicted: "", times: 9 }],
    });
    expect(names).toHaveLength(MOST_NAMES);
    expect(names).not.toContain("x");
    expect(cells.every((one) => one.row < MOST_NAMES && one.column < MOST_NAMES)).toBe(true);
  });
});

describe("what a group of doubts may mean", () => {
  const read = (guesses: Record<string, number>) => ({
    guesses: Object.entries(guesses).map(([intent, confidence]) => ({ intent, confidence })),
  });

  test("is what all its sentences make likeliest, three at most", () => {
    const rows = [read({ complaint: 0.4, price: 0.3, greet: 0.1 }), read({ price: 0.5, thanks: 0.2 })];
    expect(guessesOf(rows)).toEqual([
      { intent: "price", confidence: 0.4 },
      { intent: "complaint", confidence: 0.2 },
      { intent: "thanks", confidence: 0.1 },
    ]);
    expect(guessesOf([read({ greet: 0.3 })])).toEqual([{ intent: "greet", confidence: 0.3 }]);
    expect(guessesOf([])).toEqual([]);
  });
});
