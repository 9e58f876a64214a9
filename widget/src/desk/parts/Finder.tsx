import { type ComponentChildren, Fragment, type JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Search } from "../../ui/icons";
import { arrowIndex } from "./Dialog";
import { Line } from "./icons";

/** One of those that were found. */
export interface Found {
  key: string;
  look: ComponentChildren;
  /** Can be seen but not taken. */
  away?: boolean;
  /** Whether it is taken already, where more is asked before anything happens. */
  chosen?: boolean;
  /** The group that begins with it. */
  head?: string | null;
}

/** How somebody, or a line, looks in a list: a sign, the name, and what is good to know. */
export function Target(props: { sign: JSX.Element; name: string; children: ComponentChildren }): JSX.Element {
  return (
    <>
      {props.sign}
      <bdi>{props.name}</bdi>
      <span class="target-hint">{props.children}</span>
    </>
  );
}

/** The sign of a line. */
export function QueueSign(): JSX.Element {
  return (
    <span class="queue-sign">
      <Line size={15} />
    </span>
  );
}

interface FinderProps {
  label: string;
  query: string;
  search: (query: string) => void;
  found: readonly Found[];
  /** What happens to the n-th of them. */
  take: (n: number) => void;
  /** Enter, again, on the one that is chosen. */
  again?: () => void;
  /** Instead of an empty list. */
  none: ComponentChildren;
  /** As a bar over the screen, not as a part of a dialog. */
  bar?: boolean;
}

/** A field and a list of what it finds: the arrows move in it, Enter takes; Home and End are the field's own. */
export function Finder({ label, query, search, found, take, again, none, bar }: FinderProps): JSX.Element {
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => {
    list.current?.querySelector(".is-at")?.scrollIntoView({ block: "nearest" });
  }, [at]);
  const run = (n: number) => {
    if (found[n] && !found[n].away) take(n);
  };
  const field = (
    <input
      class={bar ? undefined : "input"}
      type="text"
      dir="auto"
      data-first=""
      role="combobox"
      aria-expanded="true"
      aria-controls={id}
      aria-activedescendant={found[at] ? `${id}-${at}` : undefined}
      aria-label={label}
      placeholder={label}
      value={query}
      onInput={(event) => {
        search(event.currentTarget.value);
        setAt(0);
      }}
      onKeyDown={(event) => {
        const next = event.key === "Home" || event.key === "End" ? null : arrowIndex(event, at, found.length);
        if (next !== null) setAt(next);
        else if (event.key === "Enter" && !event.isComposing) found[at]?.chosen && again ? again() : run(at);
        else return;
        event.preventDefault();
      }}
    />
  );
  const row = bar ? "command" : "target";
  return (
    <>
      {bar ? (
        <div class="command-field">
          <Search size={18} />
          {field}
        </div>
      ) : (
        field
      )}
      <div ref={list} class={`${row}s`} role="listbox" id={id} aria-label={label}>
        {found.length === 0 && none}
        {found.map((one, n) => (
          <Fragment key={one.key}>
            {one.head && <p class="commands-group">{one.head}</p>}
            <button
              type="button"
              id={`${id}-${n}`}
              role="option"
              aria-selected={one.chosen ?? n === at}
              aria-disabled={one.away}
              tabIndex={-1}
              class={`${row} ${n === at ? "is-at" : ""} ${one.chosen ? "is-chosen" : ""}`}
              onPointerMove={() => setAt(n)}
              onClick={() => run(n)}
            >
              {one.look}
            </button>
          </Fragment>
        ))}
      </div>
    </>
  );
}
