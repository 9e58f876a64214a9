import { describe, expect, test } from "vitest";
import {
  checkAgent,
  checkCanned,
  checkInbox,
  checkPassword,
  checkQueue,
  checkWorkplace,
  codeOf,
  parseOrigin,
} from "../src/desk/admin/model/check";
import { contrast, judgeAccent, parseColour } from "../src/desk/admin/model/contrast";
import { changesOf, listDiff, rebase, same } from "../src/desk/admin/model/diff";
import { wholeNumber } from "../src/desk/admin/model/digits";
import { makePassword } from "../src/desk/admin/model/password";
import type { Agent, AuditRecord, Canned, Inbox, Queue, Workplace } from "../src/desk/admin/model/records";
import { movedRing } from "../src/desk/admin/model/routes";
import { fold, matches, readQuery, writeQuery } from "../src/desk/admin/model/search";
import { joinSeconds, splitSeconds } from "../src/desk/admin/model/span";
import { inTrail, nameWithin, targetOf } from "../src/desk/admin/model/trail";
import { cutHoles, unknownHoles } from "../src/desk/admin/model/variables";

const ALI: Agent = {
  id: "1",
  login: "ali",
  name: "Ali",
  role: "agent",
  locale: "fa",
  languages: ["fa"],
  queues: ["support"],
  capacity: 100,
  active: true,
  status: "offline",
  connected: false,
  skills: {},
  teams: [],
  maxima: {},
  phone: "",
};
const LINE: Queue = {
  id: "support",
  name: "Support",
  offer_seconds: 20,
  priority: 0,
  max_wait_seconds: 900,
  channels: [],
  languages: [],
  target: { percent: 80, seconds: 20, short_abandon_seconds: 5 },
  strategy: "longest_idle",
  rings: [],
  exit: "form",
  exit_queue: null,
  preferred_seconds: 0,
  return_seconds: 300,
  pick: true,
  auto_accept: [],
  wrap_up: { mode: "none", seconds: 120, disposition_required: false },
  calendar: "",
  recording: { mode: "inbox", announced: false },
};
const SHOP: Inbox = {
  id: "shop",
  name: "Shop",
  channel: "webchat",
  bot_enabled: true,
  queue: "support",
  locale: "fa",
  origins: ["https://shop.example"],
  accent: "#0b7a75",
  brand: "Shop",
  calendar: { time_zone: "Asia/Tehran", week: {}, holidays: [], always_open: true },
  settings: {},
  secrets: {},
  missing: [],
  webhook: null,
};
const HELLO: Canned = { id: "1", shortcut: "hello", locale: "en", text: "Hello {{contact.name}}" };
const RULES: Workplace = {
  grace_seconds: 30,
  silent_seconds: 600,
  bot_idle_seconds: 86400,
  agent_idle_seconds: 259200,
  wrap_up_seconds: 120,
  bot_turn_seconds: 5,
  cooling_seconds: 60,
  default_handle_seconds: 300,
  snooze_max_days: 90,
  starving_seconds: 1800,
  misses_before_alarm: 3,
  costs: {},
  parked_costs: {},
  maxima: {},
  skills: [],
  teams: [],
  break_reasons: ["lunch"],
  dispositions: ["answered"],
};

describe("what changes", () => {
  test("values of JSON are compared by what they say", () => {
    expect(same({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toBe(true);
    expect(same([1, 2], [2, 1])).toBe(false);
    expect(same([], {})).toBe(false);
    expect(same(null, {})).toBe(false);
    expect(same({ a: undefined }, {})).toBe(true);
  });

  test("fields come in the order of the form", () => {
    const after = { ...ALI, capacity: 50, name: "Ali R." };
    expect(changesOf(ALI, after, ["name", "role", "capacity"])).toEqual([
      { field: "name", before: "Ali", after: "Ali R." },
      { field: "capacity", before: 100, after: 50 },
    ]);
  });

  test("lists", () => expect(listDiff(["a", "b"], ["b", "c"])).toEqual({ added: ["c"], removed: ["a"] }));

  test("somebody else's fields are taken over, mine stay, and only a field that both changed is a clash", () => {
    const mine = { ...LINE, name: "Help", offer_seconds: 30 };
    const latest = { ...LINE, priority: 2, offer_seconds: 45 };
    const { merged, adopted, clashes } = rebase(LINE, mine, latest, ["name", "offer_seconds", "priority"]);
    expect(merged).toEqual({ ...LINE, name: "Help", priority: 2, offer_seconds: 30 });
    expect(adopted).toEqual([{ field: "priority", before: 0, after: 2 }]);
    expect(clashes).toEqual([{ field: "offer_seconds", mine: 30, theirs: 45 }]);
  });

  test("both making the same change is no clash", () => {
    const same_ = { ...LINE, name: "Help" };
    expect(rebase(LINE, same_, { ...same_ }, ["name"]).clashes).toEqual([]);
  });
});

describe("checks", () => {
  test("people", () => {
    expect(checkAgent(ALI, [ALI])).toEqual({});
    const wrong = checkAgent({ ...ALI, id: "2", name: " ", login: "a b", capacity: 1001, languages: [] }, [
      ALI,
    ]);
    expect(Object.keys(wrong).sort()).toEqual(["capacity", "languages", "login", "name"]);
    expect(checkAgent({ ...ALI, id: "2", login: "ALI" }, [ALI]).login?.key).toBe("taken");
    expect(checkAgent({ ...ALI, name: "a\u202eb" }, []).name?.key).toBe("text");
    expect(checkAgent({ ...ALI, name: "نیم‌فاصله" }, [])).toEqual({});
  });

  test("queues and rules", () => {
    expect(checkQueue(LINE)).toEqual({});
    expect(
      Object.keys(checkQueue({ ...LINE, offer_seconds: 4, priority: 1.5, name: "x".repeat(61) })).sort(),
    ).toEqual(["name", "offer_seconds", "priority"]);
    expect(checkWorkplace(RULES)).toEqual({});
    expect(
      Object.keys(
        checkWorkplace({ ...RULES, grace_seconds: Number.NaN, break_reasons: [], dispositions: ["a b"] }),
      ).sort(),
    ).toEqual(["break_reasons", "dispositions", "grace_seconds"]);
  });

  test("inboxes", () => {
    expect(checkInbox(SHOP)).toEqual({});
    expect(checkInbox({ ...SHOP, accent: "teal" }).accent?.key).toBe("colour");
    expect(checkInbox({ ...SHOP, origins: ["https://shop.example/path"] }).origins?.key).toBe("origin");
    expect(checkInbox({ ...SHOP, calendar: { ...SHOP.calendar, time_zone: "x" } }).calendar?.key).toBe(
      "zone",
    );
    expect(
      checkInbox({ ...SHOP, calendar: { ...SHOP.calendar, week: { sat: [["9", "10"]] } } }).calendar?.key,
    ).toBe("week");
  });

  test("canned replies", () => {
    expect(checkCanned(HELLO, [HELLO])).toEqual({});
    expect(checkCanned({ ...HELLO, id: "2" }, [HELLO]).shortcut?.key).toBe("taken");
    expect(checkCanned({ ...HELLO, id: "2", locale: "fa" }, [HELLO])).toEqual({});
    expect(checkCanned({ ...HELLO, shortcut: "two words", text: " " }, [])).toEqual({
      shortcut: { key: "shortcut" },
      text: { key: "required" },
    });
  });

  test("passwords", () => {
    expect(checkPassword({ old: "o", new: "long enough", again: "long enough" })).toEqual({});
    expect(Object.keys(checkPassword({ old: "", new: "short", again: "other" })).sort()).toEqual([
      "again",
      "new",
      "old",
    ]);
    expect(checkPassword({ old: "the same one", new: "the same one", again: "the same one" }).new?.key).toBe(
      "same",
    );
  });

  test("sites are brought into the one form", () => {
    expect(parseOrigin("Shop.Example")).toBe("https://shop.example");
    expect(parseOrigin("http://localhost:8081/")).toBe("http://localhost:8081");
    expect(parseOrigin("https://shop.example:443")).toBe("https://shop.example");
    for (const bad of [
      "",
      "https://",
      "https://shop.example/path",
      "https://a b",
      "ftp://x.example",
      "https://u:p@x.example",
      "javascript:alert(1)",
      "https://*.x.example",
    ]) {
      expect(parseOrigin(bad), bad).toBeNull();
    }
  });

  test("codes", () => {
    expect(codeOf(" Team  meeting ")).toBe("team_meeting");
    expect(codeOf("نماز جماعت")).toBe("نماز_جماعت");
    expect(codeOf("a:b")).toBeNull();
    expect(codeOf("")).toBeNull();
  });
});

describe("colours", () => {
  test("are read", () => {
    expect(parseColour("0B7A75")).toBe("#0b7a75");
    expect(parseColour("#abc")).toBe("#aabbcc");
    expect(parseColour("#12345")).toBeNull();
  });

  test("ratios are those of WCAG", () => {
    expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 5);
    expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
  });

  test("are judged", () => {
    expect(judgeAccent("#0b7a75").level).toBe("good");
    expect(judgeAccent("#ff6a00")).toMatchObject({ ink: "#14191f", level: "fair" });
    expect(judgeAccent("#fff59d").level).toBe("poor");
    expect(judgeAccent("#7d7d7d").text).toBeGreaterThan(4);
  });
});

describe("small things", () => {
  test("numbers with any digits", () => {
    expect(wholeNumber("۱۲٬۳۴۵")).toBe(12345);
    expect(wholeNumber("-3")).toBe(-3);
    expect(wholeNumber("3.5")).toBeNull();
    expect(wholeNumber("")).toBeNull();
  });

  test("spans in their largest whole unit", () => {
    expect(splitSeconds(259_200)).toEqual({ value: 3, unit: "day" });
    expect(splitSeconds(90)).toEqual({ value: 90, unit: "second" });
    expect(splitSeconds(0)).toEqual({ value: 0, unit: "second" });
    expect(joinSeconds(2, "hour")).toBe(7200);
  });

  test("passwords have four groups, letters that can't be mistaken, and no bias", () => {
    expect(makePassword()).toMatch(/^([a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}$/);
    let n = 0;
    const rest = makePassword((bytes) => bytes.fill(n++ < 3 ? 255 : 0));
    expect(rest).toBe("aaaa-aaaa-aaaa-aaaa");
    expect(n).toBe(19);
  });

  test("holes", () => {
    expect(cutHoles("Hi {{ contact.name }}, {{nmae}}!")).toEqual([
      { text: "Hi ", kind: "plain" },
      { text: "contact.name", kind: "known" },
      { text: ", ", kind: "plain" },
      { text: "{{nmae}}", kind: "unknown" },
      { text: "!", kind: "plain" },
    ]);
    expect(unknownHoles("{{a}} {{a}} {{today}}")).toEqual(["{{a}}"]);
  });

  test("search reads like a person", () => {
    expect(fold("كتابي می‌روم ۱۲")).toBe("کتابی میروم 12");
    expect(matches("ali مدیر", "Ali Rezaei", "مدير")).toBe(true);
    expect(matches("sara", "Ali")).toBe(false);
    expect(matches("", "Ali")).toBe(true);
  });

  test("filters in the address", () => {
    expect(readQuery("?q=a%20b&role=")).toEqual({ q: "a b" });
    expect(writeQuery({ q: "سارا", role: "" })).toBe("?q=%D8%B3%D8%A7%D8%B1%D8%A7");
    expect(writeQuery({})).toBe("");
  });
});

describe("the audit trail", () => {
  const record = (change: Partial<AuditRecord>): AuditRecord => ({
    seq: 1,
    at: 0,
    actor: "a",
    actor_name: "Ali",
    action: "queue.change",
    target: "queue:support",
    ip: null,
    changes: {},
    seal: "",
    ...change,
  });

  test("is filtered by person and kind", () => {
    expect(inTrail(record({}), { who: "", kind: "" })).toBe(true);
    expect(inTrail(record({}), { who: "a", kind: "queue" })).toBe(true);
    expect(inTrail(record({}), { who: "b", kind: "" })).toBe(false);
    expect(inTrail(record({ actor: "" }), { who: "-", kind: "" })).toBe(true);
    expect(inTrail(record({ action: "queues.change" }), { who: "", kind: "queue" })).toBe(false);
  });

  test("knows the names of what is gone", () => {
    expect(targetOf("queue:a:b")).toEqual({ kind: "queue", id: "a:b" });
    expect(targetOf("workplace")).toEqual({ kind: "", id: "workplace" });
    expect(nameWithin(record({ changes: { name: ["Sales", null] } }))).toBe("Sales");
    expect(nameWithin(record({ changes: { name: ["Sales", "Shop"] } }))).toBe("Shop");
    expect(nameWithin(record({ changes: { priority: [1, 2] } }))).toBeNull();
  });
});

test("a ring that is moved takes the times of its new place", () => {
  const ring = (until_seconds: number, team: string) => ({
    until_seconds,
    needs: [],
    teams: [team],
    speaks: false,
  });
  const rings = [ring(30, "a"), ring(60, "b"), ring(90, "c")];
  expect(movedRing(rings, 2, 0)).toEqual([ring(30, "c"), ring(60, "a"), ring(90, "b")]);
  expect(movedRing(rings, 0, 1)).toEqual([ring(30, "b"), ring(60, "a"), ring(90, "c")]);
});
