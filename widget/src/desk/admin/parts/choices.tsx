/** Fields in which one chooses: one of many, one of a few, any of several, on or off. */
import type { ComponentChildren, JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { matches } from "../model/search";
import { t } from "../words";
import { Frame } from "./fields";
import type { Bound } from "./useDraft";

export interface Option<V extends string> {
  value: V;
  label: string;
  hint?: string;
}

interface SelectProps<V extends string> extends Bound<V> {
  label: string;
  hint?: ComponentChildren;
  options: readonly Option<V>[];
}

/** One of many. */
export function SelectField<V extends string>(props: SelectProps<V>): JSX.Element {
  const known = props.options.some((one) => one.value === props.value);
  return (
    <Frame label={props.label} hint={props.hint} problem={props.problem}>
      {(wiring) => (
        <select
          {...wiring}
          class="control"
          name={props.name}
          value={props.value}
          disabled={props.readOnly}
          onChange={(event) => props.onChange(event.currentTarget.value as V)}
          onBlur={props.onLeave}
        >
          {!known && <option value={props.value}>{props.value}</option>}
          {props.options.map((one) => (
            <option key={one.value} value={one.value}>
              {one.label}
            </option>
          ))}
        </select>
      )}
    </Frame>
  );
}

/** One of a few, side by side; with hints, one below the other. */
export function ChoiceField<V extends string>(props: SelectProps<V>): JSX.Element {
  const tall = props.options.some((one) => one.hint);
  return (
    <Frame label={props.label} hint={props.hint} problem={props.problem} group>
      {({ id }) => (
        <div class={tall ? "picks" : "segments"}>
          {props.options.map((one) => (
            <label key={one.value} class={tall ? "pick" : "segment"}>
              <input
                type="radio"
                name={`${id}-${props.name}`}
                checked={props.value === one.value}
                disabled={props.readOnly}
                onChange={() => props.onChange(one.value)}
                onBlur={props.onLeave}
              />
              <span>
                {one.label}
                {one.hint && <small>{one.hint}</small>}
              </span>
            </label>
          ))}
        </div>
      )}
    </Frame>
  );
}

interface ManyProps<V extends string> extends Bound<V[]> {
  label: string;
  hint?: ComponentChildren;
  options: readonly Option<V>[];
}

/** From so many on, what one may choose from is searched. */
const MANY = 20;

/** Any of several. The order of the options is kept. */
export function ManyField<V extends string>(props: ManyProps<V>): JSX.Element {
  const strange = props.value.filter((one) => !props.options.some((other) => other.value === one));
  const options = [...props.options, ...strange.map((value) => ({ value, label: value as string }))];
  const [chosenBefore] = useState(props.value);
  const [query, setQuery] = useState("");
  const many = options.length > MANY;
  const rank = (one: Option<V>) => (chosenBefore.includes(one.value) ? 0 : 1);
  const shown = many
    ? options.filter((one) => matches(query, one.label)).sort((a, b) => rank(a) - rank(b))
    : options;
  const toggle = (value: V) => {
    const chosen = new Set(props.value);
    if (!chosen.delete(value)) chosen.add(value);
    props.onChange(options.map((one) => one.value).filter((one) => chosen.has(one)));
    props.onLeave();
  };
  return (
    <Frame label={props.label} hint={props.hint} problem={props.problem} group>
      {(wiring) => (
        <>
          {many && (
            <input
              type="search"
              class="control ticks-search"
              dir="auto"
              aria-label={t("table.filter")}
              placeholder={t("table.filter")}
              value={query}
              onInput={(event) => setQuery(event.currentTarget.value)}
              onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
            />
          )}
          <div class={`ticks ${many ? "ticks-many" : ""}`}>
            {shown.map((one, n) => (
              <label key={one.value} class="tick">
                <input
                  type="checkbox"
                  aria-invalid={n === 0 ? wiring["aria-invalid"] : undefined}
                  checked={props.value.includes(one.value)}
                  disabled={props.readOnly}
                  onChange={() => toggle(one.value)}
                />
                <bdi>{one.label}</bdi>
              </label>
            ))}
          </div>
        </>
      )}
    </Frame>
  );
}

interface SwitchProps {
  label: string;
  hint?: ComponentChildren;
  value: boolean;
  readOnly?: boolean;
  onChange: (value: boolean) => void;
  /** The label is for readers of the screen alone. */
  bare?: boolean;
}

/** On or off. */
export function Switch({ label, hint, value, readOnly, onChange, bare }: SwitchProps): JSX.Element {
  const id = useId();
  return (
    <label class={`switch ${bare ? "switch-bare" : ""}`}>
      <input
        type="checkbox"
        role="switch"
        aria-checked={value}
        checked={value}
        disabled={readOnly}
        aria-describedby={hint ? id : undefined}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <i aria-hidden="true" />
      <span class={bare ? "visually-hidden" : undefined}>
        {label}
        {hint && <small id={id}>{hint}</small>}
      </span>
    </label>
  );
}
