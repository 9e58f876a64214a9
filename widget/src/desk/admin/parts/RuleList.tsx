/** Rules in order, of which the first that holds decides: each a card, one of them unfolded. */
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { number } from "../../../ui/format";
import { Plus } from "../../../ui/icons";
import { MoveButtons, movedTo, useMover } from "./Movable";

const MOST = 100;

/** What the inside of a card is given. */
export interface RuleFields<R> {
  rule: R;
  /** Its place, from 0, and how many there are. */
  place: number;
  count: number;
  readOnly: boolean;
  /** Somebody tried to save it with the others. */
  tried: boolean;
  /** What the hub refused at a part of it, like `queue`. */
  problemAt: (part: string) => string | null;
  onChange: (rule: R) => void;
}

interface RuleListProps<R> {
  rules: R[];
  put: (rules: R[]) => void;
  /** What the hub refused at a place, like `rules.1.queue`. */
  problemAt: (place: string) => string | null;
  readOnly: boolean;
  tried: boolean;
  blank: R;
  isRight: (rule: R) => boolean;
  words: { none: string; add: string; unnamed: (n: string) => string };
  /** A rule in a line. */
  summary: (rule: R) => ComponentChildren;
  Fields: (props: RuleFields<R>) => JSX.Element;
}

export function RuleList<R extends { name: string }>(props: RuleListProps<R>): JSX.Element {
  const { rules: all, put, problemAt, readOnly, tried, words, Fields } = props;
  const [open, setOpen] = useState<number | null>(null);
  const { list, move, onKey } = useMover(all.length, (from, by) => {
    const next = all.filter((_, n) => n !== from);
    const moved = all[from];
    if (moved) put([...next.slice(0, from + by), moved, ...next.slice(from + by)]);
    if (open !== null) setOpen(movedTo(open, from, from + by));
  });
  const card = (rule: R, n: number) => {
    const unfolded = open === n || (tried && !props.isRight(rule)) || problemAt(`rules.${n}`) !== null;
    return (
      <li key={n} class="ring-card" onKeyDown={readOnly ? undefined : onKey(n)}>
        <header class="ring-head">
          <button
            type="button"
            class="route-fold"
            aria-expanded={unfolded}
            onClick={() => setOpen(open === n ? null : n)}
          >
            <b>
              <bdi>{rule.name || words.unnamed(number(n + 1))}</bdi>
            </b>
            {!unfolded && <small>{props.summary(rule)}</small>}
          </button>
          {!readOnly && (
            <MoveButtons
              name={rule.name || number(n + 1)}
              at={n}
              length={all.length}
              move={move}
              remove={() => {
                setOpen(null);
                put(all.filter((_, at) => at !== n));
              }}
            />
          )}
        </header>
        {unfolded && (
          <Fields
            rule={rule}
            place={n}
            count={all.length}
            readOnly={readOnly}
            tried={tried}
            problemAt={(part) => problemAt(`rules.${n}.${part}`)}
            onChange={(changed) => put(all.map((one, at) => (at === n ? changed : one)))}
          />
        )}
      </li>
    );
  };
  return (
    <>
      {all.length === 0 && <p class="remark">{words.none}</p>}
      <ol class="rings" ref={list}>
        {all.map(card)}
      </ol>
      {!readOnly && all.length < MOST && (
        <div class="rings-add">
          <button
            type="button"
            class="button"
            onClick={() => {
              setOpen(all.length);
              put([...all, props.blank]);
            }}
          >
            <Plus size={16} />
            {words.add}
          </button>
        </div>
      )}
    </>
  );
}
