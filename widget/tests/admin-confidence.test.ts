import { expect, test } from "vitest";
import { effectOf } from "../src/desk/admin/model/confidence";

test("a threshold leaves the unsure unanswered and answers fewer wrongly", () => {
  const bins = [
    { right: 1, wrong: 3 },
    { right: 4, wrong: 1 },
    { right: 11, wrong: 0 },
  ];
  expect(effectOf(bins, 0)).toEqual({ left: 0, wrong: 0.2 });
  expect(effectOf(bins, 1)).toEqual({ left: 0.2, wrong: 0.05 });
  expect(effectOf(bins, 3)).toEqual({ left: 1, wrong: 0 });
  expect(effectOf([], 0)).toBeNull();
});
