/** How sure a version was, rightly and wrongly, as a picture; and what a threshold would do, to try out. */
import type { JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { exactPercent, number, percent } from "../../../../ui/format";
import { locale } from "../../../../ui/i18n";
import type { Report } from "../../model/bot";
import { effectOf } from "../../model/confidence";
import { ticksOf } from "../../model/figures";
import { t } from "../../words";

const WIDTH = 400;
const HEIGHT = 160;
const LEFT = 34;
const FOOT = 22;

export function Confidence({ report }: { report: Report }): JSX.Element {
  const { bins } = report;
  const steps = bins.length;
  const [step, setStep] = useState(Math.round(report.threshold * steps));
  const id = useId();
  const effect = effectOf(bins, step);
  const at = percent(step / steps);
  const said = effect
    ? t("confidence.effect", { at, left: exactPercent(effect.left), wrong: exactPercent(effect.wrong) })
    : "";
  return (
    <div class="stack">
      <Picture bins={bins} step={step} />
      <ul class="legend" aria-hidden="true">
        <li>
          <i class="fate-contained" /> {t("confidence.right")}
        </li>
        <li>
          <i class="fate-lost" /> {t("confidence.wrong")}
        </li>
      </ul>
      <div class="entry">
        <label class="entry-label" for={id}>
          {t("confidence.threshold")} <b class="tabular">{at}</b>
        </label>
        <input
          id={id}
          class="threshold"
          type="range"
          name="threshold"
          min={0}
          max={steps}
          step={1}
          value={step}
          aria-valuetext={at}
          onInput={(event) => setStep(Number(event.currentTarget.value))}
        />
        <output class="effect" for={id}>
          {said}
        </output>
        <span class="entry-hint">{t("confidence.own", { at: percent(report.threshold) })}</span>
      </div>
      <details class="more">
        <summary>{t("figures.days.table")}</summary>
        <Table bins={bins} />
      </details>
    </div>
  );
}

/** Bars above the scale of confidence: right below, wrong on top; pale is what would not be answered. */
function Picture({ bins, step }: { bins: Report["bins"]; step: number }): JSX.Element {
  const rtl = locale.value === "fa";
  const most = Math.max(1, ...bins.map((one) => one.right + one.wrong));
  const wide = (WIDTH - LEFT - 12) / bins.length;
  const x = (from: number, size = 0) => (rtl ? WIDTH - from - size : from);
  const y = (n: number) => HEIGHT - (n / most) * (HEIGHT - 14);
  const cut = LEFT + step * wide;
  return (
    <div class="day-bars sure-bars">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT + FOOT}`} role="img" aria-label={t("report.thresholds")}>
        {ticksOf(most).map((one) => (
          <g key={one}>
            <line x1={x(LEFT)} x2={x(WIDTH - 12)} y1={y(one)} y2={y(one)} />
            <text x={x(LEFT - 6)} y={y(one) + 4} text-anchor={rtl ? "start" : "end"}>
              {number(one)}
            </text>
          </g>
        ))}
        {bins.map(({ right, wrong }, n) => {
          const left = x(LEFT + n * wide + 2, wide - 4);
          return (
            <g key={n} class={n < step ? "is-left" : ""}>
              <rect
                class="fate-contained"
                x={left}
                y={y(right)}
                width={wide - 4}
                height={HEIGHT - y(right)}
              />
              <rect
                class="fate-lost"
                x={left}
                y={y(right + wrong)}
                width={wide - 4}
                height={y(right) - y(right + wrong)}
              />
            </g>
          );
        })}
        {[0, 0.5, 1].map((share) => (
          <text
            key={share}
            x={x(LEFT + share * bins.length * wide)}
            y={HEIGHT + 16}
            text-anchor={share < 1 ? "middle" : rtl ? "start" : "end"}
          >
            {percent(share)}
          </text>
        ))}
        <line class="day-ground" x1={x(LEFT)} x2={x(WIDTH - 12)} y1={HEIGHT} y2={HEIGHT} />
        <line class="threshold-line" x1={x(cut)} x2={x(cut)} y1={0} y2={HEIGHT} />
      </svg>
    </div>
  );
}

function Table({ bins }: { bins: Report["bins"] }): JSX.Element {
  const names = [t("report.threshold"), t("confidence.left"), t("confidence.wrong.answers")];
  return (
    <div class="scores">
      <table class="table">
        <thead>
          <tr>
            {names.map((one) => (
              <th key={one} scope="col">
                {one}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {bins.map((_, step) => {
            const effect = effectOf(bins, step);
            return (
              <tr key={step}>
                <td class="tabular">{percent(step / bins.length)}</td>
                <td class="tabular" data-label={names[1]}>
                  {effect ? exactPercent(effect.left) : "–"}
                </td>
                <td class="tabular" data-label={names[2]}>
                  {effect ? exactPercent(effect.wrong) : "–"}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
