/** Parts of a version's report: figures, intents, thresholds, sentences. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { exactPercent, number, percent } from "../../../../ui/format";
import { Alert, Check, Minus } from "../../../../ui/icons";
import type { Gate, Reading, Report, Threshold, Wrong } from "../../model/bot";
import { follow, hrefOf } from "../../nav";
import { t } from "../../words";

const SHOWN = 50;
const SCORES = 10;

/** The name of an intent that leads to it. */
export function IntentLink({ name }: { name: string }): JSX.Element {
  if (!name || name === "nlu_fallback") return <span class="quiet">{t("report.nothing")}</span>;
  return (
    <a href={hrefOf("intents", name)} onClick={(event) => follow(event, "intents", name)}>
      <bdi>{name}</bdi>
    </a>
  );
}

export function Figures({ report }: { report: Report }): JSX.Element {
  const { accuracy, macro_f1, n_train, n_test } = report.version;
  const all: [string, string][] = [
    [t("report.accuracy"), accuracy === null ? "–" : exactPercent(accuracy)],
    [t("report.f1"), macro_f1 === null ? "–" : exactPercent(macro_f1)],
    ...Object.entries(report.per_lang).map(([lang, share]): [string, string] => [
      t("report.accuracy.in", { lang: t(lang === "fa" ? "lang.fa" : "lang.en") }),
      exactPercent(share),
    ]),
    [t("report.train"), number(n_train)],
    [t("report.test"), number(n_test)],
  ];
  return (
    <dl class="figures">
      {all.map(([name, figure]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd class="tabular">{figure}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A condition of activation with its figures. */
export function gateText(one: Gate): string {
  if (!one.compared && (one.name === "f1_drop" || one.name === "broken"))
    return t(`report.gate.${one.name}.none`);
  const say = one.name === "accuracy" || one.name === "f1_drop" ? exactPercent : number;
  return t(`report.gate.${one.name}`, { figure: say(one.figure), wanted: say(one.wanted) });
}

/** The conditions of activation, met or not. */
export function Gates({ gates }: { gates: readonly Gate[] }): JSX.Element {
  return (
    <ul class="findings">
      {gates.map((one) => (
        <li key={one.name} class={one.compared ? (one.passed ? "is-good" : "is-bad") : "quiet"}>
          {one.compared ? one.passed ? <Check size={16} /> : <Alert size={16} /> : <Minus size={16} />}
          <div>{gateText(one)}</div>
        </li>
      ))}
    </ul>
  );
}

/** Precision, recall and F1 of each intent, the worst first. */
export function Scores({ report }: { report: Report }): JSX.Element {
  const [whole, setWhole] = useState(false);
  const rows = Object.entries(report.per_intent).sort((a, b) => a[1].f1 - b[1].f1);
  const shown = whole ? rows : rows.slice(0, SCORES);
  return (
    <div class="scores">
      {report.untested.length > 0 && <Untested names={report.untested} />}
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{t("bot.intent")}</th>
            <th scope="col">{t("report.precision")}</th>
            <th scope="col">{t("report.recall")}</th>
            <th scope="col">F1</th>
            <th scope="col">{t("report.support")}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(([name, one]) => (
            <tr key={name}>
              <td>
                <IntentLink name={name} />
              </td>
              <td class="tabular" data-label={t("report.precision")}>
                {percent(one.precision)}
              </td>
              <td class="tabular" data-label={t("report.recall")}>
                {percent(one.recall)}
              </td>
              <td class={`tabular ${one.f1 < 0.7 ? "is-warned" : ""}`} data-label="F1">
                {percent(one.f1)}
              </td>
              <td class="tabular" data-label={t("report.support")}>
                {number(one.support)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > shown.length && (
        <button type="button" class="button" onClick={() => setWhole(true)}>
          {t("report.more", { n: rows.length - shown.length })}
        </button>
      )}
    </div>
  );
}

/** The intents of which no sentence was tested, so that no figure speaks of them. */
function Untested({ names }: { names: readonly string[] }): JSX.Element {
  return (
    <p class="untested">
      {t("report.untested")}{" "}
      {names.map((name) => (
        <span key={name}>
          <IntentLink name={name} />{" "}
        </span>
      ))}
      <span>{t("report.untested.hint")}</span>
    </p>
  );
}

/** What a threshold of confidence would do: how much is answered, and how much of that is right. */
export function Thresholds({ all }: { all: readonly Threshold[] }): JSX.Element {
  return (
    <div class="scores">
      <table class="table thresholds">
        <thead>
          <tr>
            <th scope="col">{t("report.threshold")}</th>
            <th scope="col">{t("report.answered")}</th>
            <th scope="col">{t("report.right")}</th>
          </tr>
        </thead>
        <tbody>
          {all.map((one) => (
            <tr key={one.threshold}>
              <td class="tabular">{percent(one.threshold)}</td>
              <td class="tabular" data-label={t("report.answered")}>
                <meter min={0} max={1} value={one.answered} /> {percent(one.answered)}
              </td>
              <td class="tabular" data-label={t("report.right")}>
                <meter min={0} max={1} value={one.right} /> {percent(one.right)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Sentences of the test set that were taken for something else. */
export function Wrongs({ all }: { all: readonly Wrong[] }): JSX.Element {
  const [whole, setWhole] = useState(false);
  const shown = whole ? all : all.slice(0, SHOWN);
  if (all.length === 0) return <p class="quiet">{t("report.wrong.none")}</p>;
  return (
    <>
      <ul class="readings">
        {shown.map((one, n) => (
          <li key={n}>
            <bdi lang={one.lang}>{one.text}</bdi>
            <span class="quiet">
              {t("report.meant")} <IntentLink name={one.intent} /> · {t("report.taken")}{" "}
              <IntentLink name={one.predicted} /> <span class="tabular">{percent(one.confidence)}</span>
            </span>
          </li>
        ))}
      </ul>
      {all.length > shown.length && (
        <button type="button" class="button" onClick={() => setWhole(true)}>
          {t("report.more", { n: all.length - shown.length })}
        </button>
      )}
    </>
  );
}

/** Sentences that this version reads differently from the live one. */
export function Readings({ title, all }: { title: string; all: readonly Reading[] }): JSX.Element {
  return (
    <details class="more" open={all.length > 0 && all.length <= 10}>
      <summary>{title}</summary>
      <ul class="readings">
        {all.map((one, n) => (
          <li key={n}>
            <bdi>{one.text}</bdi>
            <span class="quiet">
              {t("report.before")} <IntentLink name={one.before} /> · {t("report.after")}{" "}
              <IntentLink name={one.after} />
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
