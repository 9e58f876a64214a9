/** Puts a version before customers: its share, and the reason where a condition is not met. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { percent } from "../../../../ui/format";
import { botApi } from "../../botApi";
import type { Report } from "../../model/bot";
import { rollout, versions } from "../../store";
import { t } from "../../words";
import { versionName } from "./Answering";
import { Ask } from "./asked";
import { Gates } from "./ReportParts";

const SHARES = [100, 50, 20, 10, 5];
const SHORTEST_REASON = 10;

export function ActivateDialog({ report, onClose }: { report: Report; onClose: () => void }): JSX.Element {
  const [share, setShare] = useState(100);
  const [reason, setReason] = useState("");
  const [atOnce, setAtOnce] = useState(false);
  const unmet = report.gates.filter((one) => !one.passed);
  const now = rollout.data.value;
  const waits = now?.waits_for != null && now.loading === report.version.number;
  const asks = unmet.length > 0 || atOnce;
  const run = async () => {
    rollout.set(await botApi.activate(report.version.number, share, reason.trim(), atOnce));
    onClose();
    await versions.load();
  };
  return (
    <Ask
      title={t("activate.title", { n: report.version.number })}
      action={t("activate.do")}
      locked={asks && [...reason.trim()].length < SHORTEST_REASON}
      run={run}
      onClose={onClose}
    >
      <p>{t("activate.text")}</p>
      <label class="entry">
        <span class="entry-label">{t("activate.share")}</span>
        <select
          class="control control-unit"
          name="share"
          data-first
          value={String(share)}
          onChange={(event) => setShare(Number(event.currentTarget.value))}
        >
          {SHARES.map((one) => (
            <option key={one} value={String(one)}>
              {percent(one / 100)}
            </option>
          ))}
        </select>
      </label>
      {waits && (
        <label class="tick">
          <input
            type="checkbox"
            name="at_once"
            checked={atOnce}
            onChange={(event) => setAtOnce(event.currentTarget.checked)}
          />
          {t("activate.at_once", { n: now.talks, version: versionName(now.active) })}
        </label>
      )}
      {unmet.length > 0 && <Gates gates={unmet} />}
      {asks && (
        <label class="entry">
          <span class="entry-label">{t("activate.reason")}</span>
          <textarea
            class="control"
            rows={3}
            dir="auto"
            name="reason"
            value={reason}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
          <span class="entry-hint is-warned">
            {unmet.length > 0 && t("activate.reason.hint", { n: unmet.length })}{" "}
            {atOnce && t("activate.at_once.hint")}
          </span>
        </label>
      )}
    </Ask>
  );
}
