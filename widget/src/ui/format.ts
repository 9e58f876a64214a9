/** Numbers, times and dates in the reader's language (Persian: Persian digits, Jalali calendar), by `Intl` alone. */
import { type Locale, locale } from "./i18n";

const TAGS: Record<Locale, string> = { fa: "fa-IR-u-ca-persian-nu-arabext-hc-h23", en: "en-GB-u-hc-h23" };

const cache = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat>();

function dates(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `d${locale.value}${JSON.stringify(options)}`;
  let format = cache.get(key) as Intl.DateTimeFormat | undefined;
  if (!format) {
    format = new Intl.DateTimeFormat(TAGS[locale.value], options);
    cache.set(key, format);
  }
  return format;
}

function numbers(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `n${locale.value}${JSON.stringify(options)}`;
  let format = cache.get(key) as Intl.NumberFormat | undefined;
  if (!format) {
    format = new Intl.NumberFormat(TAGS[locale.value], options);
    cache.set(key, format);
  }
  return format;
}

export const number = (value: number): string => numbers({ maximumFractionDigits: 1 }).format(value);

export const percent = (share: number): string =>
  numbers({ style: "percent", maximumFractionDigits: 0 }).format(share);

/** 99.7%, for figures in which the last sentence counts. */
export const exactPercent = (share: number): string =>
  numbers({ style: "percent", maximumFractionDigits: 1 }).format(share);

/** 14:05 */
export const time = (ms: number): string => dates({ hour: "2-digit", minute: "2-digit" }).format(ms);

/** 3 December 2026, or ۱۲ آذر ۱۴۰۵ */
export const date = (ms: number): string =>
  dates({ day: "numeric", month: "long", year: "numeric" }).format(ms);

/** 3 Dec */
export const shortDate = (ms: number): string => dates({ day: "numeric", month: "short" }).format(ms);

/** 3 Dec 14:05 */
export const dateTime = (ms: number): string =>
  dates({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }).format(ms);

const startOfDay = (ms: number): number => new Date(ms).setHours(0, 0, 0, 0);

export const sameDay = (a: number, b: number): boolean => startOfDay(a) === startOfDay(b);

/** Today, Yesterday, a weekday within the last week, else the date. */
export function day(ms: number, now = Date.now()): string {
  const days = Math.round((startOfDay(now) - startOfDay(ms)) / 86_400_000);
  if (days >= 0 && days < 2) {
    const words = new Intl.RelativeTimeFormat(TAGS[locale.value], { numeric: "auto" }).format(-days, "day");
    return words.charAt(0).toUpperCase() + words.slice(1);
  }
  return days > 1 && days < 7 ? dates({ weekday: "long" }).format(ms) : date(ms);
}

/** 1.4 MB; powers of 1024 with the names that people know. */
export function fileSize(bytes: number): string {
  const [unit, size] =
    bytes < 1024
      ? (["byte", bytes] as const)
      : bytes < 1024 ** 2
        ? (["kilobyte", bytes / 1024] as const)
        : (["megabyte", bytes / 1024 ** 2] as const);
  return numbers({
    style: "unit",
    unit,
    unitDisplay: "short",
    maximumFractionDigits: size < 10 ? 1 : 0,
  }).format(size);
}

/** A span since or until, in one unit: 40 sec, 3 min, 2 hr, 5 days. */
export function span(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  const [unit, value] =
    s < 60
      ? (["second", s] as const)
      : s < 3600
        ? (["minute", Math.floor(s / 60)] as const)
        : s < 86_400
          ? (["hour", Math.floor(s / 3600)] as const)
          : (["day", Math.floor(s / 86_400)] as const);
  return numbers({ style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 0 }).format(value);
}

/** 1:05 with the reader's digits, for countdowns. */
export function clock(ms: number): string {
  const s = Math.max(0, Math.ceil(ms / 1000));
  const two = numbers({ minimumIntegerDigits: 2, useGrouping: false });
  return `${number(Math.floor(s / 60))}:${two.format(s % 60)}`;
}
