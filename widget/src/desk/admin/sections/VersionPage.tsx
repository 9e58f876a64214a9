/** One version: its training, its report, what changed, a chat to try it, and the way to customers. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { dateTime, number as figure } from "../../../ui/format";
import { Spark } from "../../../ui/icons";
import { botApi } from "../botApi";
import type { Report, Version } from "../model/bot";
import { query, setQuery } from "../nav";
import { ActivateDialog } from "../parts/bot/Activate";
import { Answering } from "../parts/bot/Answering";
import { Confidence } from "../parts/bot/Confidence";
import { Confusion } from "../parts/bot/Confusion";
import { Difference } from "../parts/bot/Difference";
import { History } from "../parts/bot/History";
import { failureText, moves, Progress, stateText, useFollowing } from "../parts/bot/progress";
import { Figures, Gates, Readings, Scores, Thresholds, Wrongs } from "../parts/bot/ReportParts";
import { StoryRuns, TellAgain } from "../parts/bot/StoryRuns";
import { TryChat } from "../parts/bot/TryChat";
import { Block, LoadFailed, Page, Waiting } from "../parts/Page";
import { useAct } from "../parts/useAct";
import { useFetched } from "../parts/useFetched";
import { rollout, versions } from "../store";
import { t } from "../words";

/** What of a version changes its report and its history. */
const outcome = (one: Version) => [one.state, one.role, one.pins_wanted].join(" ");

export function VersionPage({ number }: { number: number }): JSX.Element {
  useFollowing();
  const found = useFetched(() => botApi.report(number));
  const live = versions.data.value?.versions.find((one) => one.number === number);
  const known = found.data?.version;
  const version = live ?? known;
  // The report comes with the end of the training.
  useEffect(() => {
    if (live && known && outcome(live) !== outcome(known)) void found.load();
  }, [live && outcome(live), known && outcome(known)]);
  if (!found.data || !version)
    return (
      <Page title={t("versions.number", { n: number })} parent="versions">
        {found.error ? <LoadFailed error={found.error} retry={() => void found.load()} /> : <Waiting />}
      </Page>
    );
  return <VersionView version={version} report={found.data} />;
}

/** Keeps the model when old ones are removed. */
function Pin({ version }: { version: Version }): JSX.Element {
  const [busy, act] = useAct();
  const turn = () => act(() => botApi.pin(version.number, !version.pinned).then(versions.load));
  return (
    <button
      type="button"
      class="button"
      aria-pressed={version.pinned}
      disabled={busy}
      onClick={() => void turn()}
    >
      {t(version.pinned ? "versions.unpin" : "versions.pin")}
    </button>
  );
}

const ASKS = {
  "": "activate.ask",
  loading: "activate.ask",
  previous: "activate.ask",
  active: "activate.share.change",
  waiting: "versions.hurry",
} as const;

function VersionView({ version, report }: { version: Version; report: Report }): JSX.Element {
  const [asks, setAsks] = useState(false);
  const ready = version.state === "ready" && report.version.state === "ready";
  const loaded = version.role === "active" || version.role === "previous";
  return (
    <Page
      title={t("versions.number", { n: version.number })}
      parent="versions"
      lead={
        <>
          {t("versions.made", { name: `\u2068${version.by_name}\u2069`, when: dateTime(version.at) })}
          {version.note && (
            <>
              {" · "}
              <bdi>{version.note}</bdi>
            </>
          )}
        </>
      }
      actions={
        ready &&
        !version.pruned && (
          <>
            <Pin version={version} />
            <button
              type="button"
              class="button button-main"
              disabled={version.role === "loading"}
              onClick={() => setAsks(true)}
            >
              <Spark size={16} />
              {t(ASKS[version.role])}
            </button>
          </>
        )
      }
    >
      {version.pruned && <p class="remark">{t("versions.pruned.text")}</p>}
      {rollout.data.value && <Answering now={rollout.data.value} />}
      {moves(version) && (
        <div class="training-run">
          <Progress version={version} lastSeconds={versions.data.value?.last_seconds ?? 0} />
        </div>
      )}
      {version.state === "failed" && (
        <div class="flaws is-bad" role="status">
          <h2>{failureText(version)}</h2>
          {version.failure_text && <pre dir="ltr">{version.failure_text}</pre>}
        </div>
      )}
      {version.state === "cancelled" && <p class="remark">{stateText(version)}</p>}
      {ready ? (
        <ReportView report={report} version={version} loaded={loaded} />
      ) : (
        <History version={report.version} />
      )}
      {asks && <ActivateDialog report={report} onClose={() => setAsks(false)} />}
    </Page>
  );
}

function ReportView(props: { report: Report; version: Version; loaded: boolean }): JSX.Element {
  const { report, version, loaded } = props;
  const { intent = "", predicted = "" } = query.value;
  const wrong = report.errors.filter(
    (one) => (!intent || one.intent === intent) && (!predicted || one.predicted === predicted),
  );
  const pick = (meant: string, taken: string) =>
    setQuery(
      meant === intent && taken === predicted
        ? { intent: "", predicted: "" }
        : { intent: meant, predicted: taken },
    );
  return (
    <>
      <div class="report-top">
        <div class="stack">
          <Figures report={report} />
          <Gates gates={report.gates} />
          {report.version.base > 0 && (
            <>
              <Readings title={t("report.fixed", { n: report.fixed.length })} all={report.fixed} />
              <Readings title={t("report.broken", { n: report.broken.length })} all={report.broken} />
            </>
          )}
        </div>
        {version.pruned && !loaded ? (
          <p class="remark try-away">{t("try.pruned")}</p>
        ) : (
          <TryChat number={report.version.number} loaded={loaded} />
        )}
      </div>
      <History version={report.version} />
      <Block title={t("runs.title")} lead={t("runs.lead")}>
        <StoryRuns runs={report.stories} />
        {report.gates.some((one) => one.name === "untold" && one.figure > 0) || report.stories.length > 0 ? (
          <TellAgain version={version} />
        ) : null}
      </Block>
      <Block title={t("report.confusion")} lead={t("report.confusion.lead")}>
        {report.confused.length > 0 ? (
          <Confusion report={report} picked={{ intent, predicted }} pick={pick} />
        ) : (
          <p class="quiet">{t("report.confusion.none")}</p>
        )}
      </Block>
      <Block title={t("report.wrong")} lead={t("report.wrong.lead")}>
        {(intent || predicted) && (
          <p class="control-row">
            <span>{t("report.picked", { intent, predicted, n: wrong.length })}</span>
            <button type="button" class="button" onClick={() => setQuery({ intent: "", predicted: "" })}>
              {t("report.all", { n: figure(report.errors.length) })}
            </button>
          </p>
        )}
        <Wrongs key={`${intent}/${predicted}`} all={wrong} />
      </Block>
      <Block title={t("report.scores")} lead={t("report.scores.lead")}>
        <Scores report={report} />
      </Block>
      <Block title={t("report.thresholds")} lead={t("report.thresholds.lead")}>
        {report.bins.length > 0 ? <Confidence report={report} /> : <Thresholds all={report.thresholds} />}
      </Block>
      <Difference number={report.version.number} />
    </>
  );
}
