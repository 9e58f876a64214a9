import { describe, expect, test } from "vitest";
import {
  addWindow,
  copyDay,
  isZone,
  localMoment,
  minutesPerWeek,
  openAt,
  parseClock,
  tidy,
  windowProblems,
} from "../src/desk/admin/model/hours";
import type { Calendar, Window } from "../src/desk/admin/model/records";

const CALENDAR: Calendar = {
  time_zone: "Asia/Tehran",
  week: {
    sat: [
      ["09:00", "13:00"],
      ["14:00", "17:30"],
    ],
    thu: [["09:00", "24:00"]],
  },
  holidays: ["2026-11-28"],
  always_open: false,
};
/** 2026-11-21 is a Saturday; Tehran is at +03:30. */
const at = (iso: string) => Date.parse(`${iso}+03:30`);

describe("times as typed", () => {
  test.each([
    ["9", "09:00"],
    ["9:5", "09:05"],
    ["۰۹:۳۰", "09:30"],
    ["٩٫٣٠", "09:30"],
    ["0930", "09:30"],
    ["930", "09:30"],
    [" 17.45 ", "17:45"],
    ["24", "24:00"],
    ["24:00", "24:00"],
  ])("%s is %s", (typed, clock) => expect(parseClock(typed)).toBe(clock));

  test.each(["", "25", "24:01", "9:60", "nine", "9:30:00", "-1", "99999"])("%s is no time", (typed) =>
    expect(parseClock(typed)).toBeNull(),
  );
});

describe("windows of a day", () => {
  test("right ones follow one another and may touch", () => {
    expect(
      windowProblems([
        ["09:00", "13:00"],
        ["13:00", "24:00"],
      ]),
    ).toEqual([null, null]);
  });

  test("an end before its start, an overlap and nonsense are told at the window at fault", () => {
    expect(windowProblems([["17:00", "09:00"]])).toEqual(["order"]);
    expect(
      windowProblems([
        ["09:00", "13:00"],
        ["12:00", "17:00"],
      ]),
    ).toEqual([null, "overlap"]);
    expect(
      windowProblems([
        ["12:00", "17:00"],
        ["09:00", "13:00"],
      ]),
    ).toEqual(["overlap", null]);
    expect(
      windowProblems([
        ["09:00", "12:00"],
        ["09:00", "12:00"],
      ]),
    ).toEqual([null, "overlap"]);
    expect(
      windowProblems([
        ["9:00", "17:00"],
        ["24:00", "24:00"],
      ]),
    ).toEqual(["time", "time"]);
  });

  test("a further one begins an hour after the last and stays within the day", () => {
    expect(addWindow([])).toEqual([["09:00", "17:00"]]);
    expect(addWindow([["09:00", "13:00"]])).toEqual([
      ["09:00", "13:00"],
      ["14:00", "17:00"],
    ]);
    expect(addWindow([["09:00", "22:30"]])).toEqual([
      ["09:00", "22:30"],
      ["23:00", "24:00"],
    ]);
    expect(addWindow([["09:00", "24:00"]])).toEqual([["09:00", "24:00"]]);
    const six: Window[] = [1, 3, 5, 7, 9, 11].map((h) => [
      `${String(h).padStart(2, "0")}:00`,
      `${String(h + 1).padStart(2, "0")}:00`,
    ]);
    expect(addWindow(six)).toEqual(six);
  });
});

describe("the week", () => {
  test("copying a day gives others windows of their own", () => {
    const copy = copyDay(CALENDAR.week, "sat", ["sun", "fri"]);
    expect(copy.sun).toEqual(CALENDAR.week.sat);
    expect(copy.sun?.[0]).not.toBe(CALENDAR.week.sat?.[0]);
    expect(copy.thu).toEqual(CALENDAR.week.thu);
  });

  test("tidied, two ways to write one calendar are one", () => {
    const other: Calendar = {
      ...CALENDAR,
      week: {
        ...CALENDAR.week,
        mon: [],
        sat: [
          ["14:00", "17:30"],
          ["09:00", "13:00"],
        ],
      },
      holidays: ["2026-11-28", "2026-11-28"],
    };
    expect(tidy(other)).toEqual(tidy(CALENDAR));
  });

  test("counts its minutes", () => expect(minutesPerWeek(CALENDAR.week)).toBe(240 + 210 + 900));
});

describe("open or not, in the calendar's own zone", () => {
  test.each([
    ["2026-11-21T08:59", false, null, "hours"],
    ["2026-11-21T09:00", true, "13:00", "hours"],
    ["2026-11-21T13:00", false, null, "hours"],
    ["2026-11-21T17:29", true, "17:30", "hours"],
    ["2026-11-26T23:59", true, "24:00", "hours"],
    ["2026-11-28T10:00", false, null, "holiday"],
    ["2026-11-27T10:00", false, null, "hours"],
  ])("%s", (iso, open, until, why) =>
    expect(openAt(CALENDAR, at(`${iso}:00`))).toEqual({ open, until, why }),
  );

  test("always", () => expect(openAt({ ...CALENDAR, always_open: true }, 0).open).toBe(true));

  test("the zone decides the day", () => {
    const ms = Date.parse("2026-11-20T21:00:00Z");
    expect(localMoment(ms, "Asia/Tehran")).toEqual({ iso: "2026-11-21", day: "sat", clock: "00:30" });
    expect(localMoment(ms, "UTC").day).toBe("fri");
  });

  test("zones", () => {
    expect(isZone("Asia/Tehran")).toBe(true);
    expect(isZone("Mars/Base")).toBe(false);
    expect(isZone("")).toBe(false);
  });
});
