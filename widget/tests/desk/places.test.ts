import { describe, expect, test } from "vitest";
import { en } from "../../src/desk/i18n/en";
import { fa } from "../../src/desk/i18n/fa";
import { parseRoute, pathOf, type Route } from "../../src/desk/state/route";
import { daysToWeek, momentOf, snoozePresets } from "../../src/desk/state/time";

describe("addresses", () => {
  test.each<[string, Route]>([
    ["/desk", { view: "inbox", tab: "mine", id: null }],
    ["/desk/queue", { view: "inbox", tab: "queue", id: null }],
    ["/desk/mine/a%2Fb", { view: "inbox", tab: "mine", id: "a/b" }],
    ["/desk/team", { view: "team" }],
    ["/desk/admin/agents", { view: "admin", path: "agents" }],
  ])("%s there and back", (path, route) => {
    expect(parseRoute(path)).toEqual(route);
    expect(pathOf(route)).toBe(path);
  });

  test("what isn't known is the inbox", () => {
    expect(parseRoute("/desk/nonsense")).toEqual({ view: "inbox", tab: "mine", id: null });
  });
});

describe("snooze", () => {
  const sunday = new Date(2026, 10, 22, 12, 0).getTime();

  test("presets lie ahead, soonest first, none twice", () => {
    for (const locale of ["fa", "en"] as const) {
      const times = snoozePresets(sunday, locale).map((one) => one.at);
      expect(times.every((at) => at > sunday)).toBe(true);
      expect([...times].sort((a, b) => a - b)).toEqual(times);
      expect(new Set(times).size).toBe(times.length);
    }
  });

  test("the week begins on Saturday in Persian, on Monday in English", () => {
    expect(daysToWeek(sunday, "fa")).toBe(6);
    expect(daysToWeek(sunday, "en")).toBe(1);
  });

  test("a time that is none is refused", () => {
    expect(momentOf(sunday, 1, "25:00")).toBeNull();
    expect(momentOf(sunday, 0, "12:30")).toBe(sunday + 30 * 60_000);
  });
});

describe("words", () => {
  const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((one) => one[1]).sort();
  test("every sentence has the same holes in both languages", () => {
    for (const key of Object.keys(en) as (keyof typeof en)[]) {
      expect([key, [...new Set(holes(fa[key]))]]).toEqual([key, [...new Set(holes(en[key]))]]);
      expect([key, fa[key].split("|").length]).toEqual([key, en[key].split("|").length]);
    }
  });

  test("Persian is written with Persian letters", () => {
    for (const [key, text] of Object.entries(fa)) expect([key, /[يك]/.test(text)]).toEqual([key, false]);
  });
});
