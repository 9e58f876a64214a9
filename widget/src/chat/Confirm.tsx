/** Asks before what can't be taken back. */
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { end, forget } from "./client";
import { t } from "./words";

export const asking = signal<"end" | "forget" | null>(null);

const cancel = (): void => {
  asking.value = null;
};

export function Confirm(): JSX.Element | null {
  return asking.value ? <Question what={asking.value} /> : null;
}

function Question({ what }: { what: "end" | "forget" }): JSX.Element {
  const words = t.value;
  const box = useRef<HTMLDivElement>(null);
  const [failed, setFailed] = useState(false);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    box.current?.querySelector("button")?.focus();
    return () =>
      (before?.isConnected ? before : document.querySelector<HTMLElement>(".menu-button"))?.focus();
  }, []);
  const go = async () => {
    setBusy(true);
    try {
      await (what === "end" ? end() : forget());
      cancel();
    } catch {
      setFailed(true);
      setBusy(false);
    }
  };
  const [title, text, yes] =
    what === "end"
      ? [words.endTitle, words.endText, words.endYes]
      : [words.forgetTitle, words.forgetText, words.forgetYes];
  return (
    <div class="scrim" onKeyDown={(event) => trap(event, box.current)}>
      <div
        class="confirm"
        role="alertdialog"
        aria-modal="true"
        aria-labelledby="ask"
        aria-describedby="ask-text"
        ref={box}
      >
        <h2 id="ask">{title}</h2>
        <p id="ask-text">{text}</p>
        {failed && (
          <p class="problem" role="alert">
            {words.actFailed}
          </p>
        )}
        <div class="confirm-acts">
          <button type="button" class="plain" onClick={cancel}>
            {words.cancel}
          </button>
          <button
            type="button"
            class={what === "forget" ? "solid danger" : "solid"}
            disabled={busy}
            onClick={go}
          >
            {yes}
          </button>
        </div>
      </div>
    </div>
  );
}

/** Esc cancels; Tab stays inside. */
function trap(event: KeyboardEvent, box: HTMLElement | null): void {
  if (event.key === "Escape") {
    event.stopPropagation();
    cancel();
  } else if (event.key === "Tab" && box) {
    const buttons = [...box.querySelectorAll<HTMLElement>("button:not(:disabled)")];
    const edge = event.shiftKey ? buttons[0] : buttons.at(-1);
    if (document.activeElement === edge) {
      event.preventDefault();
      (event.shiftKey ? buttons.at(-1) : buttons[0])?.focus();
    }
  }
}
