import { describe, expect, test } from "vitest";
import {
  dayMs,
  everyYear,
  holidayOn,
  isoOf,
  isoOfMs,
  monthDays,
  parseDay,
  partsOf,
  plusDays,
  shiftMonth,
  sinceSaturday,
  yearly,
} from "../src/desk/admin/model/dates";

describe("Jalali and Gregorian", () => {
  test.each([
    ["2026-03-21", 1405, 1, 1],
    ["2025-03-21", 1404, 1, 1],
    ["2024-03-20", 1403, 1, 1],
    ["2025-03-20", 1403, 12, 30],
    ["2026-03-20", 1404, 12, 29],
    ["2026-09-22", 1405, 6, 31],
    ["2026-11-22", 1405, 9, 1],
    ["1979-02-11", 1357, 11, 22],
  ])("%s is %i/%i/%i", (iso, year, month, day) => {
    expect(partsOf(iso, "persian")).toEqual({ year, month, day });
    expect(isoOf({ year, month, day }, "persian")).toBe(iso);
  });

  test("every day of sixty years goes there and back", () => {
    const last = dayMs("2060-01-01");
    for (let ms = dayMs("2000-01-01"); ms < last; ms += 86_400_000) {
      const iso = isoOfMs(ms);
      expect(isoOf(partsOf(iso, "persian"), "persian")).toBe(iso);
    }
  });

  test("days that a calendar doesn't have", () => {
    expect(isoOf({ year: 1404, month: 12, day: 30 }, "persian")).toBeNull();
    expect(isoOf({ year: 1405, month: 7, day: 31 }, "persian")).toBeNull();
    expect(isoOf({ year: 1405, month: 13, day: 1 }, "persian")).toBeNull();
    expect(isoOf({ year: 2026, month: 2, day: 29 }, "gregory")).toBeNull();
    expect(isoOf({ year: 2026, month: 1.5, day: 2 }, "gregory")).toBeNull();
    expect(dayMs("2026-02-30")).toBeNaN();
    expect(dayMs("26-2-3")).toBeNaN();
  });

  test("months", () => {
    expect(monthDays(1405, 1, "persian")).toHaveLength(31);
    expect(monthDays(1405, 8, "persian")).toHaveLength(30);
    expect(monthDays(1404, 12, "persian")).toHaveLength(29);
    expect(monthDays(1403, 12, "persian")).toHaveLength(30);
    expect(monthDays(2028, 2, "gregory")).toHaveLength(29);
    expect(shiftMonth({ year: 1405, month: 1 }, -1)).toEqual({ year: 1404, month: 12 });
    expect(shiftMonth({ year: 1405, month: 12 }, 1)).toEqual({ year: 1406, month: 1 });
    expect(shiftMonth({ year: 1405, month: 5 }, 12)).toEqual({ year: 1406, month: 5 });
  });

  test("weeks begin on Saturday", () => {
    expect(sinceSaturday("2026-11-21")).toBe(0);
    expect(sinceSaturday("2026-11-27")).toBe(6);
    expect(plusDays("2026-02-28", 1)).toBe("2026-03-01");
  });
});

describe("dates as typed", () => {
  test.each([
    ["1405/1/1", "2026-03-21"],
    ["۱۴۰۵/۰۱/۰۱", "2026-03-21"],
    ["1405-01-13", "2026-04-02"],
    ["2026-12-25", "2026-12-25"],
    ["2026 12 5", "2026-12-05"],
    ["۹/۱", "2026-11-22"],
  ])("%s", (typed, iso) => expect(parseDay(typed, "persian", "2026-11-22")).toBe(iso));

  test("without a year, in the Gregorian calendar", () =>
    expect(parseDay("12/25", "gregory", "2026-11-22")).toBe("2026-12-25"));

  test.each(["", "tomorrow", "1404/12/30", "1405/13/1", "5/1/1405", "1/2/3/4", "1700/1/1"])(
    "%s is no day",
    (typed) => expect(parseDay(typed, "persian", "2026-11-22")).toBeNull(),
  );
});

describe("days of every year", () => {
  test.each([
    ["2027-03-21", "persian", "jalali:01-01"],
    ["2026-12-25", "gregory", "gregorian:12-25"],
  ] as const)("%s in the %s calendar", (iso, calendar, kept) => {
    expect(everyYear(iso, calendar)).toBe(kept);
    expect(holidayOn([kept], iso)).toBe(kept);
    expect(holidayOn([kept], plusDays(iso, 1))).toBeNull();
  });

  test("a leap day is a day", () => {
    expect(yearly("jalali:12-30")).toEqual({ calendar: "persian", iso: "2025-03-20" });
    expect(yearly("gregorian:02-29")).toEqual({ calendar: "gregory", iso: "2024-02-29" });
  });

  test.each(["2026-12-25", "lunar:01-01", "jalali:13-01"])("%s is none", (day) =>
    expect(yearly(day)).toBeNull(),
  );
});
