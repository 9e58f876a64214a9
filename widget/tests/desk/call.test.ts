import { describe, expect, it } from "vitest";
import { callControls } from "../../src/desk/state/call";

describe("what can be done with a call", () => {
  it("is for who has it, while it is live", () => {
    expect(callControls({ call: "joined" }, false, false).acts).toEqual([]);
    expect(callControls({ call: "joined", ended_by_customer: true }, true, false).acts).toEqual([]);
    expect(callControls({ call: "over" }, true, false)).toEqual({
      acts: [],
      transfer: false,
      others: false,
    });
    expect(callControls({ call: "ringing" }, true, false).acts).toEqual([]);
  });

  it("offers what undoes the state it is in", () => {
    expect(callControls({ call: "joined" }, true, false).acts).toEqual(["mute", "hold", "hang_up"]);
    expect(callControls({ call: "joined" }, true, true).acts[0]).toBe("unmute");
    expect(callControls({ call: "held" }, true, false).acts[0]).toBe("resume");
    expect(callControls({ call: "consult" }, true, false)).toEqual({
      acts: ["conference", "complete", "back"],
      transfer: false,
      others: false,
    });
  });

  it("is the same for who was called back, and calls again who was not reached", () => {
    const callback = "+989121234567";
    expect(callControls({ call: "joined", callback }, true, false)).toEqual(
      callControls({ call: "joined" }, true, false),
    );
    expect(callControls({ call: "over", callback }, true, false).acts).toEqual(["call_again"]);
    expect(callControls({ call: "over", callback, ended_by_customer: true }, true, false).acts).toEqual([]);
    expect(callControls({ call: "over", callback }, false, false).acts).toEqual([]);
  });

  it("has one button for the recording, by how it stands", () => {
    const acts = (tape?: "off" | "on" | "paused") => callControls({ call: "joined", tape }, true, false).acts;
    expect(acts()).not.toContain("record");
    expect(acts("off")).toContain("record");
    expect(acts("on")).toContain("record_pause");
    expect(acts("paused")).toContain("record_resume");
  });
});
