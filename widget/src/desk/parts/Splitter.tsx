import type { Signal } from "@preact/signals";
import type { JSX } from "preact";

interface SplitterProps {
  width: Signal<number>;
  least: number;
  most: number;
  /** Whether dragging towards the end of the line makes the pane wider. */
  grows: "start" | "end";
  label: string;
}

/** The edge between two panes: drag it, or move it with the arrow keys; a double click resets it. */
export function Splitter({ width, least, most, grows, label }: SplitterProps): JSX.Element {
  const first = width.peek();
  const set = (value: number) => {
    width.value = Math.round(Math.min(most, Math.max(least, value)));
  };
  const sign = () => (document.documentElement.dir === "rtl" ? -1 : 1) * (grows === "end" ? 1 : -1);
  return (
    <div
      class="splitter"
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={width.value}
      aria-valuemin={least}
      aria-valuemax={most}
      tabIndex={0}
      onDblClick={() => set(first)}
      onKeyDown={(event) => {
        const step = event.key === "ArrowRight" ? 16 : event.key === "ArrowLeft" ? -16 : 0;
        if (step === 0) return;
        event.preventDefault();
        set(width.peek() + step * sign());
      }}
      onPointerDown={(event) => {
        const from = event.clientX;
        const start = width.peek();
        event.currentTarget.setPointerCapture(event.pointerId);
        const move = (now: PointerEvent) => set(start + (now.clientX - from) * sign());
        const target = event.currentTarget;
        target.addEventListener("pointermove", move);
        target.addEventListener("lostpointercapture", () => target.removeEventListener("pointermove", move), {
          once: true,
        });
      }}
    />
  );
}
