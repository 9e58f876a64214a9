import { describe, expect, test } from "vitest";
import { barsOf, type Counted, shareOf, ticksOf } from "../src/desk/admin/model/figures";

const counted = (part: Partial<Counted>): Counted => {
  const one = { contained: 0, handed_off: 0, lost: 0, taken: 0, running: 0, ...part };
  const stays = one.contained + one.handed_off + one.lost + one.taken + one.running;
  return { turns: 0, not_understood: 0, containment: null, fallback_rate: null, ...one, stays };
};

describe("the bot's figures", () => {
  test("shares are of those that are over", () => {
    expect(shareOf(counted({ contained: 3, lost: 1, running: 6 }), "contained")).toBe(0.75);
    expect(shareOf(counted({ running: 2 }), "contained")).toBeNull();
  });

  test("bars are stacked without gaps, the busiest day fills the picture", () => {
    const [quiet, busy, none] = barsOf([
      { name: "a", counted: counted({ contained: 1, running: 1 }) },
      { name: "b", counted: counted({ contained: 1, handed_off: 3 }) },
      { name: "c", counted: counted({}) },
    ]);
    expect(quiet).toEqual([
      { fate: "contained", from: 0, size: 0.25 },
      { fate: "running", from: 0.25, size: 0.25 },
    ]);
    expect(busy?.map((one) => one.from + one.size)).toEqual([0.25, 1]);
    expect(none).toEqual([]);
  });

  test("the scale has few round lines and none above the highest bar", () => {
    expect(ticksOf(1)).toEqual([1]);
    expect(ticksOf(26)).toEqual([10, 20]);
    expect(ticksOf(6)).toEqual([2, 4, 6]);
    expect(ticksOf(999).length).toBeLessThan(5);
  });
});
