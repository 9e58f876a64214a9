/** Fields of forms: a label, a hint, the problem in words, and the control. All take what `Draft.bind` gives. */
import type { ComponentChildren, JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { locale } from "../../../ui/i18n";
import { persian, wholeNumber } from "../model/digits";
import { joinSeconds, splitSeconds, UNITS, type Unit } from "../model/span";
import { t } from "../words";
import type { Bound } from "./useDraft";
import { Wrong } from "./Wrong";

/** What a control needs to belong to its label, hint and problem. */
export interface Wiring {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": boolean | undefined;
}

interface FrameProps {
  label: string;
  hint?: ComponentChildren;
  problem: string | null;
  /** The controls are several: a group with a legend instead of a label. */
  group?: boolean;
  class?: string;
  children: (wiring: Wiring) => ComponentChildren;
}

/** The frame of every field. */
export function Frame({ label, hint, problem, group, class: name = "", children }: FrameProps): JSX.Element {
  const id = useId();
  const described = [hint ? `${id}-h` : "", problem ? `${id}-p` : ""].filter(Boolean).join(" ") || undefined;
  const inside = (
    <>
      {children({ id, "aria-describedby": described, "aria-invalid": problem !== null || undefined })}
      <Wrong id={`${id}-p`}>{problem}</Wrong>
      {hint && (
        <p class="entry-hint" id={`${id}-h`}>
          {hint}
        </p>
      )}
    </>
  );
  if (group) {
    return (
      <fieldset class={`entry ${name}`} aria-describedby={described}>
        <legend class="entry-label">{label}</legend>
        {inside}
      </fieldset>
    );
  }
  return (
    <div class={`entry ${name}`}>
      <label class="entry-label" for={id}>
        {label}
      </label>
      {inside}
    </div>
  );
}

interface TextProps extends Bound<string> {
  label: string;
  hint?: ComponentChildren;
  /** Written in Latin letters from left to right, whatever the screen's direction: addresses, user names. */
  ltr?: boolean;
  type?: "text" | "password";
  autocomplete?: string;
  first?: boolean;
  class?: string;
  /** Brings what was typed into its one form when the field is left. */
  neat?: (text: string) => string;
}

/** One line of text. */
export function TextField(props: TextProps): JSX.Element {
  return (
    <Frame label={props.label} hint={props.hint} problem={props.problem} class={props.class}>
      {(wiring) => (
        <input
          {...wiring}
          class="control"
          type={(props.type ?? "text") as "text"}
          name={props.name}
          value={props.value}
          readOnly={props.readOnly}
          dir={props.ltr ? "ltr" : "auto"}
          autocomplete={props.autocomplete ?? "off"}
          spellcheck={false}
          data-first={props.first || undefined}
          onInput={(event) => props.onChange(event.currentTarget.value)}
          onBlur={(event) => {
            if (props.neat && !props.readOnly) props.onChange(props.neat(event.currentTarget.value));
            props.onLeave();
          }}
        />
      )}
    </Frame>
  );
}

const digits = (text: string) => (locale.value === "fa" ? persian(text) : text);

interface NumberInputProps extends Partial<Wiring> {
  value: number;
  name?: string;
  readOnly?: boolean;
  label?: string;
  onChange: (value: number) => void;
  onLeave?: () => void;
}

/** A whole number in the reader's digits; what is no number becomes NaN, which no check lets pass. */
export function NumberInput({ value, onChange, onLeave, label, ...rest }: NumberInputProps): JSX.Element {
  const [typed, setTyped] = useState<string | null>(null);
  const shown = typed ?? (Number.isNaN(value) ? "" : digits(String(value)));
  return (
    <input
      {...rest}
      class="control control-number"
      type="text"
      inputMode="numeric"
      autocomplete="off"
      dir="ltr"
      aria-label={label}
      value={shown}
      onInput={(event) => {
        setTyped(event.currentTarget.value);
        onChange(wholeNumber(event.currentTarget.value) ?? Number.NaN);
      }}
      onKeyDown={(event) => {
        const by = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0;
        if (by === 0 || rest.readOnly || Number.isNaN(value)) return;
        event.preventDefault();
        setTyped(null);
        onChange(value + by);
      }}
      onBlur={() => {
        if (!Number.isNaN(value)) setTyped(null);
        onLeave?.();
      }}
    />
  );
}

interface NumberProps extends Bound<number> {
  label: string;
  hint?: ComponentChildren;
  after?: ComponentChildren;
}

/** A whole number. */
export function NumberField({ label, hint, problem, after, ...rest }: NumberProps): JSX.Element {
  return (
    <Frame label={label} hint={hint} problem={problem}>
      {(wiring) => (
        <div class="control-row">
          <NumberInput {...wiring} {...rest} />
          {after && <span class="control-after">{after}</span>}
        </div>
      )}
    </Frame>
  );
}

interface SpanProps extends Bound<number> {
  label: string;
  hint?: ComponentChildren;
}

/** A span of time, kept in seconds, written in the unit that fits. */
export function SpanField({ label, hint, problem, value, onChange, ...rest }: SpanProps): JSX.Element {
  const [unit, setUnit] = useState<Unit>(() => splitSeconds(value).unit);
  const fits = Number.isNaN(value) || value % joinSeconds(1, unit) === 0;
  const used = fits ? unit : splitSeconds(value).unit;
  return (
    <Frame label={label} hint={hint} problem={problem}>
      {(wiring) => (
        <div class="control-row">
          <NumberInput
            {...wiring}
            {...rest}
            value={value / joinSeconds(1, used)}
            onChange={(next) => onChange(joinSeconds(next, used))}
          />
          <select
            class="control control-unit"
            aria-label={t("unit.label", { field: label })}
            value={used}
            disabled={rest.readOnly}
            onChange={(event) => {
              const next = event.currentTarget.value as Unit;
              setUnit(next);
              if (!Number.isNaN(value)) onChange(joinSeconds(value / joinSeconds(1, used), next));
            }}
          >
            {UNITS.map((one) => (
              <option key={one} value={one}>
                {t(`unit.${one}`)}
              </option>
            ))}
          </select>
        </div>
      )}
    </Frame>
  );
}
