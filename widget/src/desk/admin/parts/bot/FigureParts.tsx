/** Parts of the bot's figures: the big ones with their definitions, reasons, languages, intents. All lead to conversations. */
import type { ComponentChildren, JSX } from "preact";
import { exactPercent, number } from "../../../../ui/format";
import { word } from "../../../i18n";
import { type BotFigures, type Counted, type NamedCount, PICKS, shareOf } from "../../model/figures";
import { query, setQuery } from "../../nav";
import { t } from "../../words";

export const NOT_UNDERSTOOD = "nlu_fallback";

export function intentName(name: string): string {
  return name === NOT_UNDERSTOOD ? t("figures.not_understood") : name;
}

const shareText = (share: number | null): string => (share === null ? "–" : exactPercent(share));

/** Narrows the list of conversations to those behind a figure. */
export function Pick(props: { what: Record<string, string>; children: ComponentChildren }): JSX.Element {
  const none = Object.fromEntries([...PICKS, ...Object.keys(props.what)].map((name) => [name, ""]));
  const whole: Record<string, string> = { ...none, ...props.what };
  const here =
    Object.keys(props.what).length > 0 &&
    Object.entries(whole).every(([name, value]) => (query.value[name] ?? "") === value);
  return (
    <button
      type="button"
      class={`figure-pick ${here ? "is-here" : ""}`}
      aria-pressed={here}
      onClick={() => setQuery(here ? none : whole)}
    >
      {props.children}
    </button>
  );
}

export function BigFigures({ total }: { total: Counted }): JSX.Element {
  const over = total.stays - total.running;
  const part = (n: number, of: number) => t("figures.share.of", { n, of: number(of) });
  const fates = (["contained", "handed_off", "lost"] as const).map((fate) => ({
    key: fate === "contained" ? ("containment" as const) : fate,
    figure: shareText(shareOf(total, fate)),
    part: part(total[fate], over),
    what: { fate },
  }));
  const all: {
    key: "stays" | "containment" | "handed_off" | "lost" | "missed";
    figure: string;
    part: string;
    what: Record<string, string>;
  }[] = [
    { key: "stays", figure: number(total.stays), part: "", what: {} },
    ...fates,
    {
      key: "missed",
      figure: shareText(total.fallback_rate),
      part: part(total.not_understood, total.turns),
      what: { intent: NOT_UNDERSTOOD },
    },
  ];
  return (
    <dl class="figures big-figures">
      {all.map((one) => (
        <div key={one.key} data-figure={one.key}>
          <dt>{t(`figures.${one.key}`)}</dt>
          <dd class="tabular">
            <Pick what={one.what}>
              <bdi>{one.figure}</bdi>
              {one.part && (
                <small>
                  <bdi>{one.part}</bdi>
                </small>
              )}
            </Pick>
          </dd>
          <dd class="figure-what">{t(`figures.${one.key}.what`)}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Reasons({ figures }: { figures: BotFigures }): JSX.Element {
  const most = Math.max(1, ...figures.reasons.map((one) => one.stays));
  if (figures.reasons.length === 0) return <p class="quiet">{t("figures.reasons.none")}</p>;
  return (
    <ul class="reason-bars">
      {figures.reasons.map((one) => (
        <li key={one.reason}>
          <Pick what={{ fate: "handed_off", reason: one.reason }}>
            {word("reason", one.reason)} <b class="tabular">{number(one.stays)}</b>
          </Pick>
          <span class="reason-bar" aria-hidden="true">
            <i style={{ inlineSize: `${(one.stays / most) * 100}%` }} />
          </span>
        </li>
      ))}
    </ul>
  );
}

interface CountsProps {
  first: string;
  rows: readonly NamedCount[];
  name: (one: NamedCount) => ComponentChildren;
  /** What narrows the list to a row. */
  what: (one: NamedCount) => Record<string, string>;
  missed?: boolean;
}

/** Days, languages or intents as a table. */
export function Counts({ first, rows, name, what, missed = true }: CountsProps): JSX.Element {
  const cell = (one: NamedCount, fate: "contained" | "handed_off" | "lost") => (
    <>
      <Pick what={{ ...what(one), fate }}>{number(one.counted[fate])}</Pick>{" "}
      <small class="quiet">{shareText(shareOf(one.counted, fate))}</small>
    </>
  );
  return (
    <div class="scores">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{first}</th>
            <th scope="col">{t("stays.title")}</th>
            {(["contained", "handed_off", "lost"] as const).map((fate) => (
              <th key={fate} scope="col">
                {t(`fate.${fate}`)}
              </th>
            ))}
            <th scope="col">{t("figures.turns")}</th>
            {missed && <th scope="col">{t("figures.missed")}</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map((one) => (
            <tr key={one.name}>
              <td>
                <Pick what={what(one)}>{name(one)}</Pick>
              </td>
              <td class="tabular" data-label={t("stays.title")}>
                {number(one.counted.stays)}
              </td>
              {(["contained", "handed_off", "lost"] as const).map((fate) => (
                <td key={fate} class="tabular" data-label={t(`fate.${fate}`)}>
                  {cell(one, fate)}
                </td>
              ))}
              <td class="tabular" data-label={t("figures.turns")}>
                {number(one.counted.turns)}
              </td>
              {missed && (
                <td class="tabular" data-label={t("figures.missed")}>
                  {shareText(one.counted.fallback_rate)}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
