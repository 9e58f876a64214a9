/** Business hours: always open or a week of windows, a time zone, and holidays. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { number } from "../../../ui/format";
import { locale } from "../../../ui/i18n";
import { Close, Plus } from "../../../ui/icons";
import { Menu } from "../../parts/Menu";
import { persian } from "../model/digits";
import {
  addWindow,
  copyDay,
  DAYS,
  MOST_WINDOWS,
  minutesPerWeek,
  openAt,
  parseClock,
  WORKING_DAYS,
  windowProblems,
} from "../model/hours";
import type { Calendar, Day, Window } from "../model/records";
import { t } from "../words";
import { Switch } from "./choices";
import { Frame } from "./fields";
import { Holidays } from "./Holidays";
import { Copy } from "./icons";
import { clockText, windowsText } from "./say";
import type { Bound } from "./useDraft";
import { Wrong } from "./Wrong";

const COMMON_ZONES = [
  "Asia/Tehran",
  "Asia/Dubai",
  "Asia/Baghdad",
  "Asia/Kabul",
  "Europe/Istanbul",
  "Europe/Berlin",
  "Europe/London",
  "America/Toronto",
  "UTC",
];

export function HoursEditor(bound: Bound<Calendar>): JSX.Element {
  const { value, readOnly } = bound;
  const change = (part: Partial<Calendar>) => bound.onChange({ ...value, ...part });
  return (
    <div class="hours">
      <Switch
        label={t("hours.always")}
        hint={t("hours.always.hint")}
        value={value.always_open}
        readOnly={readOnly}
        onChange={(always_open) => change({ always_open })}
      />
      {!value.always_open && (
        <>
          <Zone value={value.time_zone} readOnly={readOnly} onChange={(time_zone) => change({ time_zone })} />
          <fieldset class="entry">
            <legend class="entry-label">{t("hours.week")}</legend>
            <div class="week">
              {DAYS.map((day) => (
                <DayRow
                  key={day}
                  day={day}
                  week={value.week}
                  readOnly={readOnly}
                  onChange={(week) => change({ week })}
                />
              ))}
            </div>
            <NowLine calendar={value} />
          </fieldset>
          <Holidays days={value.holidays} readOnly={readOnly} onChange={(holidays) => change({ holidays })} />
        </>
      )}
      <Wrong>{bound.problem}</Wrong>
    </div>
  );
}

function Zone({
  value,
  readOnly,
  onChange,
}: {
  value: string;
  readOnly: boolean;
  onChange: (zone: string) => void;
}): JSX.Element {
  const all = typeof Intl.supportedValuesOf === "function" ? Intl.supportedValuesOf("timeZone") : [];
  const known = COMMON_ZONES.includes(value) || all.includes(value);
  const option = (zone: string) => (
    <option key={zone} value={zone}>
      {zone.replaceAll("_", " ")}
    </option>
  );
  return (
    <Frame label={t("hours.zone")} problem={null}>
      {(wiring) => (
        <select
          {...wiring}
          class="control"
          dir="ltr"
          value={value}
          disabled={readOnly}
          onChange={(event) => onChange(event.currentTarget.value)}
        >
          {!known && option(value)}
          <optgroup label={t("hours.zone.common")}>{COMMON_ZONES.map(option)}</optgroup>
          <optgroup label={t("hours.zone.all")}>
            {all.filter((one) => !COMMON_ZONES.includes(one)).map(option)}
          </optgroup>
        </select>
      )}
    </Frame>
  );
}

/** Whether it is open now, and how many hours a week. */
function NowLine({ calendar }: { calendar: Calendar }): JSX.Element {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  const total = minutesPerWeek(calendar.week);
  const { open, until, why } = openAt(calendar, now);
  const words = open
    ? until
      ? t("hours.now.until", { time: clockText(until) })
      : t("hours.now.open")
    : t(why === "holiday" ? "hours.now.holiday" : "hours.now.closed");
  return (
    <p class={`now-line ${total === 0 ? "is-warned" : ""}`} role="status">
      <i class={`status-dot ${open ? "is-on" : "is-off"}`} />
      {words}
      <span class="quiet">
        {total === 0 ? t("hours.none") : t("hours.total", { hours: number(total / 60) })}
      </span>
    </p>
  );
}

interface DayProps {
  day: Day;
  week: Calendar["week"];
  readOnly: boolean;
  onChange: (week: Calendar["week"]) => void;
}

function DayRow({ day, week, readOnly, onChange }: DayProps): JSX.Element {
  const windows = week[day] ?? [];
  const problems = windowProblems(windows);
  const name = t(`day.${day}`);
  const set = (next: Window[]) => onChange({ ...week, [day]: next });
  const worst = problems.find((one) => one !== null);
  const full = windows.length >= MOST_WINDOWS || addWindow(windows).length === windows.length;
  if (readOnly) {
    return (
      <div class="weekday">
        <span class="day-name">{name}</span>
        <span class="day-windows tabular">{windowsText(windows)}</span>
      </div>
    );
  }
  return (
    <div class="weekday">
      <div class="day-name">
        <Switch
          bare
          label={t("hours.day.toggle", { day: name })}
          value={windows.length > 0}
          onChange={(open) => set(open ? addWindow([]) : [])}
        />
        <span aria-hidden="true">{name}</span>
      </div>
      <div class="day-windows">
        {windows.length === 0 && <span class="quiet">{t("hours.day.closed")}</span>}
        {windows.map(([from, to], n) => (
          <span key={n} class="window">
            <ClockInput
              label={t("hours.from", { day: name })}
              value={from}
              wrong={problems[n] !== null}
              onChange={(next) => set(windows.map((one, k) => (k === n ? [next, one[1]] : one)))}
            />
            <span aria-hidden="true">{t("hours.until")}</span>
            <ClockInput
              label={t("hours.to", { day: name })}
              value={to}
              wrong={problems[n] !== null}
              onChange={(next) => set(windows.map((one, k) => (k === n ? [one[0], next] : one)))}
            />
            <button
              type="button"
              class="icon-button"
              aria-label={t("hours.remove", { from: clockText(from), to: clockText(to) })}
              onClick={() => set(windows.filter((_, k) => k !== n))}
            >
              <Close size={15} />
            </button>
          </span>
        ))}
        {worst && <Wrong>{t(`hours.problem.${worst}`)}</Wrong>}
      </div>
      <div class="day-tools">
        <button
          type="button"
          class="icon-button"
          aria-label={t("hours.add", { day: name })}
          title={t("hours.add", { day: name })}
          disabled={full}
          onClick={() => set(addWindow(windows))}
        >
          <Plus size={17} />
        </button>
        <CopyDay day={day} week={week} onChange={onChange} />
      </div>
    </div>
  );
}

function CopyDay({ day, week, onChange }: Omit<DayProps, "readOnly">): JSX.Element {
  const [open, setOpen] = useState(false);
  const label = t("hours.copy", { day: t(`day.${day}`) });
  const to = (days: readonly Day[]) => () => onChange(copyDay(week, day, days));
  return (
    <div class="menu-anchor">
      <button
        type="button"
        class="icon-button"
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Copy size={17} />
      </button>
      {open && (
        <Menu
          label={label}
          place="below-end"
          onClose={() => setOpen(false)}
          items={[
            {
              key: "open",
              label: t("hours.copy.open"),
              run: to(DAYS.filter((one) => (week[one] ?? []).length > 0)),
            },
            { key: "working", label: t("hours.copy.working"), run: to(WORKING_DAYS) },
            { key: "all", label: t("hours.copy.all"), run: to(DAYS) },
          ]}
        />
      )}
    </div>
  );
}

/** A time as people type it; it takes its one form when the field is left. */
function ClockInput(props: {
  label: string;
  value: string;
  wrong: boolean;
  onChange: (value: string) => void;
}): JSX.Element {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <input
      class="control clock"
      dir="ltr"
      inputMode="numeric"
      autocomplete="off"
      aria-label={props.label}
      aria-invalid={props.wrong || undefined}
      value={typed ?? (locale.value === "fa" ? persian(props.value) : props.value)}
      onFocus={(event) => event.currentTarget.select()}
      onInput={(event) => setTyped(event.currentTarget.value)}
      onBlur={() => {
        if (typed === null) return;
        setTyped(null);
        props.onChange(parseClock(typed) ?? typed.trim().slice(0, 5));
      }}
    />
  );
}
