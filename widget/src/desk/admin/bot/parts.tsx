/** What the studio's screens share: loading, acting, percents, an intent to choose. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { locale } from "../../../ui/i18n";
import { ApiError } from "../api";
import { refusalText, t } from "../words";

/** Loads when the view comes up and whenever `key` changes; `again` loads anew and keeps what is shown meanwhile. */
export function useLoaded<T>(load: () => Promise<T>, key = ""): Loaded<T> {
  const [data, setData] = useState<T | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const again = async (): Promise<void> => {
    try {
      setData(await load());
      setError(null);
    } catch (thrown) {
      setError(thrown instanceof ApiError ? thrown : new ApiError("unknown"));
    }
  };
  useEffect(() => {
    void again();
  }, [key]);
  return { data, error, again, set: setData };
}

export interface Loaded<T> {
  data: T | null;
  error: ApiError | null;
  again: () => Promise<void>;
  set: (value: T) => void;
}

/** Runs one act at a time; its refusal is `problem`, in words. */
export function useAct(): {
  busy: boolean;
  problem: string | null;
  run: (act: () => Promise<void>) => Promise<void>;
} {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const run = async (act: () => Promise<void>): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      await act();
    } catch (error) {
      setProblem(refusalText(error instanceof ApiError ? error.code : "unknown"));
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, run };
}

/** A share as a percentage, in the reader's digits. */
export function percent(share: number, digits = 0): string {
  return new Intl.NumberFormat(locale.value, { style: "percent", maximumFractionDigits: digits }).format(
    share,
  );
}

/** An intent's name is code: left to right wherever it stands. */
export function Name({ of }: { of: string }): JSX.Element {
  return (
    <bdi dir="ltr" class="intent-name">
      {of || t("bot.nothing")}
    </bdi>
  );
}

/** Chooses an intent; the first line says what the list is for. */
export function IntentSelect(props: {
  intents: readonly string[];
  label: string;
  disabled: boolean;
  onChoose: (intent: string) => void;
}): JSX.Element {
  return (
    <select
      class="control intent-select"
      aria-label={props.label}
      disabled={props.disabled}
      value=""
      onChange={(event) => {
        const chosen = event.currentTarget.value;
        event.currentTarget.value = "";
        if (chosen) props.onChoose(chosen);
      }}
    >
      <option value="">{props.label}</option>
      {props.intents.map((one) => (
        <option key={one} value={one}>
          {one}
        </option>
      ))}
    </select>
  );
}
