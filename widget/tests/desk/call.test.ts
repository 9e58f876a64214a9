import { describe, expect, it } from "vitest";
import { callControls } from "../../src/desk/state/call";

describe("what can be done with a call", () => {
  it("is for who has it, while it is live", () => {
    expect(callControls({ call: "joined" }, false, false).acts).toEqual([]);
    expect(callControls({ call: "joined", ended_by_customer: true }, true, false).acts).toEqual([]);
    expect(callControls({ call: "over" }, true, false)).toEqual({ acts: [], transfer: false });
    expect(callControls({ call: "ringing" }, true, false).acts).toEqual([]);
  });

  it("offers what undoes the state it is in", () => {
    expect(callControls({ call: "joined" }, true, false).acts).toEqual(["mute", "hold", "hang_up"]);
    expect(callControls({ call: "joined" }, true, true).acts[0]).toBe("unmute");
    expect(callControls({ call: "held" }, true, false).acts[0]).toBe("resume");
    expect(callControls({ call: "consult" }, true, false)).toEqual({
      acts: ["complete", "back"],
      transfer: false,
    });
  });
});
