/** Holidays: chosen in a month of either calendar, or written; the list shows both dates. */
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { number } from "../../../ui/format";
import { locale } from "../../../ui/i18n";
import { Back, Close } from "../../../ui/icons";
import {
  type CalendarName,
  everyYear,
  holidayOn,
  isoOf,
  monthDays,
  parseDay,
  partsOf,
  plusDays,
  shiftMonth,
  sinceSaturday,
} from "../model/dates";
import { DAYS, localMoment } from "../model/hours";
import { t } from "../words";
import { Switch } from "./choices";
import { Ahead } from "./icons";
import { Adder } from "./Lists";
import { dayText, monthText, otherDayText } from "./say";

const MOST = 400;

interface HolidaysProps {
  days: readonly string[];
  readOnly: boolean;
  onChange: (days: string[]) => void;
}

function todayIso(): string {
  return localMoment(Date.now(), Intl.DateTimeFormat().resolvedOptions().timeZone).iso;
}

export function Holidays({ days, readOnly, onChange }: HolidaysProps): JSX.Element {
  const [calendar, setCalendar] = useState<CalendarName>(locale.peek() === "fa" ? "persian" : "gregory");
  const [each, setEach] = useState(false);
  const today = todayIso();
  const sorted = [...days].sort();
  const past = sorted.filter((one) => one < today);
  const coming = sorted.filter((one) => one >= today);
  const toggle = (iso: string) => {
    const there = holidayOn(days, iso);
    if (there) remove(there);
    else if (days.length < MOST) onChange([...days, each ? everyYear(iso, calendar) : iso].sort());
  };
  const remove = (day: string) => onChange(days.filter((one) => one !== day));
  const add = (text: string): string | null => {
    const iso = parseDay(text, calendar, today);
    if (!iso) return t("holidays.wrong", { example: example(calendar) });
    if (holidayOn(days, iso)) return t("holidays.already", { day: dayText(iso) });
    if (days.length >= MOST) return t("holidays.many");
    toggle(iso);
    return null;
  };
  return (
    <fieldset class="entry">
      <legend class="entry-label">{t("holidays.title")}</legend>
      <p class="entry-hint">{t("holidays.lead")}</p>
      <div class="holidays">
        {!readOnly && (
          <div class="holidays-choose">
            <div class="segments" role="group" aria-label={t("holidays.calendar")}>
              {(["persian", "gregory"] as const).map((one) => (
                <button
                  key={one}
                  type="button"
                  class="segment"
                  aria-pressed={calendar === one}
                  onClick={() => setCalendar(one)}
                >
                  {t(`holidays.${one}`)}
                </button>
              ))}
            </div>
            <Switch
              label={t("holidays.yearly")}
              hint={t("holidays.yearly.hint", { calendar: t(`holidays.${calendar}`) })}
              value={each}
              onChange={setEach}
            />
            <Month key={calendar} calendar={calendar} today={today} chosen={days} toggle={toggle} />
            <Adder
              label={`${t("holidays.type")} (${t(`holidays.type.${calendar}`)})`}
              action={t("holidays.add")}
              add={add}
            />
          </div>
        )}
        <div class="holidays-list">
          {days.length === 0 && <p class="quiet">{t("holidays.none")}</p>}
          <ul class="items">
            {coming.map((iso) => (
              <li key={iso}>
                <span class="list-text">
                  {dayText(iso)}
                  <small>{otherDayText(iso)}</small>
                </span>
                {!readOnly && (
                  <button
                    type="button"
                    class="icon-button"
                    aria-label={t("holidays.remove", { day: dayText(iso) })}
                    onClick={() => remove(iso)}
                  >
                    <Close size={16} />
                  </button>
                )}
              </li>
            ))}
          </ul>
          {past.length > 0 && (
            <p class="quiet">
              {t("holidays.past", { n: past.length })}{" "}
              {!readOnly && (
                <button type="button" class="link" onClick={() => onChange(coming)}>
                  {t("holidays.past.remove")}
                </button>
              )}
            </p>
          )}
        </div>
      </div>
    </fieldset>
  );
}

function example(calendar: CalendarName): string {
  return t(`holidays.type.${calendar}`).replace(/^\D+/, "");
}

interface MonthProps {
  calendar: CalendarName;
  today: string;
  chosen: readonly string[];
  toggle: (iso: string) => void;
}

/** A month, Saturday first. Arrows move by day and week, Page Up and Down by month, Enter or Space chooses. */
function Month({ calendar, today, chosen, toggle }: MonthProps): JSX.Element {
  const [at, setAt] = useState(today);
  const grid = useRef<HTMLDivElement>(null);
  const { year, month } = partsOf(at, calendar);
  const days = monthDays(year, month, calendar);
  const title = monthText(at, calendar);
  const go = (iso: string, focus: boolean) => {
    setAt(iso);
    if (focus)
      requestAnimationFrame(() => grid.current?.querySelector<HTMLElement>(`[data-day="${iso}"]`)?.focus());
  };
  const byMonth = (by: number, focus: boolean) => {
    const next = shiftMonth({ year, month }, by);
    const day = Math.min(partsOf(at, calendar).day, monthDays(next.year, next.month, calendar).length);
    const iso = isoOf({ ...next, day }, calendar);
    if (iso) go(iso, focus);
  };
  const onKey = (event: KeyboardEvent) => {
    const ahead = locale.peek() === "fa" ? -1 : 1;
    const steps: Record<string, number> = { ArrowRight: ahead, ArrowLeft: -ahead, ArrowDown: 7, ArrowUp: -7 };
    const by = steps[event.key];
    if (by !== undefined) go(plusDays(at, by), true);
    else if (event.key === "PageDown") byMonth(1, true);
    else if (event.key === "PageUp") byMonth(-1, true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="month">
      <div class="month-head">
        <button
          type="button"
          class="icon-button"
          aria-label={t("holidays.previous")}
          onClick={() => byMonth(-1, false)}
        >
          <Back size={17} />
        </button>
        <b aria-live="polite">{title}</b>
        <button
          type="button"
          class="icon-button"
          aria-label={t("holidays.next")}
          onClick={() => byMonth(1, false)}
        >
          <Ahead size={17} />
        </button>
      </div>
      <div class="month-grid month-names" aria-hidden="true">
        {DAYS.map((day) => (
          <span key={day}>{t(`day.short.${day}`)}</span>
        ))}
      </div>
      <div
        ref={grid}
        class="month-grid"
        role="group"
        aria-label={t("holidays.grid", { month: title })}
        onKeyDown={onKey}
      >
        {days.map((iso, n) => (
          <button
            key={iso}
            type="button"
            class={`month-day tabular ${iso === today ? "is-today" : ""} ${sinceSaturday(iso) === 6 ? "is-friday" : ""}`}
            style={n === 0 ? { gridColumnStart: sinceSaturday(iso) + 1 } : undefined}
            data-day={iso}
            tabIndex={iso === at ? 0 : -1}
            aria-pressed={holidayOn(chosen, iso) !== null}
            aria-label={dayText(iso)}
            onClick={() => {
              setAt(iso);
              toggle(iso);
            }}
          >
            {number(partsOf(iso, calendar).day)}
          </button>
        ))}
      </div>
    </div>
  );
}
