import { describe, expect, test } from "vitest";
import {
  charsLeft,
  complete,
  fillVariables,
  fold,
  mentionAt,
  mentionsIn,
  searchAgents,
  searchCanned,
  sends,
  slashAt,
} from "../../src/desk/state/composer";
import type { CannedView } from "../../src/wire/desk.types";
import { agent } from "./make";

const canned = (shortcut: string, text = "", locale: "fa" | "en" = "fa"): CannedView => ({
  id: shortcut,
  shortcut,
  locale,
  text,
});

describe("search folds Persian", () => {
  test.each([
    ["كتاب‌هاي", "کتابهای"],
    ["مؤسّسه", "موسسه"],
    ["آدرس", "ادرس"],
    ["۱۲۳ ٤٥٦", "123 456"],
    ["HÉLLO", "héllo"],
    ["می‌شود", "میشود"],
  ])("%s as %s", (one, other) => expect(fold(one)).toBe(fold(other)));

  test("a shortcut typed with Arabic letters is found", () => {
    expect(searchCanned([canned("پیگیری")], "پيگ", "fa").map((one) => one.shortcut)).toEqual(["پیگیری"]);
  });

  test("beginnings before middles before texts, the customer's language first", () => {
    const all = [canned("x", "say hello"), canned("my-hello"), canned("hello", "", "en"), canned("hello-fa")];
    expect(searchCanned(all, "hello", "fa").map((one) => one.shortcut)).toEqual([
      "hello-fa",
      "hello",
      "my-hello",
      "x",
    ]);
  });
});

describe("triggers", () => {
  test("a slash counts at the beginning or after a space", () => {
    expect(slashAt("/he", 3)).toEqual({ from: 0, to: 3, query: "he" });
    expect(slashAt("hi /سلا", 7)).toEqual({ from: 3, to: 7, query: "سلا" });
    expect(slashAt("a/b", 3)).toBeNull();
    expect(slashAt("/he llo", 7)).toBeNull();
  });

  test("completing puts the caret behind", () => {
    const trigger = mentionAt("ask @sa now", 7);
    expect(trigger && complete("ask @sa now", trigger, "@Sara ")).toEqual({
      text: "ask @Sara  now",
      caret: 10,
    });
  });

  test("mentions are found by name; colleagues who are online come first", () => {
    const all = [
      agent("1", { name: "سارا", status: "offline" }),
      agent("2", { name: "سارا م" }),
      agent("me", { name: "سارای من" }),
    ];
    expect(searchAgents(all, "سار", "me").map((one) => one.id)).toEqual(["2", "1"]);
    expect(mentionsIn("@سارا ببین", all)).toEqual(["1"]);
  });
});

test("variables are filled; an unknown one stays visible", () => {
  const values = { "contact.name": "Mina", "agent.name": "Ali", "conversation.number": "7", today: "Sunday" };
  expect(
    fillVariables(
      "Hi {{contact.name}}, {{ agent.name }} #{{conversation.number}} {{today}} {{nope}}",
      values,
    ),
  ).toBe("Hi Mina, Ali #7 Sunday {{nope}}");
});

describe("which key sends", () => {
  const key = (over: object) => ({
    key: "Enter",
    ctrlKey: false,
    metaKey: false,
    shiftKey: false,
    isComposing: false,
    keyCode: 13,
    ...over,
  });
  test("Ctrl+Enter always, Enter by preference", () => {
    expect(sends(key({ ctrlKey: true }), false)).toBe(true);
    expect(sends(key({}), false)).toBe(false);
    expect(sends(key({}), true)).toBe(true);
    expect(sends(key({ shiftKey: true }), true)).toBe(false);
  });
  test("never while an input method composes", () => {
    expect(sends(key({ isComposing: true }), true)).toBe(false);
    expect(sends(key({ keyCode: 229 }), true)).toBe(false);
  });
});

test("length counts code points", () => {
  expect(charsLeft("🙏🙏", 3)).toBe(1);
});
