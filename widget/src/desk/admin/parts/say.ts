/** Values of records in words: for "what will change", for clashes and for the audit log. */
import { number } from "../../../ui/format";
import { locale } from "../../../ui/i18n";
import { word } from "../../i18n";
import { plainNumber } from "../../parts/common";
import type { Sentence } from "../model/bot";
import { isSecretValue } from "../model/channel";
import { type CalendarName, dayMs, partsOf, yearly } from "../model/dates";
import { listDiff, same } from "../model/diff";
import { persian } from "../model/digits";
import type { Beginning, Step } from "../model/flow";
import type { FormEnd, FormSlot } from "../model/forms";
import { DAYS } from "../model/hours";
import {
  type Calendar,
  type Condition,
  type DialRule,
  PROMISES,
  type Queue,
  type Ring,
  type Rule,
  type Sla,
  type Window,
} from "../model/records";
import type { Expected } from "../model/stories";
import { flowName, hoursName, inboxName, queueName } from "../store";
import { isWord, t } from "../words";
import { beginningText, stepText } from "./flow/say";
import { spanText } from "./span";

const TAGS = { fa: "fa-IR-u-ca-persian-nu-arabext", en: "en-GB" } as const;
const made = new Map<string, Intl.DateTimeFormat>();

function dayFormat(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale.value + name;
  const known = made.get(key) ?? new Intl.DateTimeFormat(TAGS[locale.value], { ...options, timeZone: "UTC" });
  made.set(key, known);
  return known;
}

/** Friday 25 December 2026, or جمعه ۴ دی ۱۴۰۵: in the reader's calendar. */
export function dayText(iso: string): string {
  const every = yearly(iso);
  if (every) return t("holidays.yearly.day", { day: dayAndMonth(every.iso, every.calendar) });
  const ms = dayMs(iso);
  if (Number.isNaN(ms)) return iso;
  // Apart, because the Persian pattern of all four at once puts the year first.
  const weekday = dayFormat("weekday", { weekday: "long" }).format(ms);
  return `${weekday} ${dayFormat("date", { day: "numeric", month: "long", year: "numeric" }).format(ms)}`;
}

const TAGS_OF = {
  fa: { persian: "fa-IR-u-ca-persian-nu-arabext", gregory: "fa-IR-u-ca-gregory-nu-arabext" },
  en: { persian: "en-u-ca-persian-nu-latn", gregory: "en-GB-u-ca-gregory" },
} as const;

/** Month and year of a day in a calendar. Put together here: the patterns of foreign calendars add eras and turn the order round. */
export function monthText(iso: string, calendar: CalendarName): string {
  const month = new Intl.DateTimeFormat(TAGS_OF[locale.value][calendar], { month: "long", timeZone: "UTC" });
  const year = String(partsOf(iso, calendar).year);
  return `${month.format(dayMs(iso))} ${locale.value === "fa" ? persian(year) : year}`;
}

/** 1 Farvardin: a day without its year. */
function dayAndMonth(iso: string, calendar: CalendarName): string {
  const month = new Intl.DateTimeFormat(TAGS_OF[locale.value][calendar], { month: "long", timeZone: "UTC" });
  return `${number(partsOf(iso, calendar).day)} ${month.format(dayMs(iso))}`;
}

/** The same day in the other calendar: ۲۵ دسامبر ۲۰۲۶, or 4 Dey 1405. */
export function otherDayText(iso: string): string {
  const every = yearly(iso);
  if (every) return t(`holidays.${every.calendar}`);
  const calendar = locale.value === "fa" ? "gregory" : "persian";
  return `${number(partsOf(iso, calendar).day)} ${monthText(iso, calendar)}`;
}

/** 09:00 with the reader's digits. */
export function clockText(clock: string): string {
  return locale.value === "fa" ? persian(clock) : clock;
}

/** The hours of a day: 09:00–13:00, 14:00–17:00. */
export function windowsText(windows: readonly Window[]): string {
  if (windows.length === 0) return t("hours.day.closed");
  return windows
    .map(([from, to]) => t("hours.range", { from: clockText(from), to: clockText(to) }))
    .join(t("word.and"));
}

/** The name of a field of a record. */
export function fieldText(field: string): string {
  for (const key of [`field.${field}`, `rules.${field}`, `channel.${field}`]) if (isWord(key)) return t(key);
  return field.slice(field.indexOf(".") + 1).replaceAll("_", " ");
}

function one(field: string, value: string): string {
  if (field === "queue" || field === "queues" || field === "exit_queue") return queueName(value);
  if (field === "role" && isWord(`role.${value}`)) return t(`role.${value}` as "role.agent");
  if ((field === "locale" || field === "languages") && isWord(`lang.${value}`))
    return t(`lang.${value}` as "lang.fa");
  if (field === "break_reasons") return word("break", value);
  if (field === "dispositions") return word("disposition", value);
  if (field === "channel" || field === "channels" || field === "auto_accept") return channelName(value);
  if (field === "strategy" && isWord(`strategy.${value}`))
    return t(`strategy.${value}` as "strategy.broadcast");
  if (field === "phone" && value === "browser") return t("phone.browser");
  if (field === "exit" && isWord(`exit.${value}`)) return t(`exit.${value}` as "exit.form");
  if (field.endsWith(".flow_id")) return flowName(value);
  if (field === "inbox" || field === "inboxes") return inboxName(value);
  const choice = `channel.${field}.${value}`;
  return isWord(choice) ? t(choice) : value;
}

/** The name of a channel. */
export function channelName(channel: string): string {
  const key = `channel.${channel}`;
  return isWord(key) ? t(key) : word("channel", channel);
}

/** The name of what an inbox leads to: one channel may speak to several messengers. */
export function kindName(channel: string, dialect: unknown): string {
  const key = `channel.${channel}.dialect.${dialect}`;
  return isWord(key) ? t(key) : channelName(channel);
}

/** A value of a field in words. */
export function valueText(field: string, value: unknown): string {
  if (value === null || value === undefined || value === "") return t("form.empty");
  if (value === "***") return t("word.hidden");
  if (typeof value === "boolean")
    return t(field === "bot_enabled" ? (value ? "word.on" : "word.off") : value ? "word.yes" : "word.no");
  if (typeof value === "number" && Number.isNaN(value)) return t("form.empty");
  if (typeof value === "number")
    return field.endsWith("_seconds")
      ? spanText(value)
      : field.includes(".")
        ? plainNumber(value)
        : number(value);
  if (isSecretValue(value)) return t(`secret.${value.secret}`);
  if (field.startsWith("step.")) return stepText(value as Step);
  if (field === "entry") return beginningText(value as Beginning);
  if (field === "entries") return beginningsText(value as Record<string, Beginning>);
  if (field === "locales") return (value as string[]).map((it) => one("languages", it)).join(t("word.and"));
  if (field === "rules") return rulesText(value as (Rule | DialRule)[]);
  if (field === "sentences") return (value as Sentence[]).map(sentenceText).join("\n") || t("form.empty");
  if (field === "slots") return (value as FormSlot[]).map(slotText).join("\n") || t("form.empty");
  if (field === "end") return endText(value as FormEnd);
  if (field === "turns" && Array.isArray(value)) return turnsText(value as Expected[]);
  if (field === "rings") return ringsText(value as Ring[]);
  if (Array.isArray(value))
    return value.length === 0
      ? t("form.empty")
      : value.map((it) => one(field, String(it))).join(t("word.and"));
  if (field === "calendar") return isCalendar(value) ? calendarText(value) : hoursName(String(value));
  if (field === "recording") return recordingText(value as Queue["recording"]);
  if (field === "wrap_up") return wrapUpText(value as Queue["wrap_up"]);
  if (field === "targets") return promisesText(value as Sla["targets"]);
  if (field === "skills") return skillsText(value as Record<string, number>);
  if (field === "target") return targetText(value as Queue["target"]);
  if (UNITS.has(field)) return unitsText(value as Record<string, number>);
  return typeof value === "object" ? JSON.stringify(value) : one(field, String(value));
}

function beginningsText(entries: Record<string, Beginning>): string {
  const said = Object.entries(entries).map(([number, it]) => `${number}: ${beginningText(it)}`);
  return said.length === 0 ? t("form.empty") : said.join("\n");
}

function skillsText(skills: Record<string, number>): string {
  const said = Object.entries(skills).map(
    ([skill, level]) => `${skill.replaceAll("_", " ")} ${number(level)}`,
  );
  return said.length === 0 ? t("form.empty") : said.join(t("word.and"));
}

function turnsText(turns: readonly Expected[]): string {
  return turns.map((one) => [one.text, one.intent, one.action].filter(Boolean).join(" · ")).join("\n");
}

function rulesText(rules: readonly (Rule | DialRule)[]): string {
  if (rules.length === 0) return t("form.empty");
  return rules.map((one) => ("allow" in one ? dialText(one) : routeText(one))).join("\n");
}

function routeText({ name, queue }: Rule): string {
  return `${name}: ${queue ? queueName(queue) : t("routes.queue.own")}`;
}

function dialText({ name, allow }: DialRule): string {
  return t("dialling.text", { name, does: t(allow ? "dialling.allowed" : "dialling.refused") });
}

/** When a rule holds: "by Website chat · vip = yes, gold"; null when always. */
export function whenText(when: Condition): string | null {
  const lists = [
    when.inboxes.map(inboxName),
    when.channels.map(channelName),
    when.locales.map((it) => one("languages", it)),
    when.intents,
  ];
  const said = [
    ...lists.filter((it) => it.length > 0).map((it) => it.join(t("word.or"))),
    ...Object.entries(when.attributes).map(([name, values]) => `${name} = ${values.join(t("word.or"))}`),
  ];
  if (when.calendar)
    said.push(
      t(when.open ? "routes.calendar.open" : "routes.calendar.closed", { name: hoursName(when.calendar) }),
    );
  return said.length === 0 ? null : said.join(" · ");
}

const UNITS = new Set(["costs", "parked_costs", "maxima"]);

function unitsText(units: Record<string, number>): string {
  const said = Object.entries(units).map(
    ([channel, n]) => `${channel === "*" ? t("units.others") : channelName(channel)} ${number(n)}`,
  );
  return said.length === 0 ? t("form.empty") : said.join(t("word.and"));
}

function targetText({ percent, seconds }: Queue["target"]): string {
  return t("queues.target.text", { percent, span: spanText(seconds) });
}

function recordingText({ mode, announced }: Queue["recording"]): string {
  const said = t(`recording.${mode}`);
  return announced && mode !== "none" ? t("recording.text.announced", { mode: said }) : said;
}

function wrapUpText({ mode, seconds, disposition_required }: Queue["wrap_up"]): string {
  const said = [mode === "none" ? t("wrap.none") : `${t(`wrap.${mode}`)} (${spanText(seconds)})`];
  if (disposition_required) said.push(t("wrap.required"));
  return said.join(t("word.and"));
}

/** What is promised: first answer 5 minutes, solved 1 day. */
export function promisesText(targets: Sla["targets"]): string {
  const said = PROMISES.flatMap((one) => {
    const seconds = targets[one];
    return seconds === undefined ? [] : [`${t(`promise.${one}`)} ${spanText(seconds)}`];
  });
  return said.length === 0 ? t("form.empty") : said.join(t("word.and"));
}

function ringsText(rings: Ring[]): string {
  if (rings.length === 0) return t("form.empty");
  return rings
    .map((ring, n) => {
      const until =
        n < rings.length - 1 ? `${spanText(ring.until_seconds)}: ` : n > 0 ? `${t("tryout.then")}: ` : "";
      const asked = ring.needs.map((one) => `${one.skill.replaceAll("_", " ")} ≥ ${number(one.level)}`);
      return until + ([...asked, ...ring.teams].join(t("word.and")) || t("queues.ring.anybody"));
    })
    .join("\n");
}

function calendarText(calendar: Calendar): string {
  if (calendar.always_open) return t("hours.always");
  return DAYS.map((day) => `${t(`day.${day}`)}: ${windowsText(calendar.week[day] ?? [])}`).join("\n");
}

export interface Line {
  label: string;
  before: string;
  after: string;
}

/** A change as lines that a person reads; a calendar's change becomes one line for each day. */
export function explain(field: string, before: unknown, after: unknown): Line[] {
  if (field === "calendar" && isCalendar(before) && isCalendar(after)) return explainCalendar(before, after);
  if (field === "sentences") return [explainSentences(before as Sentence[], after as Sentence[])];
  return [{ label: fieldText(field), before: valueText(field, before), after: valueText(field, after) }];
}

/** city: Which city? (an entity in the message) */
function slotText({ name, ask, fill }: FormSlot): string {
  return `${name}: ${ask[locale.value] ?? Object.values(ask)[0] ?? ""} (${t(`talks.fill.${fill}`)})`;
}

function endText({ kind, says, queue }: FormEnd): string {
  const said = [
    t(`talks.end.${kind}`),
    queue && queueName(queue),
    says[locale.value] ?? Object.values(says)[0],
  ];
  return said.filter(Boolean).join(" · ");
}

/** Only what goes and what comes: there may be thousands. */
function explainSentences(before: Sentence[], after: Sentence[]): Line {
  const { added, removed } = listDiff(before, after);
  return {
    label: fieldText("sentences"),
    before: valueText("sentences", removed),
    after: valueText("sentences", added),
  };
}

/** A sentence, its language and use where they say something, and its entities. */
function sentenceText({ text, split, marks }: Sentence): string {
  const letters = [...text];
  const marked = marks.map((one) => `${letters.slice(one.start, one.end).join("")} = ${one.entity}`);
  const more = [...(split === "test" ? [t("bot.split.test")] : []), ...marked];
  return more.length > 0 ? `${text} (${more.join(t("word.and"))})` : text;
}

function isCalendar(value: unknown): value is Calendar {
  return typeof value === "object" && value !== null && "week" in value;
}

function explainCalendar(before: Calendar, after: Calendar): Line[] {
  const lines: Line[] = [];
  if (before.always_open !== after.always_open) {
    lines.push({
      label: t("hours.always"),
      before: valueText("", before.always_open),
      after: valueText("", after.always_open),
    });
  }
  if (before.time_zone !== after.time_zone)
    lines.push({ label: t("hours.zone"), before: before.time_zone, after: after.time_zone });
  for (const day of DAYS) {
    const [was, is] = [before.week[day] ?? [], after.week[day] ?? []];
    if (!same(was, is))
      lines.push({ label: t(`day.${day}`), before: windowsText(was), after: windowsText(is) });
  }
  const { added, removed } = listDiff(before.holidays ?? [], after.holidays ?? []);
  if (added.length + removed.length > 0) {
    const text = (days: string[]) =>
      days.length === 0
        ? t("form.empty")
        : days.length > 4
          ? t("table.count", { n: days.length })
          : days.map(dayText).join(t("word.and"));
    lines.push({ label: t("holidays.title"), before: text(removed), after: text(added) });
  }
  return lines;
}
