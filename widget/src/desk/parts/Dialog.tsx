import type { ComponentChildren, JSX } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { Close } from "../../ui/icons";
import { t } from "../i18n";

const FOCUSABLE =
  "button:not(:disabled), input:not(:disabled), textarea:not(:disabled), select:not(:disabled), a[href], [tabindex='0']";

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  wide?: boolean;
  /** Without a visible head, e.g. the command bar. */
  bare?: boolean;
}

/**
 * A dialog over the screen. The focus goes in, stays in, and returns to where it was; Escape and a click beside it close it.
 * An offer still comes above it, therefore this isn't the browser's own modal.
 */
export function Dialog({ title, onClose, children, wide, bare }: DialogProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const titleId = useId();
  // Before the paint: what is typed right after the key that opened it belongs to the dialog.
  useLayoutEffect(() => {
    const before = document.activeElement;
    const first =
      box.current?.querySelector<HTMLElement>("[data-first]") ??
      box.current?.querySelector<HTMLElement>(FOCUSABLE);
    first?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <div
      class={`scrim ${bare ? "scrim-top" : ""}`}
      onPointerDown={(event) => event.target === event.currentTarget && onClose()}
    >
      <div
        ref={box}
        class={`dialog ${wide ? "dialog-wide" : ""} ${bare ? "dialog-bare" : ""}`}
        role="dialog"
        aria-modal="true"
        aria-labelledby={titleId}
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            event.stopPropagation();
            onClose();
          } else if (event.key === "Tab") keepInside(event, box.current);
        }}
      >
        <header class={bare ? "visually-hidden" : "dialog-head"}>
          <h2 id={titleId}>{title}</h2>
          {!bare && (
            <button type="button" class="icon-button" aria-label={t("dialog.close")} onClick={onClose}>
              <Close size={18} />
            </button>
          )}
        </header>
        {children}
      </div>
    </div>
  );
}

function keepInside(event: KeyboardEvent, box: HTMLElement | null): void {
  const all = [...(box?.querySelectorAll<HTMLElement>(FOCUSABLE) ?? [])].filter(
    (one) => one.offsetParent !== null && one.tabIndex >= 0,
  );
  const first = all[0];
  const last = all.at(-1);
  if (!first || !last) return;
  if (event.shiftKey && document.activeElement === first) {
    event.preventDefault();
    last.focus();
  } else if (!event.shiftKey && document.activeElement === last) {
    event.preventDefault();
    first.focus();
  }
}

/** Moves through radio-like rows with the arrow keys: gives the next index. */
export function arrowIndex(event: KeyboardEvent, at: number, count: number): number | null {
  if (count === 0) return null;
  if (event.key === "ArrowDown") return (at + 1) % count;
  if (event.key === "ArrowUp") return (at - 1 + count) % count;
  if (event.key === "Home") return 0;
  if (event.key === "End") return count - 1;
  return null;
}
