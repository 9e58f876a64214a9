/** Times in the short forms that lists and lines need, in the reader's calendar. */

import { sameDay, time } from "../../ui/format";
import { locale } from "../../ui/i18n";
import { t } from "../i18n";

const TAGS = { fa: "fa-IR-u-ca-persian-nu-arabext-hc-h23", en: "en-GB-u-hc-h23" } as const;
const made = new Map<string, Intl.DateTimeFormat>();

function format(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale.value + name;
  const known = made.get(key);
  if (known) return known;
  const fresh = new Intl.DateTimeFormat(TAGS[locale.value], options);
  made.set(key, fresh);
  return fresh;
}

/** 14:05 today, Yesterday, else 3 Dec. */
export function shortWhen(ms: number, now: number): string {
  if (sameDay(ms, now)) return time(ms);
  if (sameDay(ms, now - 86_400_000)) return t("time.yesterday");
  return format("dm", { day: "numeric", month: "short" }).format(ms);
}

/** Saturday 3 December; with the year when it is another one. */
export function longDay(ms: number, now: number): string {
  const year = format("y", { year: "numeric" });
  const options: Intl.DateTimeFormatOptions = { weekday: "long", day: "numeric", month: "long" };
  if (year.format(ms) === year.format(now)) return format("wdm", options).format(ms);
  // Apart, because the Persian pattern of all four at once puts the year first.
  const date = format("dmy", { day: "numeric", month: "long", year: "numeric" });
  return `${format("w", { weekday: "long" }).format(ms)} ${date.format(ms)}`;
}

/** 18:00 today, else Sat 3 Dec, 09:00: a moment that lies ahead. */
export function moment(ms: number, now: number): string {
  if (sameDay(ms, now)) return time(ms);
  return format("moment", {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  }).format(ms);
}

/** What {{today}} in a canned reply becomes. */
export function todayText(customer: "fa" | "en", now: number): string {
  return new Intl.DateTimeFormat(TAGS[customer], { weekday: "long", day: "numeric", month: "long" }).format(
    now,
  );
}
