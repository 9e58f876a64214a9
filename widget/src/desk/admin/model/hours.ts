/** The editor of business hours as pure functions: windows of a day, the week, and whether it is open now. */
import { holidayOn } from "./dates";
import { latin } from "./digits";
import type { Calendar, Day, Window } from "./records";

/** Saturday first, as the week runs in Iran. */
export const DAYS: readonly Day[] = ["sat", "sun", "mon", "tue", "wed", "thu", "fri"];
export const WORKING_DAYS: readonly Day[] = ["sat", "sun", "mon", "tue", "wed"];
/** The hub takes so many windows a day. */
export const MOST_WINDOWS = 6;

/** What is wrong with a window. */
export type WindowProblem = "time" | "order" | "overlap";

/** A time as typed ("9", "9:30", "۰۹۳۰", "9.30") as "09:30"; null when it is none. "24:00" is the end of the day. */
export function parseClock(text: string): string | null {
  const plain = latin(text)
    .trim()
    .replace(/[.٫،;]/g, ":");
  const found = /^(\d{1,2})(?::(\d{1,2}))?$/.exec(plain) ?? /^(\d{1,2})(\d{2})$/.exec(plain);
  if (!found) return null;
  const hour = Number(found[1]);
  const minute = Number(found[2] ?? 0);
  if (minute > 59 || hour > 24 || (hour === 24 && minute > 0)) return null;
  return `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
}

/** Minutes since midnight. */
export function minutes(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
}

function clockOf(at: number): string {
  return `${String(Math.floor(at / 60)).padStart(2, "0")}:${String(at % 60).padStart(2, "0")}`;
}

/** The problem of each window, null where it is right. An overlap is told at the later window. */
export function windowProblems(windows: readonly Window[]): (WindowProblem | null)[] {
  return windows.map(([from, to], n) => {
    if (parseClock(from) !== from || parseClock(to) !== to || from === "24:00") return "time";
    if (from >= to) return "order";
    const clash = windows.some(
      ([otherFrom, otherTo], k) =>
        k !== n && otherFrom < to && from < otherTo && (otherFrom < from || (otherFrom === from && k < n)),
    );
    return clash ? "overlap" : null;
  });
}

/** Whether every day of the week can be saved as it is. */
export function weekIsRight(week: Calendar["week"]): boolean {
  return DAYS.every((day) => windowProblems(week[day] ?? []).every((one) => one === null));
}

/** One more window: the usual day first, then the rest of the day after the last one. Unchanged when there is no room. */
export function addWindow(windows: readonly Window[]): Window[] {
  if (windows.length === 0) return [["09:00", "17:00"]];
  const last = [...windows].sort(byStart).at(-1)?.[1] ?? "24:00";
  const from = Math.min(minutes(last) + 60, minutes(last) < 1380 ? 1380 : 1440);
  if (windows.length >= MOST_WINDOWS || from >= 1440) return [...windows];
  return [...windows, [clockOf(from), clockOf(Math.min(from + 180, 1440))]];
}

function byStart(a: Window, b: Window): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;
}

/** The hours of one day, given to other days as well. */
export function copyDay(week: Calendar["week"], from: Day, to: readonly Day[]): Calendar["week"] {
  const copy = { ...week };
  for (const day of to) copy[day] = (week[from] ?? []).map(([a, b]) => [a, b]);
  return copy;
}

/** The one form in which calendars are compared and sent: every day named, windows in order, holidays sorted, each once. */
export function tidy(calendar: Calendar): Calendar {
  const week: Calendar["week"] = {};
  for (const day of DAYS) week[day] = [...(calendar.week[day] ?? [])].sort(byStart);
  return { ...calendar, week, holidays: [...new Set(calendar.holidays)].sort() };
}

/** How many minutes a week are open. */
export function minutesPerWeek(week: Calendar["week"]): number {
  return DAYS.flatMap((day) => week[day] ?? []).reduce(
    (sum, [from, to]) => sum + Math.max(0, minutes(to) - minutes(from)),
    0,
  );
}

/** Date, weekday and time of a moment in a time zone. Throws RangeError for a zone that isn't one. */
export function localMoment(ms: number, zone: string): { iso: string; day: Day; clock: string } {
  const parts: Record<string, string> = {};
  const format = new Intl.DateTimeFormat("en-CA-u-nu-latn-hc-h23", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
  });
  for (const { type, value } of format.formatToParts(ms)) parts[type] = value;
  const day = (parts.weekday ?? "").slice(0, 3).toLowerCase() as Day;
  return { iso: `${parts.year}-${parts.month}-${parts.day}`, day, clock: `${parts.hour}:${parts.minute}` };
}

/** Whether people work at a moment; `until` is the end of the window, `why` says what closes. As `Calendar.is_open` of the hub. */
export function openAt(
  calendar: Calendar,
  ms: number,
): { open: boolean; until: string | null; why: "always" | "holiday" | "hours" } {
  if (calendar.always_open) return { open: true, until: null, why: "always" };
  const { iso, day, clock } = localMoment(ms, calendar.time_zone);
  if (holidayOn(calendar.holidays, iso)) return { open: false, until: null, why: "holiday" };
  const window = (calendar.week[day] ?? []).find(([from, to]) => from <= clock && clock < to);
  return { open: window !== undefined, until: window?.[1] ?? null, why: "hours" };
}

/** Whether the browser knows a time zone. */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return zone !== "";
  } catch {
    return false;
  }
}
