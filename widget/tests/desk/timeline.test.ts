import { describe, expect, test } from "vitest";
import { FOLD_AT, foldEvents, imageBox, layout, tail } from "../../src/desk/state/timeline";
import type { EntryView } from "../../src/wire/desk.types";
import { entry, NOW, watched } from "./make";

const MINUTE = Math.floor(NOW / 60_000) * 60_000;
const at = (seq: number, ms: number, over: Partial<EntryView> = {}) =>
  entry(seq, { at: MINUTE + ms, ...over });
const types = (entries: readonly EntryView[], unread: number | null = null) =>
  layout(entries, [], "me", unread).map((one) => one.type);

describe("layout", () => {
  test("groups by author and minute", () => {
    const blocks = layout(
      [at(1, 0), at(2, 59_000), at(3, 61_000), at(4, 62_000, { author: "bot" })],
      [],
      "me",
      null,
    );
    expect(blocks.map((one) => (one.type === "group" ? one.items.length : one.type))).toEqual([
      "day",
      2,
      1,
      1,
    ]);
  });

  test("a note never joins a reply, a colleague never joins me", () => {
    const mine = { author: "agent" as const, author_id: "me", name: "Me" };
    expect(
      types([
        at(1, 0, mine),
        at(2, 1, { ...mine, kind: "note" }),
        at(3, 2, { ...mine, author_id: "sara", name: "Sara" }),
      ]),
    ).toEqual(["day", "group", "group", "group"]);
  });

  test("draws a line between days and one before what is unread", () => {
    expect(types([at(1, 0), at(2, 86_400_000)])).toEqual(["day", "group", "day", "group"]);
    expect(types([at(1, 0), at(2, 100_000, { author: "agent" }), at(3, 200_000)], 1)).toEqual([
      "day",
      "group",
      "group",
      "unread",
      "group",
    ]);
  });

  test("keeps its keys while it grows at either end", () => {
    const all = [at(1, 0), at(2, 120_000), at(3, 240_000)];
    const before = layout(all.slice(1, 2), [], "me", null).map((one) => one.key);
    const later = layout(all, [], "me", null).map((one) => one.key);
    expect(later).toContain(before.at(-1));
    expect(new Set(later).size).toBe(later.length);
  });

  test("what waits to be sent joins my last words", () => {
    const pending = {
      clientId: "x",
      kind: "message" as const,
      text: "hi",
      files: [],
      mentions: [],
      template: null,
      at: MINUTE + 5,
      state: "sending" as const,
      code: null,
    };
    const blocks = layout([at(1, 0, { author: "agent", author_id: "me" })], [pending], "me", null);
    expect(blocks).toHaveLength(2);
    expect(blocks[1]).toMatchObject({ type: "group", mine: true });
  });

  test("two thousand messages are laid out with as many looks at each as at a hundred", () => {
    const looks = (count: number): number => {
      let seen = 0;
      const all = Array.from({ length: count }, (_, n) => watched(at(n + 1, n * 9000), () => seen++));
      expect(layout(all, [], "me", null).length).toBeGreaterThan(count / 20);
      return seen / count;
    };
    expect(looks(2000)).toBeLessThan(1.1 * looks(100));
  });
});

test("many events fold to the last two", () => {
  const events = Array.from({ length: FOLD_AT + 1 }, (_, n) =>
    at(n + 1, n, { kind: "event", author: "system" }),
  );
  expect(foldEvents(events, false)).toMatchObject({ hidden: FOLD_AT - 1 });
  const why = at(0, 0, { kind: "event", author: "system", event: { type: "handoff", reason: "requested" } });
  expect(foldEvents([why, ...events], false).shown[0]).toBe(why);
  expect(foldEvents(events, true)).toEqual({ shown: events, hidden: 0 });
  expect(foldEvents(events.slice(0, FOLD_AT - 1), false).hidden).toBe(0);
});

test("an image has its size before it is there", () => {
  expect(imageBox(2000, 1000)).toEqual({ width: 280, height: 140 });
  expect(imageBox(100, 3000)).toEqual({ width: 48, height: 320 });
  expect(imageBox(undefined, undefined)).toEqual({ width: 240, height: 180 });
});

test("the window holds the newest", () => {
  expect(tail([entry(1), entry(2), entry(3)], 2).map((one) => one.seq)).toEqual([2, 3]);
});
