import { expect, it } from "vitest";
import { callStory, stepsOf } from "../../src/desk/state/callStory";
import type { EntryView } from "../../src/wire/desk.types";

function told(...events: [seconds: number, what: string][]): EntryView[] {
  return events.map(([seconds, what], n) => ({
    seq: n + 1,
    at: seconds * 1000,
    author: "system",
    kind: "event",
    event: what === "handoff" ? { type: "handoff" } : { type: "call", reason: what },
  }));
}

it("says how long a caller was in the menu, in line, rung for, spoken with and on hold", () => {
  const { spans, totals } = callStory(
    told(
      [0, "ringing"],
      [1, "menu"],
      [20, "handoff"],
      [50, "agent_ringing"],
      [58, "agent_unreachable"],
      [60, "agent_ringing"],
      [65, "joined"],
      [100, "held"],
      [110, "consulting"],
      [120, "resumed"],
      [180, "ended"],
    ),
  );
  expect(spans.get(3)).toEqual([{ what: "menu", ms: 20_000 }]);
  expect(spans.get(5)).toEqual([{ what: "ring", ms: 8_000 }]);
  expect(spans.get(7)).toEqual([
    { what: "wait", ms: 45_000 },
    { what: "ring", ms: 5_000 },
  ]);
  expect(spans.get(8)).toEqual([{ what: "talk", ms: 35_000 }]);
  expect(spans.get(9)).toBeUndefined();
  expect(totals.get(11)).toEqual({ menu: 20_000, wait: 45_000, talk: 95_000, hold: 20_000 });
});

it("waits again when an agent lets a caller go, and tells each call of a conversation apart", () => {
  const { totals } = callStory(
    told(
      [0, "ringing"],
      [5, "joined"],
      [10, "parked"],
      [30, "ended"],
      [40, "ringing"],
      [41, "voicemail"],
      [60, "ended"],
    ),
  );
  expect(totals.get(4)).toEqual({ menu: 5_000, talk: 5_000, wait: 20_000 });
  expect(totals.get(7)).toEqual({ menu: 1_000 });
});

it("says nothing of what began before the entries that are here", () => {
  const { spans, totals } = callStory(told([30, "resumed"], [40, "ended"]));
  expect(spans.get(1)).toBeUndefined();
  expect(totals.get(2)).toEqual({ talk: 10_000 });
  expect(callStory([])).toEqual({ spans: new Map(), totals: new Map() });
});

it("reads the steps of a menu", () => {
  expect(stepsOf("door > menu > line")).toEqual(["door", "menu", "line"]);
  expect(stepsOf("")).toEqual([]);
});
