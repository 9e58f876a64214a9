/** Sentences with their entities: shown, and marked by selecting text. */
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { Close } from "../../../../ui/icons";
import { cutMarks, type Mark, spanOf } from "../../model/bot";
import { t } from "../../words";

/** A sentence with its entities. */
export function MarkedText({ text, marks }: { text: string; marks: readonly Mark[] }): JSX.Element {
  return (
    <span class="marked" dir="auto">
      {cutMarks(text, marks).map((cut, n) =>
        cut.mark ? (
          <mark key={n} title={cut.mark.entity}>
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

/** A line to write in. What is selected in it becomes an entity by one of the buttons below; changed words lose their marks. */
export function Marker({ text, marks, entities, onChange }: MarkerProps): JSX.Element {
  const box = useRef<HTMLTextAreaElement>(null);
  const [span, setSpan] = useState<{ start: number; end: number } | null>(null);
  const look = () => {
    const area = box.current;
    setSpan(area && spanOf(text, area.selectionStart, area.selectionEnd));
  };
  const mark = (entity: string) => {
    if (!span) return;
    const apart = marks.filter((one) => one.end <= span.start || one.start >= span.end);
    onChange(
      text,
      [...apart, { ...span, entity, value: "" }].sort((a, b) => a.start - b.start),
    );
    setSpan(null);
  };
  const letters = [...text];
  return (
    <div class="marker">
      <textarea
        ref={box}
        class="control"
        rows={2}
        dir="auto"
        aria-label={t("bot.sentence")}
        value={text}
        onInput={(event) => {
          onChange(event.currentTarget.value, []);
        }}
        onSelect={look}
        onKeyUp={look}
      />
      {entities.length > 0 && (
        <div class="inserts" role="group" aria-label={t("bot.mark.as")}>
          <span class="entry-hint">{t(span ? "bot.mark.as" : "bot.mark.select")}</span>
          {entities.map((one) => (
            <button key={one} type="button" class="insert" disabled={!span} onClick={() => mark(one)}>
              <bdi>{one}</bdi>
            </button>
          ))}
        </div>
      )}
      {marks.length > 0 && (
        <ul class="marks">
          {marks.map((one) => {
            const words = letters.slice(one.start, one.end).join("");
            return (
              <li key={one.start}>
                <bdi>{words}</bdi>
                <bdi class="tag tag-strong">{one.entity}</bdi>
                <button
                  type="button"
                  class="icon-button"
                  aria-label={t("bot.mark.remove", { words })}
                  onClick={() =>
                    onChange(
                      text,
                      marks.filter((other) => other !== one),
                    )
                  }
                >
                  <Close size={14} />
                </button>
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}
