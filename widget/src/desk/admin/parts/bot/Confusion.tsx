/** What was taken for what, as a picture: rows are what was meant, columns what the version took it for. */
import type { JSX } from "preact";
import { number } from "../../../../ui/format";
import { locale } from "../../../../ui/i18n";
import { confusionOf } from "../../model/confusion";
import { t } from "../../words";

const CELL = 26;
const LETTER = 7;
const MOST_LETTERS = 20;

const short = (name: string) =>
  [...name].length > MOST_LETTERS ? `${[...name].slice(0, MOST_LETTERS - 1).join("")}…` : name;

interface Props {
  report: Parameters<typeof confusionOf>[0];
  picked: { intent: string; predicted: string };
  pick: (intent: string, predicted: string) => void;
}

export function Confusion({ report, picked, pick }: Props): JSX.Element {
  const { names, cells, most } = confusionOf(report);
  const room = LETTER * Math.max(0, ...names.map((one) => [...short(one)].length)) + 14;
  const width = room + names.length * CELL + 8;
  const height = room + names.length * CELL + 8;
  const rtl = locale.value === "fa";
  // The picture is drawn from the side on which reading begins.
  const x = (at: number, wide = 0) => (rtl ? width - at - wide : at);
  return (
    <div class="confusion" dir="ltr">
      <svg
        width={width}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        role="group"
        aria-label={t("report.confusion")}
      >
        {names.map((name, n) => {
          const at = room + n * CELL;
          return (
            <g key={name} class="confusion-name">
              <title>{name}</title>
              <text x={x(room - 8)} y={at + 17} text-anchor={rtl ? "start" : "end"}>
                {short(name)}
              </text>
              <text
                transform={`translate(${x(at + CELL / 2) + 4} ${room - 8}) rotate(-90)`}
                text-anchor="start"
              >
                {short(name)}
              </text>
              <rect
                x={x(room, names.length * CELL)}
                y={at}
                width={names.length * CELL}
                height={CELL}
                class="confusion-row"
              />
            </g>
          );
        })}
        {cells.map(({ row, column, times, share }) => {
          const intent = names[row] ?? "";
          const predicted = names[column] ?? "";
          const right = row === column;
          const here = picked.intent === intent && picked.predicted === predicted;
          const label = t(right ? "report.cell.right" : "report.cell.wrong", { n: times, intent, predicted });
          const left = x(room + column * CELL, CELL);
          const square = (
            <>
              <title>{label}</title>
              <rect
                x={left + 1}
                y={room + row * CELL + 1}
                width={CELL - 2}
                height={CELL - 2}
                rx={4}
                class={right ? "is-right" : "is-wrong"}
                style={{ fillOpacity: 0.12 + 0.43 * (right ? share : times / most) }}
              />
              <text x={left + CELL / 2} y={room + row * CELL + 17} text-anchor="middle" class="tabular">
                {number(times)}
              </text>
            </>
          );
          if (right) return <g key={`${row}/${column}`}>{square}</g>;
          return (
            <g
              key={`${row}/${column}`}
              class={`confusion-cell ${here ? "is-here" : ""}`}
              role="button"
              tabIndex={0}
              aria-pressed={here}
              aria-label={label}
              onClick={() => pick(intent, predicted)}
              onKeyDown={(event) => {
                if (event.key !== "Enter" && event.key !== " ") return;
                event.preventDefault();
                pick(intent, predicted);
              }}
            >
              {square}
            </g>
          );
        })}
      </svg>
    </div>
  );
}
