/** Which version answers customers, by name, and the way back to the one before. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { percent, span } from "../../../../ui/format";
import { Alert, Close, Retry } from "../../../../ui/icons";
import { toast } from "../../../toasts";
import { ApiError } from "../../api";
import { botApi } from "../../botApi";
import type { Rollout } from "../../model/bot";
import { rollout, versions } from "../../store";
import { refusalText, t } from "../../words";

/** The number of a version in words; 0 is the one of the product. */
export function versionName(n: number): string {
  return n === 0 ? t("versions.built_in") : t("versions.number", { n });
}

/** How far a version is on its way to customers. */
function wayText(now: Rollout, number: number): string {
  const version = versionName(number);
  if (now.returns) return t("versions.returns", { version });
  if (now.waits_for !== null) {
    const other = versionName(now.waits_for);
    return now.talks > 0
      ? t("versions.waits", { version, other, n: now.talks })
      : t("versions.waits.soon", { version, other });
  }
  const since = Math.max(0, Date.now() - (now.loading_since ?? Date.now()));
  return t("versions.loading", { version, span: span(since) });
}

/** Which version answers whom, and the way back. */
export function Answering({ now }: { now: Rollout }): JSX.Element {
  const [busy, setBusy] = useState(false);
  const act = async (what: () => Promise<Rollout>, done: string) => {
    setBusy(true);
    try {
      rollout.set(await what());
      await versions.load();
      toast(done);
    } catch (error) {
      toast(refusalText(error instanceof ApiError ? error.code : "unknown"), "error");
    } finally {
      setBusy(false);
    }
  };
  const other = Object.values(now.slots).find((one) => one !== now.active && one !== now.loading);
  const shared = now.share < 100 && other !== undefined;
  const main = Math.max(now.share, 100 - now.share);
  return (
    <section class="answering" aria-label={t("versions.answering")}>
      <div>
        <p class="answering-now">
          <i class="status-dot is-on" />
          {t("versions.answers", { version: versionName(now.active) })}
        </p>
        {shared && (
          <p class="quiet">
            {t("versions.shared", { main: percent(main / 100), other: versionName(other) })}
          </p>
        )}
        {now.stuck !== null && (
          <p class="entry-problem" role="alert">
            <Alert size={15} />
            {t("versions.stuck", { version: versionName(now.stuck) })}
          </p>
        )}
        {now.loading !== null && (
          <p class="quiet" role="status">
            {wayText(now, now.loading)}
          </p>
        )}
      </div>
      <div class="control-row">
        {now.loading !== null && !now.returns && (
          <button
            type="button"
            class="button"
            disabled={busy}
            onClick={() => void act(botApi.cancelRollout, t("versions.cancelled"))}
          >
            <Close size={16} />
            {t("versions.cancel")}
          </button>
        )}
        {now.back_to !== null && (
          <button
            type="button"
            class="button"
            disabled={busy}
            onClick={() => void act(botApi.rollBack, t("versions.rolled_back"))}
          >
            <Retry size={16} />
            {t("versions.roll_back", { version: versionName(now.back_to) })}
          </button>
        )}
      </div>
    </section>
  );
}
