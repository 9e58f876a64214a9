/** What a form asks for, one after the other: the question, how the answer is found, and what it must be. */
import type { JSX } from "preact";
import { number } from "../../../../ui/format";
import { Close, Plus } from "../../../../ui/icons";
import { BLANK_SLOT, CHECKS, FILLS, type Fill, type FormChoice, type FormSlot } from "../../model/forms";
import { t } from "../../words";
import { NumberInput } from "../fields";
import { MoveButtons, useMover } from "../Movable";
import type { Bound } from "../useDraft";
import { Wrong } from "../Wrong";
import { TextsField } from "./Texts";

interface SlotsProps extends Bound<FormSlot[]> {
  entities: readonly string[];
  /** What the hub refused at one of them, like `slots.1`. */
  problemAt: (place: string) => string | null;
}

export function SlotsField({ value, onChange, problem, entities, problemAt }: SlotsProps): JSX.Element {
  const mover = useMover(value.length, (at, by) => {
    const next = [...value];
    next.splice(at + by, 0, ...next.splice(at, 1));
    onChange(next);
  });
  const change = (n: number, part: Partial<FormSlot>) =>
    onChange(value.map((one, at) => (at === n ? { ...one, ...part } : one)));
  const wrong = value.map((_, n) => problemAt(`slots.${n}`));
  return (
    <div class="stack">
      <Wrong role="alert" tabIndex={-1}>
        {wrong.every((one) => one === null) && problem}
      </Wrong>
      <ol class="form-slots" ref={mover.list}>
        {value.map((one, n) => (
          <li key={n} class="form-slot" onKeyDown={mover.onKey(n)}>
            <header class="form-slot-head">
              <b>{number(n + 1)}</b>
              <input
                class="control"
                name={`slots.${n}.name`}
                dir="ltr"
                autocomplete="off"
                spellcheck={false}
                aria-label={t("talks.slot.name")}
                placeholder={t("talks.slot.name")}
                value={one.name}
                onInput={(event) => change(n, { name: event.currentTarget.value })}
              />
              <MoveButtons
                name={one.name || number(n + 1)}
                at={n}
                length={value.length}
                move={mover.move}
                remove={() => onChange(value.filter((_, at) => at !== n))}
              />
            </header>
            <Wrong role="alert" tabIndex={-1}>
              {wrong[n]}
            </Wrong>
            <TextsField
              label={t("talks.slot.ask")}
              name={`slots.${n}.ask`}
              value={one.ask}
              onChange={(ask) => change(n, { ask })}
            />
            <Filling slot={one} entities={entities} n={n} change={(part) => change(n, part)} />
            <details class="more">
              <summary>{t("talks.slot.wrong.more")}</summary>
              <TextsField
                label={t("talks.slot.wrong")}
                name={`slots.${n}.wrong`}
                value={one.wrong}
                onChange={(words) => change(n, { wrong: words })}
              />
            </details>
          </li>
        ))}
      </ol>
      <div>
        <button type="button" class="button" onClick={() => onChange([...value, BLANK_SLOT])}>
          <Plus size={16} />
          {t("talks.slot.add")}
        </button>
      </div>
    </div>
  );
}

interface FillingProps {
  slot: FormSlot;
  n: number;
  entities: readonly string[];
  change: (part: Partial<FormSlot>) => void;
}

/** Where the answer comes from, and what it must be. */
function Filling({ slot, n, entities, change }: FillingProps): JSX.Element {
  return (
    <>
      <div class="control-row">
        <select
          class="control"
          name={`slots.${n}.fill`}
          aria-label={t("talks.slot.fill")}
          value={slot.fill}
          onChange={(event) => change({ fill: event.currentTarget.value as Fill })}
        >
          {FILLS.map((one) => (
            <option key={one} value={one}>
              {t(`talks.fill.${one}`)}
            </option>
          ))}
        </select>
        {slot.fill === "entity" && (
          <select
            class="control"
            name={`slots.${n}.entity`}
            aria-label={t("entities.kind.entity")}
            value={slot.entity}
            onChange={(event) => change({ entity: event.currentTarget.value })}
          >
            <option value="">{t("talks.slot.entity")}</option>
            {entities.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        )}
        {(slot.fill === "text" || slot.fill === "entity") && (
          <select
            class="control"
            name={`slots.${n}.check`}
            aria-label={t("talks.slot.check")}
            value={slot.check}
            onChange={(event) => change({ check: event.currentTarget.value as FormSlot["check"] })}
          >
            {CHECKS.map((one) => (
              <option key={one} value={one}>
                {t(`talks.check.${one || "any"}`)}
              </option>
            ))}
          </select>
        )}
      </div>
      {slot.fill === "number" && (
        <div class="control-row">
          <Limit label={t("talks.slot.least")} value={slot.least} set={(least) => change({ least })} />
          <Limit label={t("talks.slot.most")} value={slot.most} set={(most) => change({ most })} />
        </div>
      )}
      {slot.fill === "choice" && <Choices value={slot.choices} onChange={(choices) => change({ choices })} />}
    </>
  );
}

function Limit(props: {
  label: string;
  value: number | null;
  set: (value: number | null) => void;
}): JSX.Element {
  return (
    <span class="control-row">
      <span aria-hidden="true">{props.label}</span>
      <NumberInput
        label={props.label}
        value={props.value ?? Number.NaN}
        onChange={(value) => props.set(Number.isNaN(value) ? null : value)}
      />
    </span>
  );
}

/** The answers to choose from: a button in each language. */
function Choices(props: { value: FormChoice[]; onChange: (value: FormChoice[]) => void }): JSX.Element {
  const { value, onChange } = props;
  const rows = value.length > 0 ? value : [{ value: "", titles: {} }];
  return (
    <ul class="reply-buttons">
      {rows.map((one, n) => (
        <li key={n} class="control-row">
          {(["fa", "en"] as const).map((lang) => (
            <input
              key={lang}
              class="control"
              dir={lang === "fa" ? "rtl" : "ltr"}
              lang={lang}
              maxLength={40}
              aria-label={t("talks.choice", { lang: t(`lang.${lang}`) })}
              placeholder={t("talks.choice", { lang: t(`lang.${lang}`) })}
              value={one.titles[lang] ?? ""}
              onInput={(event) => {
                const titles = { ...one.titles, [lang]: event.currentTarget.value };
                onChange(rows.map((it, at) => (at === n ? { ...it, titles } : it)));
              }}
            />
          ))}
          <button
            type="button"
            class="icon-button"
            aria-label={t("list.remove", { name: one.titles.fa ?? one.titles.en ?? "" })}
            onClick={() => onChange(rows.filter((_, at) => at !== n))}
          >
            <Close size={16} />
          </button>
        </li>
      ))}
      {rows.length < 10 && (
        <li>
          <button type="button" class="button" onClick={() => onChange([...rows, { value: "", titles: {} }])}>
            <Plus size={16} />
            {t("talks.choice.add")}
          </button>
        </li>
      )}
    </ul>
  );
}
