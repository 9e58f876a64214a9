import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Keys } from "./common";
import { arrowIndex } from "./Dialog";

/** A line of a menu. `hint` stands below its label. */
export interface MenuItem {
  key: string;
  label: string;
  run: () => void;
  icon?: ComponentChildren;
  hint?: string;
  caps?: readonly string[];
  checked?: boolean;
  danger?: boolean;
  /** A line stands above it. */
  apart?: boolean;
}

interface MenuProps {
  label: string;
  items: readonly MenuItem[];
  /** What stands above the items. */
  head?: ComponentChildren;
  onClose: () => void;
  place: "below-end" | "beside" | "above-start";
}

/** A menu that is open: arrows move, Enter chooses, Escape and a click elsewhere close, a letter jumps. */
export function Menu({ label, items, head, onClose, place }: MenuProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(
    Math.max(
      0,
      items.findIndex((one) => one.checked),
    ),
  );
  useLayoutEffect(() => {
    box.current?.querySelectorAll<HTMLElement>("[role^=menuitem]")[at]?.focus();
  }, [at]);
  useEffect(() => {
    const before = document.activeElement;
    box.current?.scrollIntoView({ block: "nearest" });
    const outside = (event: PointerEvent) => {
      if (event.target instanceof Node && !box.current?.parentElement?.contains(event.target)) onClose();
    };
    document.addEventListener("pointerdown", outside);
    return () => {
      document.removeEventListener("pointerdown", outside);
      if (before instanceof HTMLElement && box.current?.contains(document.activeElement)) before.focus();
    };
  }, []);
  return (
    <div
      ref={box}
      class={`menu menu-${place}`}
      role="menu"
      aria-label={label}
      onKeyDown={(event) => {
        const next = arrowIndex(event, at, items.length);
        if (next !== null) setAt(next);
        else if (event.key === "Escape" || event.key === "Tab") onClose();
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      {head}
      {items.map((one) => (
        // biome-ignore lint/a11y/useAriaPropsSupportedByRole: set only where the role is menuitemradio
        <button
          key={one.key}
          type="button"
          role={one.checked === undefined ? "menuitem" : "menuitemradio"}
          aria-checked={one.checked}
          class={`menu-item ${one.danger ? "is-danger" : ""} ${one.apart ? "is-apart" : ""}`}
          tabIndex={-1}
          onClick={() => {
            onClose();
            one.run();
          }}
        >
          <span class="menu-icon">{one.icon}</span>
          <span class="menu-text">
            {one.label}
            {one.hint && <small>{one.hint}</small>}
          </span>
          {one.caps && <Keys caps={one.caps} />}
        </button>
      ))}
    </div>
  );
}
