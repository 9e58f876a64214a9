/** Which version answers customers, by name, and the way back to the one before. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { percent, span } from "../../../../ui/format";
import { Retry } from "../../../../ui/icons";
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

/** Which version answers whom, and the way back. */
export function Answering({ now }: { now: Rollout }): JSX.Element {
  const [busy, setBusy] = useState(false);
  const back = async () => {
    setBusy(true);
    try {
      rollout.set(await botApi.rollBack());
      await versions.load();
      toast(t("versions.rolled_back"));
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
        {now.loading !== null && (
          <p class="quiet" role="status">
            {t("versions.loading", {
              version: versionName(now.loading),
              span: span(Math.max(0, Date.now() - (now.loading_since ?? Date.now()))),
            })}
          </p>
        )}
      </div>
      {now.can_roll_back && (
        <button type="button" class="button" disabled={busy} onClick={() => void back()}>
          <Retry size={16} />
          {t("versions.roll_back")}
        </button>
      )}
    </section>
  );
}
