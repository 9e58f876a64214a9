import { describe, expect, test } from "vitest";
import { NO_PREFIX, type Press, press, SEQUENCE_MS } from "../../src/desk/state/keys";

const key = (code: string, over: Partial<Press> = {}): Press => ({
  code,
  key: code.replace("Key", "").toLowerCase(),
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...over,
});
const action = (event: Press, writing = false) => press(NO_PREFIX, event, writing, 0).action;

describe("keys", () => {
  test("are places on the keyboard, so that a Persian layout works too", () => {
    expect(action(key("KeyJ", { key: "ت" }))).toBe("next");
    expect(action(key("KeyE", { key: "ث" }))).toBe("resolve");
    expect(action(key("Slash", { key: "؟", shiftKey: true }))).toBe("keys");
  });

  test("an offer is not accepted by typing, but by Ctrl+Shift+A from anywhere", () => {
    expect(action(key("KeyA"))).toBe("accept");
    expect(action(key("KeyA"), true)).toBeNull();
    expect(action(key("KeyA", { ctrlKey: true, shiftKey: true }), true)).toBe("accept");
    expect(action(key("KeyK", { ctrlKey: true }), true)).toBe("commands");
  });

  test("other people's combinations are left alone", () => {
    expect(action(key("KeyR", { ctrlKey: true }))).toBeNull();
    expect(action(key("KeyN", { altKey: true }))).toBeNull();
  });

  test("G then a letter goes; G A is not accept", () => {
    const g = press(NO_PREFIX, key("KeyG"), false, 1000);
    expect(g.action).toBeNull();
    expect(press(g.state, key("KeyA"), false, 1100).action).toBe("go.all");
    expect(press(g.state, key("KeyI"), false, 1100).action).toBe("go.inbox");
    expect(press(g.state, key("KeyA"), false, 1001 + SEQUENCE_MS).action).toBe("accept");
    expect(press(g.state, key("KeyX"), false, 1100).action).toBeNull();
  });
});
