import { describe, expect, test } from "vitest";
import {
  belongs,
  changesOf,
  heldRows,
  listTab,
  slaLevel,
  waitLevel,
  windowOf,
} from "../../src/desk/state/lists";
import { NOW, row, watched } from "./make";

const queued = (id: string, at: number, priority = 0) =>
  row(id, { owner: { kind: "queue", fence: 1 }, queued_at: at, priority });
const map = (...rows: ReturnType<typeof row>[]) => new Map(rows.map((one) => [one.id, one]));
const ids = (rows: readonly { id: string }[]) => rows.map((one) => one.id);

describe("tabs", () => {
  test("each row stands where it belongs", () => {
    const snoozed = row("c1", { snoozed_until: NOW + 1 });
    expect(belongs("mine", snoozed, "me")).toBe(false);
    expect(belongs("snoozed", snoozed, "me")).toBe(true);
    expect(belongs("mine", row("c1"), "sara")).toBe(false);
    expect(belongs("queue", row("c1", { owner: { kind: "offer", fence: 1 } }), "me")).toBe(true);
    expect(belongs("all", row("c1", { status: "resolved" }), "me")).toBe(false);
    expect(belongs("resolved", row("c1", { status: "resolved" }), "me")).toBe(true);
  });

  test("newest first; the queue has its next first and keeps old places", () => {
    expect(ids(listTab(map(row("c1", { last_at: 1 }), row("c2", { last_at: 2 })), "mine", "me"))).toEqual([
      "c2",
      "c1",
    ]);
    expect(ids(listTab(map(queued("c1", 30), queued("c2", 10), queued("c3", 20, 5)), "queue", "me"))).toEqual(
      ["c3", "c2", "c1"],
    );
  });

  test("five thousand rows are sorted with n log n looks at them", () => {
    let looks = 0;
    const rows = Array.from({ length: 5000 }, (_, n) => row(`c${n}`, { last_at: (n * 7919) % 5000 }));
    const sorted = listTab(map(...rows.map((one) => watched(one, () => looks++))), "all", "me");
    expect(looks).toBeLessThan(8 * 5000 * Math.log2(5000));
    expect(sorted.map((one) => one.last_at)).toEqual(Array.from({ length: 5000 }, (_, n) => 4999 - n));
  });
});

describe("under the pointer", () => {
  test("the order is held, words are new, newcomers wait, leavers are marked", () => {
    const rows = map(row("c1", { last_text: "new words" }), row("c2", { status: "resolved" }), row("c3"));
    const now = listTab(rows, "mine", "me");
    const shown = heldRows(["c2", "c1"], now, rows);
    expect(shown.map((one) => [one.row.id, one.gone])).toEqual([
      ["c2", true],
      ["c1", false],
    ]);
    expect(shown[1]?.row.last_text).toBe("new words");
    expect(heldRows(null, now, rows)).toHaveLength(2);
  });
});

test("one row that jumps to the top is one change", () => {
  const rows = ["c4", "c1", "c2", "c3"].map((id) => row(id));
  expect(changesOf(["c1", "c2", "c3", "c4"], rows)).toBe(1);
  expect(changesOf(["c1", "c2", "c3"], rows)).toBe(1);
  expect(changesOf(["c4", "c1", "c2", "c3"], rows)).toBe(0);
});

test("a wait is coloured only when it matters", () => {
  expect(waitLevel(true, 60_000)).toBe("calm");
  expect(waitLevel(true, 3 * 60_000)).toBe("soon");
  expect(waitLevel(true, 6 * 60_000)).toBe("late");
  expect(waitLevel(false, 60 * 60_000)).toBe("calm");
  expect(waitLevel(false, 9 * 3_600_000)).toBe("late");
});

test("a promise is coloured from its warning on, and later when it is broken", () => {
  const sla = { promise: "first_response", due: NOW + 600_000, warn: NOW + 300_000 } as const;
  expect(slaLevel(sla, NOW)).toBe("calm");
  expect(slaLevel(sla, NOW + 300_000)).toBe("soon");
  expect(slaLevel(sla, NOW + 600_000)).toBe("late");
  expect(slaLevel({ promise: "resolution" }, NOW)).toBe("paused");
});

test("only what is on the screen is drawn", () => {
  expect(windowOf(0, 640, 64, 5000, 8)).toEqual({ from: 0, to: 18 });
  expect(windowOf(64_000, 640, 64, 5000, 8)).toEqual({ from: 992, to: 1018 });
  expect(windowOf(0, 640, 64, 0)).toEqual({ from: 0, to: 0 });
});
