/** How a version stands: its state in words, its progress, and polling while something moves. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { number, span } from "../../../../ui/format";
import { timeLeft, type Version } from "../../model/bot";
import { rollout, versions } from "../../store";
import { isWord, t } from "../../words";

const BUSY_MS = 1_000;
const QUIET_MS = 10_000;

export const moves = (one: Version): boolean => one.state === "queued" || one.state === "training";

/** Looks at the versions again and again: often while one is trained or loaded, now and then otherwise. */
export function useFollowing(): void {
  const busy =
    (versions.data.value?.versions ?? []).some((one) => moves(one) || one.pins_wanted) ||
    (rollout.data.value?.loading ?? null) !== null;
  useEffect(() => {
    const look = () => {
      if (document.visibilityState === "hidden") return;
      void versions.load();
      void rollout.load();
    };
    look();
    const timer = setInterval(look, busy ? BUSY_MS : QUIET_MS);
    return () => clearInterval(timer);
  }, [busy]);
}

export function stateText(one: Version): string {
  if (one.state === "training") {
    const key = `versions.stage.${one.stage}`;
    return isWord(key) ? t(key) : t("versions.state.training");
  }
  return t(`versions.state.${one.state}`);
}

/** Why it came to nothing, in words; what Rasa said stands below. */
export function failureText(one: Version): string {
  const key = `versions.failure.${one.failure}`;
  return isWord(key) ? t(key) : t("versions.failure.other", { code: one.failure });
}

/** The bar of a training with the time that is left. */
export function Progress({ version, lastSeconds }: { version: Version; lastSeconds: number }): JSX.Element {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const left = timeLeft(version, lastSeconds, now);
  const share = version.of > 0 ? version.done / version.of : 0;
  const spent = version.began_at === null ? 0 : Math.max(0, now - version.began_at);
  return (
    <div class="progress">
      <p>
        <b>{stateText(version)}</b>
        {version.detail && (
          <bdi class="quiet" dir="ltr">
            {version.detail}
          </bdi>
        )}
        <span class="tabular quiet">
          {version.of > 0 && t("versions.progress", { n: version.done, of: number(version.of) })}
        </span>
        <span class="tabular quiet" role="timer">
          {left !== null
            ? t("versions.left", { span: span(left) })
            : t("versions.spent", { span: span(spent) })}
        </span>
      </p>
      <progress value={version.of > 0 ? share : undefined} max={1} aria-label={stateText(version)} />
    </div>
  );
}
