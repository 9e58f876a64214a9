import type { Locale } from "../../wire/desk.types";

const HOUR = 3_600_000;

/** A ready-made moment to snooze until. */
export interface Preset {
  key: "hour" | "hours3" | "evening" | "tomorrow" | "week";
  at: number;
}

/** The day at `hour` o'clock, `days` after the day of `now`, in the reader's time zone. */
export function dayAt(now: number, days: number, hour: number, minute = 0): number {
  const day = new Date(now);
  day.setDate(day.getDate() + days);
  day.setHours(hour, minute, 0, 0);
  return day.getTime();
}

/** Days from `now` until the week begins again: Saturday in Persian, Monday in English. Never 0. */
export function daysToWeek(now: number, locale: Locale): number {
  const begins = locale === "fa" ? 6 : 1;
  const days = (begins - new Date(now).getDay() + 7) % 7;
  return days === 0 ? 7 : days;
}

/** Presets that lie ahead, soonest first. "This evening" is offered until four in the afternoon. */
export function snoozePresets(now: number, locale: Locale): readonly Preset[] {
  const presets: Preset[] = [
    { key: "hour", at: now + HOUR },
    { key: "hours3", at: now + 3 * HOUR },
    { key: "tomorrow", at: dayAt(now, 1, 9) },
  ];
  const week = daysToWeek(now, locale);
  if (week > 1) presets.push({ key: "week", at: dayAt(now, week, 9) });
  if (new Date(now).getHours() < 16) presets.push({ key: "evening", at: dayAt(now, 0, 18) });
  return presets.sort((a, b) => a.at - b.at);
}

/** Milliseconds of "HH:MM" on the day `days` after `now`, or null when it isn't a time. */
export function momentOf(now: number, days: number, clock: string): number | null {
  const found = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(clock);
  return found ? dayAt(now, days, Number(found[1]), Number(found[2])) : null;
}
