/** Which version answers customers, by name, and the way back to the one before. */
import type { JSX } from "preact";
import { percent, span } from "../../../../ui/format";
import { Close, Retry } from "../../../../ui/icons";
import { toast } from "../../../toasts";
import { botApi } from "../../botApi";
import type { Rollout } from "../../model/bot";
import { rollout, versions } from "../../store";
import { t } from "../../words";
import { useAct } from "../useAct";
import { Wrong } from "../Wrong";

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
  const [busy, act] = useAct();
  const change = (what: () => Promise<Rollout>, done: string) =>
    act(async () => {
      rollout.set(await what());
      await versions.load();
      toast(done);
    });
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
          <Wrong role="alert">{t("versions.stuck", { version: versionName(now.stuck) })}</Wrong>
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
            onClick={() => void change(botApi.cancelRollout, t("versions.cancelled"))}
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
            onClick={() => void change(botApi.rollBack, t("versions.rolled_back"))}
          >
            <Retry size={16} />
            {t("versions.roll_back", { version: versionName(now.back_to) })}
          </button>
        )}
      </div>
    </section>
  );
}
