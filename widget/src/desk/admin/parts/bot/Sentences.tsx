/** The examples of an intent, edited in place: words, entities, language, and whether they train or test. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Plus, Trash } from "../../../../ui/icons";
import type { Locale } from "../../../../wire/desk.types";
import { Note } from "../../../parts/icons";
import type { Sentence } from "../../model/bot";
import { t } from "../../words";
import type { Bound } from "../useDraft";
import { Wrong } from "../Wrong";
import { MarkedText, Marker } from "./Marked";

const PERSIAN = /\p{Script=Arabic}/u;

/** New sentences from what was typed or pasted, one on each line; the script says the language. */
export function sentencesFrom(text: string): Sentence[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => ({ text: line, lang: PERSIAN.test(line) ? "fa" : "en", split: "train", marks: [] }));
}

interface Props extends Bound<Sentence[]> {
  entities: readonly string[];
  /** Sentences that also stand under other intents: their names. */
  doubled: ReadonlyMap<string, readonly string[]>;
}

export function Sentences({ value, onChange, problem, entities, doubled }: Props): JSX.Element {
  const [open, setOpen] = useState<number | null>(null);
  const change = (n: number, next: Sentence) => onChange(value.map((one, at) => (at === n ? next : one)));
  return (
    <div class="stack">
      <Adder
        add={(more) => {
          const known = new Set(value.map((one) => one.text));
          onChange([...more.filter((one) => !known.has(one.text)), ...value]);
          setOpen(null);
        }}
      />
      <Wrong role="alert" tabIndex={-1}>
        {problem}
      </Wrong>
      <ol class="sentences">
        {value.map((one, n) => (
          <li key={n}>
            <div class="sentence">
              <button
                type="button"
                class="sentence-text"
                aria-expanded={open === n}
                onClick={() => setOpen(open === n ? null : n)}
              >
                <MarkedText text={one.text} marks={one.marks} />
              </button>
              <span class="quiet">{t(`lang.${one.lang}`)}</span>
              {one.split === "test" && <em class="tag">{t("bot.split.test")}</em>}
              {doubled.has(one.text) && (
                <em class="tag tag-warn">
                  {t("bot.conflict.also", { names: (doubled.get(one.text) ?? []).join(t("word.and")) })}
                </em>
              )}
              <button
                type="button"
                class="icon-button"
                aria-label={t("bot.sentence.edit", { words: one.text })}
                onClick={() => setOpen(open === n ? null : n)}
              >
                <Note size={16} />
              </button>
              <button
                type="button"
                class="icon-button"
                aria-label={t("list.remove", { name: one.text })}
                onClick={() => {
                  onChange(value.filter((_, at) => at !== n));
                  setOpen(null);
                }}
              >
                <Trash size={16} />
              </button>
            </div>
            {open === n && <Editor one={one} entities={entities} onChange={(next) => change(n, next)} />}
          </li>
        ))}
      </ol>
    </div>
  );
}

function Adder({ add }: { add: (more: Sentence[]) => void }): JSX.Element {
  const [text, setText] = useState("");
  const submit = () => {
    const more = sentencesFrom(text);
    if (more.length === 0) return;
    add(more);
    setText("");
  };
  return (
    <div class="adder">
      <textarea
        class="control"
        rows={2}
        dir="auto"
        name="more"
        aria-label={t("bot.sentence.add")}
        placeholder={t("bot.sentence.add")}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          submit();
        }}
      />
      <div class="control-row">
        <button type="button" class="button" disabled={!text.trim()} onClick={submit}>
          <Plus size={16} />
          {t("list.add")}
        </button>
        <span class="entry-hint">{t("bot.sentence.add.hint")}</span>
      </div>
    </div>
  );
}

function Editor(props: {
  one: Sentence;
  entities: readonly string[];
  onChange: (next: Sentence) => void;
}): JSX.Element {
  const { one, onChange } = props;
  return (
    <div class="sentence-editor">
      <Marker
        text={one.text}
        marks={one.marks}
        entities={props.entities}
        onChange={(text, marks) => onChange({ ...one, text, marks })}
      />
      <div class="control-row">
        <select
          class="control control-unit"
          aria-label={t("bot.language")}
          value={one.lang}
          onChange={(event) => onChange({ ...one, lang: event.currentTarget.value as Locale })}
        >
          {(["fa", "en"] as const).map((lang) => (
            <option key={lang} value={lang}>
              {t(`lang.${lang}`)}
            </option>
          ))}
        </select>
        <select
          class="control"
          aria-label={t("bot.split")}
          value={one.split}
          onChange={(event) => onChange({ ...one, split: event.currentTarget.value as Sentence["split"] })}
        >
          {(["train", "test"] as const).map((split) => (
            <option key={split} value={split}>
              {t(`bot.split.${split}.long`)}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
}
