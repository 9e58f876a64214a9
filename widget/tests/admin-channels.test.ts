import { describe, expect, test } from "vitest";
import {
  addressOf,
  asked,
  changedSettings,
  checkSettings,
  draftOf,
  fieldsOf,
  type InboxDraft,
  kindAt,
  kindsOf,
  newSettings,
  settingsDraft,
  tidySetting,
  whereOf,
} from "../src/desk/admin/model/channel";
import { checkCommon } from "../src/desk/admin/model/check";
import type { Channel, Inbox, SettingField } from "../src/desk/admin/model/records";
import { en } from "../src/desk/admin/words/en";
import { fa } from "../src/desk/admin/words/fa";

function field(name: string, more: Partial<SettingField> = {}): SettingField {
  return {
    name,
    kind: "text",
    required: false,
    default: null,
    choices: [],
    pattern: null,
    longest: 200,
    least: 0,
    most: 65535,
    when: null,
    shown: false,
    ...more,
  };
}

const PARROT: Channel = {
  name: "parrot",
  fields: [
    field("way", { kind: "choice", choices: ["pull", "push"], default: "pull" }),
    field("handle", { required: true, pattern: "[a-z]+", longest: 20 }),
    field("token", { kind: "secret", required: true }),
    field("spare", { kind: "secret" }),
    field("port", { kind: "number", default: 99, least: 1 }),
    field("loud", { kind: "switch", default: false }),
    field("words", { kind: "list", longest: 5 }),
    field("door", { required: true, when: ["way", "push"] }),
    field("lock", { required: true, when: ["door", "north"] }),
    field("key", { kind: "generated", shown: true }),
  ],
  features: [],
  max_text: 1000,
  max_attachment: 0,
  live: true,
  window_seconds: null,
};
const INBOX: Inbox = {
  id: "1",
  name: "Polly",
  channel: "parrot",
  bot_enabled: true,
  queue: "support",
  locale: "fa",
  origins: [],
  accent: "",
  brand: "",
  calendar: { time_zone: "Asia/Tehran", week: {}, holidays: [], always_open: true },
  settings: { handle: "polly", port: 7 },
  secrets: { token: "set", key: "set" },
  missing: [],
  webhook: null,
};
const names = (draft: InboxDraft) => asked(PARROT, draft).map((one) => one.name);
const key = (draft: InboxDraft, name: string, value: unknown) => ({ ...draft, [`parrot.${name}`]: value });

describe("a channel's form", () => {
  const blank = settingsDraft(PARROT, null);
  const stored = draftOf(PARROT, INBOX);

  test("begins with what is stored, with defaults, and never with a secret", () => {
    expect(blank["parrot.way"]).toBe("pull");
    expect(blank["parrot.token"]).toEqual({ secret: "none", text: "" });
    expect(stored["parrot.port"]).toBe(7);
    expect(stored["parrot.token"]).toEqual({ secret: "set", text: "" });
  });

  test("asks only for what is of use, through conditions of conditions", () => {
    expect(names(blank)).not.toContain("door");
    const pushed = key(blank, "way", "push");
    expect(names(pushed)).toContain("door");
    expect(names(pushed)).not.toContain("lock");
    expect(names(key(pushed, "door", "north"))).toContain("lock");
    expect(names(key(blank, "door", "north"))).not.toContain("lock");
  });

  test("says what is wrong with each field, and nothing of those that are not asked", () => {
    expect(checkSettings(PARROT, blank)).toEqual({
      "parrot.handle": { key: "required" },
      "parrot.token": { key: "required" },
    });
    expect(checkSettings(PARROT, stored)).toEqual({});
    const wrong: [string, unknown, string][] = [
      ["handle", "Polly 1", "format"],
      ["handle", "x".repeat(21), "long"],
      ["token", { secret: "unreadable", text: "" }, "required"],
      ["token", { secret: "new", text: "a\u0007b" }, "text"],
      ["port", 0, "range"],
      ["port", Number.NaN, "range"],
      ["words", ["short", "too long"], "long"],
      ["way", "push", "required"],
    ];
    for (const [name, value, problem] of wrong) {
      const found = checkSettings(PARROT, key(stored, name, value));
      expect(Object.values(found).map((one) => one?.key)).toEqual([problem]);
    }
  });

  test("sends what changed: a new secret, null for what is taken away, nothing for what stays", () => {
    expect(changedSettings(PARROT, stored, stored)).toEqual({});
    let draft = key(stored, "token", { secret: "new", text: "t" });
    draft = key(draft, "handle", "");
    draft = key(draft, "port", Number.NaN);
    draft = key(draft, "words", ["a"]);
    expect(changedSettings(PARROT, stored, draft)).toEqual({
      token: "t",
      handle: null,
      port: null,
      words: ["a"],
    });
    const spare = draftOf(PARROT, { ...INBOX, secrets: { ...INBOX.secrets, spare: "set" } });
    expect(changedSettings(PARROT, spare, key(spare, "spare", { secret: "none", text: "" }))).toEqual({
      spare: null,
    });
  });

  test("of a new inbox sends what is asked and filled in", () => {
    let draft = key(blank, "handle", "polly");
    draft = key(draft, "door", "never asked");
    draft = key(draft, "token", { secret: "new", text: "t" });
    expect(newSettings(PARROT, draft)).toEqual({
      way: "pull",
      handle: "polly",
      token: "t",
      port: 99,
      loud: false,
    });
  });

  test("takes away what pasting leaves around a value", () => {
    const [, handle, token] = PARROT.fields;
    if (!handle || !token) throw new Error("no such fields");
    expect(tidySetting(handle, "  a  b ")).toBe("a b");
    expect(tidySetting(token, { secret: "new", text: " t\n" })).toEqual({ secret: "new", text: "t" });
    expect(tidySetting(handle, [" a", ""])).toEqual(["a"]);
  });
});

test("cards: the best known first, one for each provider of a channel that speaks to several", () => {
  const bot = {
    ...PARROT,
    name: "telegram",
    fields: [field("dialect", { kind: "choice", choices: ["a", "b"] })],
  };
  const kinds = kindsOf([PARROT, bot, { ...PARROT, name: "email" }]);
  expect(kinds.map(addressOf)).toEqual(["new:email", "new:telegram:a", "new:telegram:b", "new:parrot"]);
  for (const kind of kinds) expect(kindAt(addressOf(kind))).toEqual(kind);
  expect(kindAt("new")).toBeNull();
});

test("the card that was chosen decides which fields are asked, beside those of several dialects", () => {
  const phone: Channel = {
    ...PARROT,
    fields: [
      field("dialect", { kind: "choice", choices: ["a", "b", "c"], default: "a" }),
      field("key", { when: ["dialect", "a"] }),
      field("password", { when: ["dialect", "b"] }),
      field("caller", { when: ["dialect", "a|b"] }),
      field("words", { kind: "list" }),
    ],
  };
  for (const [dialect, names] of [
    ["a", ["key", "caller", "words"]],
    ["b", ["password", "caller", "words"]],
    ["c", ["words"]],
  ] as const) {
    const draft = { ...settingsDraft(phone, null), "parrot.dialect": dialect };
    expect(asked({ ...phone, fields: fieldsOf(phone, dialect) }, draft).map((one) => one.name)).toEqual(
      names,
    );
    expect(asked(phone, draft).map((one) => one.name)).toEqual(["dialect", ...names]);
  }
});

test("an inbox is told from others by what it needs and is no secret", () => {
  expect(whereOf(PARROT, INBOX)).toBe("polly");
  expect(whereOf(undefined, INBOX)).toBe("");
  expect(whereOf(undefined, { ...INBOX, origins: ["https://a.example"] })).toBe("https://a.example");
});

test("every inbox needs a name and a queue", () => {
  expect(checkCommon({ ...draftOf(PARROT, INBOX), name: " ", queue: "" })).toEqual({
    name: { key: "required" },
    queue: { key: "required" },
  });
});

test("all words of channels are there in both languages, with the same holes", () => {
  const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((one) => one[1]).sort();
  for (const [word, text] of Object.entries(en)) {
    expect(fa[word as keyof typeof fa].trim(), word).not.toBe("");
    expect(new Set(holes(fa[word as keyof typeof fa])), word).toEqual(new Set(holes(text)));
  }
});
