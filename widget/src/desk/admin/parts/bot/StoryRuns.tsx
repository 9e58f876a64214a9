/** How a version did with the pinned conversations: the failed ones first, each message with what was made of it. */
import type { JSX } from "preact";
import { percent } from "../../../../ui/format";
import { Alert, Check, Retry } from "../../../../ui/icons";
import { botApi } from "../../botApi";
import type { Version } from "../../model/bot";
import { type StoryRun, worstFirst } from "../../model/stories";
import { versions } from "../../store";
import { isWord, t } from "../../words";
import { useAct } from "../useAct";
import { Wrong } from "../Wrong";
import { intentName } from "./FigureParts";

/** Has a version tried with the pinned conversations as they are now. */
export function TellAgain({ version }: { version: Version }): JSX.Element {
  const [busy, act] = useAct();
  const tell = () => act(() => botApi.tellPins(version.number).then(versions.load));
  const key = `versions.failure.${version.pins_failure}`;
  const why = isWord(key) ? t(key) : version.pins_failure;
  return (
    <div class="control-row">
      <button
        type="button"
        class="button"
        disabled={busy || version.pins_wanted || version.pruned}
        onClick={() => void tell()}
      >
        <Retry size={16} />
        {t("runs.again")}
      </button>
      <span class="quiet" role="status">
        {version.pins_wanted && t("runs.again.wait")}
      </span>
      {version.pins_failure && <span class="is-warned">{t("runs.again.failed", { why })}</span>}
    </div>
  );
}

export function StoryRuns({ runs }: { runs: readonly StoryRun[] }): JSX.Element {
  if (runs.length === 0) return <p class="quiet">{t("runs.none")}</p>;
  return (
    <ul class="runs">
      {worstFirst(runs).map((one) => (
        <li key={one.id}>
          <details class="more" open={!one.passed}>
            <summary>
              <span class={`verdict ${one.passed ? "is-good" : "is-bad"}`}>
                {one.passed ? <Check size={16} /> : <Alert size={16} />}
                {t(one.passed ? "runs.passed" : "runs.failed")}
              </span>
              <bdi>{one.name}</bdi>
            </summary>
            <ol class="readings">
              {one.turns.map((turn, n) => (
                <Turn key={n} turn={turn} />
              ))}
            </ol>
            {one.error && <Wrong>{t("runs.untold", { error: one.error })}</Wrong>}
          </details>
        </li>
      ))}
    </ul>
  );
}

function Turn({ turn }: { turn: StoryRun["turns"][number] }): JSX.Element {
  const { expected, told, passed } = turn;
  const alone = (text: string) => `\u2068${text}\u2069`;
  const wanted = [expected.intent && intentName(expected.intent), expected.action].filter(Boolean).map(alone);
  return (
    <li>
      <bdi lang={expected.lang}>{expected.text}</bdi>
      <span class="quiet">
        {t("runs.said", {
          intent: alone(intentName(told.intent) || t("runs.nothing")),
          confidence: percent(told.confidence),
          actions: told.actions.length > 0 ? told.actions.map(alone).join(" · ") : t("runs.nothing"),
        })}
      </span>
      {!passed && <span class="is-warned">{t("runs.wanted", { wanted: wanted.join(" · ") })}</span>}
    </li>
  );
}
