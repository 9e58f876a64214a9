/** The days as a picture: one bar each, stacked by what became of the conversations; the newest at the reading end. */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { number, shortDate } from "../../../../ui/format";
import { locale } from "../../../../ui/i18n";
import { barsOf, FATES, type NamedCount, ticksOf } from "../../model/figures";
import { t } from "../../words";

const WIDTH = 720;
const HEIGHT = 180;
const LEFT = 34;
const FOOT = 22;

/** Noon of a day, so that no zone makes it another one. */
export const noonOf = (day: string): number => Date.parse(`${day}T12:00:00`);

interface Props {
  days: readonly NamedCount[];
  picked: string;
  pick: (day: string) => void;
}

export function DayBars({ days, picked, pick }: Props): JSX.Element {
  const rtl = locale.value === "fa";
  const most = Math.max(1, ...days.map((one) => one.counted.stays));
  const slot = (WIDTH - LEFT) / days.length;
  const bar = Math.min(34, slot * 0.72);
  const x = (at: number, wide = 0) => (rtl ? WIDTH - at - wide : at);
  const y = (share: number) => HEIGHT - share * (HEIGHT - 12);
  const every = Math.ceil(days.length / 8);
  const bars = barsOf(days);
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Where the picture is wider than the screen, the newest days are seen first.
    if (frame.current) frame.current.scrollLeft = (rtl ? -1 : 1) * frame.current.scrollWidth;
  }, [days.length, rtl]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: where it is wider than the screen, keys must be able to move it
    <div class="day-bars" ref={frame} tabIndex={0}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT + FOOT}`} role="group" aria-label={t("figures.days")}>
        {ticksOf(most).map((one) => (
          <g key={one}>
            <line x1={x(LEFT)} x2={x(WIDTH)} y1={y(one / most)} y2={y(one / most)} />
            <text x={x(LEFT - 6)} y={y(one / most) + 4} text-anchor={rtl ? "start" : "end"}>
              {number(one)}
            </text>
          </g>
        ))}
        {days.map(({ name, counted }, n) => {
          const label = t("figures.day.said", {
            day: shortDate(noonOf(name)),
            n: counted.stays,
            contained: number(counted.contained),
          });
          const left = LEFT + n * slot;
          return (
            <g key={name}>
              {(days.length - 1 - n) % every === 0 && (
                <text
                  x={n < days.length - 1 ? x(left + slot / 2) : x(WIDTH)}
                  y={HEIGHT + 16}
                  text-anchor={n < days.length - 1 ? "middle" : rtl ? "start" : "end"}
                >
                  {shortDate(noonOf(name))}
                </text>
              )}
              <g
                class={`day-bar ${picked === name ? "is-here" : ""}`}
                role="button"
                tabIndex={0}
                aria-pressed={picked === name}
                aria-label={label}
                onClick={() => pick(name)}
                onKeyDown={(event) => {
                  if (event.key !== "Enter" && event.key !== " ") return;
                  event.preventDefault();
                  pick(name);
                }}
              >
                <title>{label}</title>
                <rect class="day-slot" x={x(left, slot)} y={0} width={slot} height={HEIGHT} />
                {(bars[n] ?? []).map((one) => (
                  <rect
                    key={one.fate}
                    class={`fate-${one.fate}`}
                    x={x(left + (slot - bar) / 2, bar)}
                    y={y(one.from + one.size)}
                    width={bar}
                    height={y(one.from) - y(one.from + one.size)}
                  />
                ))}
              </g>
            </g>
          );
        })}
        <line class="day-ground" x1={x(LEFT)} x2={x(WIDTH)} y1={HEIGHT} y2={HEIGHT} />
      </svg>
    </div>
  );
}

/** Which colour is which. */
export function Legend(): JSX.Element {
  return (
    <ul class="legend" aria-hidden="true">
      {FATES.map((one) => (
        <li key={one}>
          <i class={`fate-${one}`} />
          {t(`fate.${one}`)}
        </li>
      ))}
    </ul>
  );
}
