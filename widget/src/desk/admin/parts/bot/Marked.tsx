/** Sentences with their entities: shown in tints, and marked by selecting text. */
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { Close } from "../../../../ui/icons";
import { Keys } from "../../../parts/common";
import { cutMarks, type Mark, type Span, spanOf } from "../../model/bot";
import { moveMarks, overlapped, tintOf } from "../../model/words";
import { t } from "../../words";
import { Wrong } from "../Wrong";

/** A sentence with its entities. */
export function MarkedText({ text, marks }: { text: string; marks: readonly Mark[] }): JSX.Element {
  return (
    <span class="marked" dir="auto">
      {cutMarks(text, marks).map((cut, n) =>
        cut.mark ? (
          <mark key={n} class={`tint-${tintOf(cut.mark.entity)}`} title={cut.mark.entity}>
            {cut.text}
            <small dir="ltr">{cut.mark.entity}</small>
          </mark>
        ) : (
          cut.text
        ),
      )}
    </span>
  );
}

interface MarkerProps {
  text: string;
  marks: Mark[];
  /** Kinds that the bot knows. */
  entities: readonly string[];
  onChange: (text: string, marks: Mark[]) => void;
}

/**
 * A line to write in. What is selected in it becomes an entity by a button below, or by Alt and its number; words that are
 * changed lose their mark, all others keep theirs.
 */
export function Marker({ text, marks, entities, onChange }: MarkerProps): JSX.Element {
  const box = useRef<HTMLTextAreaElement>(null);
  const [span, setSpan] = useState<Span | null>(null);
  const [refused, setRefused] = useState<Span | null>(null);
  const clash = refused && overlapped(refused, marks);
  const letters = [...text];
  const wordsOf = (one: Mark) => letters.slice(one.start, one.end).join("");
  /** Browsers tell of a selection late: what was refused is told until something else is selected. */
  const look = () => {
    const area = box.current;
    const selected = area && spanOf(text, area.selectionStart, area.selectionEnd);
    setSpan(selected);
    setRefused((told) => (told?.start === selected?.start && told?.end === selected?.end ? told : null));
  };
  const mark = (entity: string | undefined) => {
    const area = box.current;
    const chosen = area ? spanOf(text, area.selectionStart, area.selectionEnd) : span;
    if (!chosen || !entity) return;
    const free = !overlapped(chosen, marks);
    setRefused(free ? null : chosen);
    if (!free) return;
    onChange(
      text,
      [...marks, { ...chosen, entity, value: "" }].sort((a, b) => a.start - b.start),
    );
    setSpan(null);
  };
  return (
    <div class="marker">
      {marks.length > 0 && <MarkedText text={text} marks={marks} />}
      <textarea
        ref={box}
        class="control"
        rows={2}
        dir="auto"
        aria-label={t("bot.sentence")}
        value={text}
        onInput={(event) =>
          onChange(event.currentTarget.value, moveMarks(text, event.currentTarget.value, marks))
        }
        onSelect={look}
        onKeyUp={look}
        onKeyDown={(event) => {
          const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
          if (!digit || !event.altKey || event.ctrlKey || event.metaKey) return;
          event.preventDefault();
          mark(entities[Number(digit) - 1]);
        }}
      />
      {entities.length > 0 && (
        <div class="inserts" role="group" aria-label={t("bot.mark.as")}>
          <span class="entry-hint">{t(span ? "bot.mark.as" : "bot.mark.select")}</span>
          {entities.map((one, n) => (
            <button
              key={one}
              type="button"
              class={`insert tint-${tintOf(one)}`}
              disabled={!span}
              onClick={() => mark(one)}
            >
              <bdi>{one}</bdi>
              {n < 9 && <Keys caps={["Alt", String(n + 1)]} />}
            </button>
          ))}
        </div>
      )}
      {clash && (
        <Wrong role="alert">{t("bot.mark.overlap", { words: wordsOf(clash), entity: clash.entity })}</Wrong>
      )}
      {marks.length > 0 && (
        <ul class="marks">
          {marks.map((one) => (
            <Marking
              key={one.start}
              mark={one}
              words={wordsOf(one)}
              onChange={(next) =>
                onChange(
                  text,
                  marks.flatMap((other) => (other !== one ? [other] : next ? [next] : [])),
                )
              }
            />
          ))}
        </ul>
      )}
    </div>
  );
}

/** One mark: its words, its kind, what it stands for. */
function Marking(props: { mark: Mark; words: string; onChange: (next: Mark | null) => void }): JSX.Element {
  const { mark, words } = props;
  return (
    <li class={`tint-${tintOf(mark.entity)}`}>
      <bdi>{words}</bdi>
      <bdi class="tag tag-strong">{mark.entity}</bdi>
      <input
        class="control mark-value"
        dir="auto"
        aria-label={t("bot.mark.value", { words })}
        placeholder={t("bot.mark.value.hint")}
        maxLength={200}
        value={mark.value}
        onInput={(event) => props.onChange({ ...mark, value: event.currentTarget.value })}
      />
      <button
        type="button"
        class="icon-button"
        aria-label={t("bot.mark.remove", { words })}
        onClick={() => props.onChange(null)}
      >
        <Close size={14} />
      </button>
    </li>
  );
}
