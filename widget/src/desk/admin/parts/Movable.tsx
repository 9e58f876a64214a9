/** Entries of an ordered list: buttons and Alt with arrows that move one, and the focus that goes with it. */
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { Close, Down } from "../../../ui/icons";
import { t } from "../words";
import { Up } from "./icons";

interface Mover {
  list: { current: HTMLOListElement | null };
  /** Moves an entry and takes the focus along. */
  move: (at: number, by: number) => void;
  onKey: (at: number) => (event: KeyboardEvent) => void;
}

/** `onMove` changes the list; entries are the children of the list at `list`. */
export function useMover(length: number, onMove: (at: number, by: number) => void): Mover {
  const list = useRef<HTMLOListElement>(null);
  const move = (at: number, by: number) => {
    const to = at + by;
    if (to < 0 || to >= length) return;
    onMove(at, by);
    requestAnimationFrame(() => {
      const entry = list.current?.children[to];
      const wanted = entry?.querySelector<HTMLButtonElement>(`[data-move="${by}"]`);
      const other = entry?.querySelector<HTMLButtonElement>(`[data-move="${-by}"]`);
      (wanted?.disabled ? other : wanted)?.focus();
    });
  };
  const onKey = (at: number) => (event: KeyboardEvent) => {
    const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    if (by === 0 || !event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    move(at, by);
  };
  return { list, move, onKey };
}

/** Where an entry stands after another, or itself, has moved. */
export function movedTo(at: number, from: number, to: number): number {
  if (at === from) return to;
  if (from < at && at <= to) return at - 1;
  return to <= at && at < from ? at + 1 : at;
}

/** The buttons of one entry. */
export function MoveButtons(props: {
  name: string;
  at: number;
  length: number;
  move: (at: number, by: number) => void;
  remove: () => void;
}): JSX.Element {
  const { name, at, length, move } = props;
  return (
    <span class="move-buttons">
      {([-1, 1] as const).map((by) => (
        <button
          key={by}
          type="button"
          class="icon-button"
          data-move={by}
          aria-label={t(by < 0 ? "list.up" : "list.down", { name })}
          title={`Alt + ${by < 0 ? "↑" : "↓"}`}
          disabled={by < 0 ? at === 0 : at === length - 1}
          onClick={() => move(at, by)}
        >
          {by < 0 ? <Up size={16} /> : <Down size={16} />}
        </button>
      ))}
      <button
        type="button"
        class="icon-button"
        aria-label={t("list.remove", { name })}
        onClick={props.remove}
      >
        <Close size={16} />
      </button>
    </span>
  );
}
