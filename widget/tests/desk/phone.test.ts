import { describe, expect, it } from "vitest";
import { isAwaited, joinOf, numberOf, toneOf } from "../../src/desk/phone/joins";
import type { Summary } from "../../src/wire/desk.types";

describe("the call that is taken without asking", () => {
  const join = { conversation: "c-1", fence: 7 };
  const row = { call: "ringing", owner: { kind: "agent", agent: "ali", fence: 7 } } as Summary;

  it("is the one that I accepted", () => expect(isAwaited(join, row, "ali")).toBe(true));

  it("is nobody else's, none of before, and none that I know nothing of", () => {
    expect(isAwaited(join, row, "sara")).toBe(false);
    expect(isAwaited({ ...join, fence: 6 }, row, "ali")).toBe(false);
    expect(isAwaited(join, { ...row, owner: { ...row.owner, kind: "offer" } }, "ali")).toBe(false);
    expect(isAwaited(join, { ...row, call: undefined }, "ali")).toBe(false);
    expect(isAwaited(join, undefined, "ali")).toBe(false);
  });

  it("is named by its header, and by nothing that only looks like it", () => {
    expect(joinOf("c-1;7")).toEqual(join);
    for (const wrong of [undefined, "", "c-1", "c-1;", ";7", "c 1;7", "c-1;7;8", "c-1;x"])
      expect(joinOf(wrong)).toBeNull();
  });
});

describe("who rings", () => {
  it("is a number or nobody", () => {
    expect(["+989121234567", "101", "asterisk", "anonymous", "", "<b>1</b>"].map(numberOf)).toEqual([
      "+989121234567",
      "101",
      "",
      "",
      "",
      "",
    ]);
  });
});

describe("the keypad", () => {
  it("knows digits of every script that is typed here", () => {
    expect(["5", "۵", "٥", "*", "#"].map(toneOf)).toEqual(["5", "5", "5", "*", "#"]);
    expect(["Enter", "a", "", "F5", "/"].map(toneOf)).toEqual([null, null, null, null, null]);
  });
});
