import { expect, it } from "vitest";
import { layout } from "../../src/desk/state/timeline";
import { transcriptOf } from "../../src/desk/state/transcript";
import type { EntryView } from "../../src/wire/desk.types";

function written(seq: number, file: string, outcome: string, note?: string): EntryView {
  const values = { file, locale: "fa", outcome };
  const event = { type: "call", reason: "transcript", values, ...(note ? { note } : {}) };
  return { seq, at: seq, author: "system", kind: "event", event };
}

it("finds what a machine wrote down of a recording, and nothing once that is erased", () => {
  const entries = [
    written(1, "a", "written", "سلام"),
    written(2, "b", "nothing"),
    written(3, "c", "written"),
  ];
  expect(transcriptOf(entries, "a")).toEqual({ outcome: "written", text: "سلام", locale: "fa" });
  expect(transcriptOf(entries, "b")?.outcome).toBe("nothing");
  expect(transcriptOf(entries, "c")).toBeNull();
  expect(transcriptOf(entries, "d")).toBeNull();
});

it("has no line of its own in the timeline", () => {
  expect(layout([written(1, "a", "nothing")], [], "me", null).filter((one) => one.type === "events")).toEqual(
    [],
  );
});
