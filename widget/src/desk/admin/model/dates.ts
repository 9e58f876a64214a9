/**
 * Days in the Persian (Jalali) and the Gregorian calendar. All knowledge of the calendars is `Intl`'s; from Jalali to Gregorian the
 * day is estimated and then found among its neighbours. Days are ISO dates ("2026-03-21"), reckoned in UTC.
 */
import { latin } from "./digits";

export type CalendarName = "persian" | "gregory";

export interface Ymd {
  year: number;
  month: number;
  day: number;
}

const DAY_MS = 86_400_000;

const READERS = Object.fromEntries(
  (["persian", "gregory"] as const).map((name) => [
    name,
    new Intl.DateTimeFormat(`en-u-ca-${name}-nu-latn`, {
      year: "numeric",
      month: "numeric",
      day: "numeric",
      timeZone: "UTC",
    }),
  ]),
) as Record<CalendarName, Intl.DateTimeFormat>;

/** An ISO date as milliseconds at its UTC midnight; NaN when it is none. */
export function dayMs(iso: string): number {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso);
  if (!found) return Number.NaN;
  const ms = Date.UTC(Number(found[1]), Number(found[2]) - 1, Number(found[3]));
  return isoOfMs(ms) === iso ? ms : Number.NaN;
}

/** The ISO date of a UTC moment. */
export function isoOfMs(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** The ISO date `by` days later. */
export function plusDays(iso: string, by: number): string {
  return isoOfMs(dayMs(iso) + by * DAY_MS);
}

/** Year, month and day of an ISO date in a calendar. */
export function partsOf(iso: string, calendar: CalendarName): Ymd {
  const found: Record<string, number> = {};
  for (const { type, value } of READERS[calendar].formatToParts(dayMs(iso)))
    found[type] = Number.parseInt(value, 10);
  return { year: found.year ?? 0, month: found.month ?? 0, day: found.day ?? 0 };
}

/** The ISO date of a day in a calendar; null when that calendar has no such day (30 Esfand of a common year). */
export function isoOf({ year, month, day }: Ymd, calendar: CalendarName): string | null {
  if (![year, month, day].every(Number.isInteger) || month < 1 || month > 12 || day < 1 || day > 31)
    return null;
  const first =
    calendar === "gregory"
      ? Date.UTC(year, month - 1, day)
      : Date.UTC(year + 621, 2, 21) + jalaliDay(month, day) * DAY_MS;
  for (const by of [0, -1, 1, -2, 2]) {
    const iso = isoOfMs(first + by * DAY_MS);
    const parts = partsOf(iso, calendar);
    if (parts.year === year && parts.month === month && parts.day === day) return iso;
  }
  return null;
}

/** Days since the first of the year: six months of 31 days, then months of 30. */
function jalaliDay(month: number, day: number): number {
  return (month <= 7 ? (month - 1) * 31 : 186 + (month - 7) * 30) + day - 1;
}

/** The days of a month, as ISO dates. */
export function monthDays(year: number, month: number, calendar: CalendarName): string[] {
  const days: string[] = [];
  for (let day = 1; day <= 31; day++) {
    const iso = isoOf({ year, month, day }, calendar);
    if (iso) days.push(iso);
  }
  return days;
}

/** The month `by` months later. */
export function shiftMonth(
  { year, month }: { year: number; month: number },
  by: number,
): { year: number; month: number } {
  const at = year * 12 + (month - 1) + by;
  return { year: Math.floor(at / 12), month: (at % 12) + 1 };
}

/** A day of every year, as the hub keeps it: "jalali:01-13". */
export function everyYear(iso: string, calendar: CalendarName): string {
  const { month, day } = partsOf(iso, calendar);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${calendar === "persian" ? "jalali" : "gregorian"}:${two(month)}-${two(day)}`;
}

/** The calendar of a day of every year, and one of its days as an ISO date; null for a date. */
export function yearly(holiday: string): { calendar: CalendarName; iso: string } | null {
  const found = /^(jalali|gregorian):(\d\d)-(\d\d)$/.exec(holiday);
  if (!found) return null;
  const calendar = found[1] === "jalali" ? "persian" : "gregory";
  // Years with a leap day, so that every day is there.
  const year = calendar === "persian" ? 1403 : 2024;
  const iso = isoOf({ year, month: Number(found[2]), day: Number(found[3]) }, calendar);
  return iso ? { calendar, iso } : null;
}

/** The holiday that falls on a day, as it is kept; null when there is none. */
export function holidayOn(holidays: readonly string[], iso: string): string | null {
  const names = [iso, everyYear(iso, "persian"), everyYear(iso, "gregory")];
  return names.find((one) => holidays.includes(one)) ?? null;
}

/** How many days after Saturday an ISO date falls: 0 is Saturday, 6 is Friday. */
export function sinceSaturday(iso: string): number {
  return (new Date(dayMs(iso)).getUTCDay() + 1) % 7;
}

/**
 * A date as typed: year, month, day with any separator, digits of any script. The year says which calendar is meant (13xx-15xx is
 * Jalali, 19xx-21xx Gregorian); a date without a year is of `calendar` and the year of `today`. Null when it is no day.
 */
export function parseDay(text: string, calendar: CalendarName, today: string): string | null {
  const words = latin(text)
    .trim()
    .split(/[\s/.\-،,]+/)
    .filter(Boolean);
  if (!words.every((one) => /^\d{1,4}$/.test(one))) return null;
  const [a = 0, b = 0, c = 0] = words.map(Number);
  if (words.length === 2) return isoOf({ year: partsOf(today, calendar).year, month: a, day: b }, calendar);
  if (words.length !== 3) return null;
  if (a >= 1300 && a < 1600) return isoOf({ year: a, month: b, day: c }, "persian");
  if (a >= 1900 && a < 2200) return isoOf({ year: a, month: b, day: c }, "gregory");
  return null;
}

/** The moment (ms) of a day and a clock ("09:00") where the reader is; null where one is missing. */
export function momentOf(iso: string | null, clock: string | null): number | null {
  if (!iso || !clock) return null;
  const [year = 0, month = 1, day = 1] = iso.split("-").map(Number);
  const [hour = 0, minute = 0] = clock.split(":").map(Number);
  return new Date(year, month - 1, day, hour, minute).getTime();
}
