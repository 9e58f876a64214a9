/** The parts of a step, each drawn by its kind. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Close, Plus } from "../../../../ui/icons";
import type { Locale } from "../../../../wire/desk.types";
import { latin } from "../../model/digits";
import { freeKey, PARTS, type Part, type Step, type Words } from "../../model/flow";
import { calendars, queues } from "../../store";
import { t } from "../../words";
import { SelectField, Switch } from "../choices";
import { Frame, NumberField, SpanField, TextField } from "../fields";
import type { Bound } from "../useDraft";
import { useBench } from "./bench";
import { StepPicker } from "./StepPicker";
import { partText } from "./say";

interface StepProps {
  name: string;
  step: Step;
  onChange: (step: Step) => void;
}

/** All parts of a step; those that few change are folded. */
export function StepParts(props: StepProps): JSX.Element {
  const parts = PARTS[props.step.type];
  const rare = parts.filter((one) => one.rare);
  const shown = (one: Part) => <OnePart key={one.name} {...props} part={one} />;
  return (
    <>
      {parts.filter((one) => !one.rare).map(shown)}
      {rare.length > 0 && (
        <details class="more">
          <summary>{t("flow.more")}</summary>
          <div class="stack">{rare.map(shown)}</div>
        </details>
      )}
    </>
  );
}

function OnePart({ name, step, part, onChange }: StepProps & { part: Part }): JSX.Element | null {
  const { readOnly } = useBench();
  const label = partText(step.type, part.name);
  const set = (value: unknown) => onChange({ ...step, [part.name]: value });
  const bound = <V,>(value: V): Bound<V> => ({
    value,
    name: `${name}.${part.name}`,
    problem: null,
    readOnly,
    onChange: set,
    onLeave: () => {},
  });
  const value = step[part.name];
  switch (part.kind) {
    case "words":
    case "words?":
      return <WordsPart label={label} value={value as Words | null} onChange={set} />;
    case "step":
    case "step?":
      return (
        <Frame label={label} problem={null}>
          {(wiring) => (
            <StepPicker
              {...wiring}
              value={String(value ?? "")}
              from={name}
              free={part.kind === "step?"}
              onChange={(to) => set(part.kind === "step?" ? to || null : to)}
            />
          )}
        </Frame>
      );
    case "keys":
      return <KeysPart name={name} value={value as Record<string, string>} onChange={set} />;
    case "languages":
      return <LanguagesPart label={label} value={value as Record<string, Locale>} onChange={set} />;
    case "queue":
      return (
        <SelectField
          {...bound(String(value ?? ""))}
          label={label}
          options={[
            { value: "", label: t("flow.queue.own") },
            ...(queues.data.value ?? []).map((one) => ({ value: one.id as string, label: one.name })),
          ]}
        />
      );
    case "calendar":
      return (
        <SelectField
          {...bound(String(value ?? ""))}
          label={label}
          options={[
            { value: "inbox", label: t("flow.calendar.own") },
            ...(calendars.data.value ?? []).map((one) => ({ value: one.id as string, label: one.name })),
          ]}
        />
      );
    case "number":
      return <NumberField {...bound(Number(value))} label={label} />;
    case "seconds":
      return <SpanField {...bound(Number(value))} label={label} />;
    case "seconds?":
      return <SpanField {...bound(value === null ? Number.NaN : Number(value))} label={label} />;
    case "switch":
      return <Switch label={label} value={value === true} readOnly={readOnly} onChange={set} />;
    case "text":
      return <TextField {...bound(String(value ?? ""))} label={label} ltr neat={latin} />;
  }
}

interface WordsProps {
  label: string;
  value: Words | null;
  onChange: (words: Words) => void;
}

/** What is said, in each language of the flow, side by side. */
function WordsPart({ label, value, onChange }: WordsProps): JSX.Element {
  const { readOnly, locales } = useBench();
  const words = value ?? { fa: "", en: "" };
  return (
    <fieldset class="entry flow-words">
      <legend class="entry-label">{label}</legend>
      <div>
        {locales.map((one) => (
          <label key={one}>
            <small>{t(`lang.${one}`)}</small>
            <textarea
              class="control"
              rows={3}
              lang={one}
              dir={one === "fa" ? "rtl" : "ltr"}
              readOnly={readOnly}
              value={words[one]}
              aria-label={`${label}: ${t(`lang.${one}`)}`}
              onInput={(event) => onChange({ ...words, [one]: event.currentTarget.value })}
            />
          </label>
        ))}
      </div>
    </fieldset>
  );
}

interface KeysProps {
  name: string;
  value: Record<string, string>;
  onChange: (keys: Record<string, string>) => void;
}

/** The keys of a menu, and where each leads. */
function KeysPart({ name, value, onChange }: KeysProps): JSX.Element {
  const { readOnly } = useBench();
  const all = Object.entries(value);
  const put = (entries: (readonly [string, string])[]) => onChange(Object.fromEntries(entries));
  return (
    <Frame label={t("flow.part.choices")} problem={null} group>
      {() => (
        <>
          <ul class="flow-keys">
            {all.map(([key, target]) => (
              <li key={key}>
                <KeyInput
                  value={key}
                  label={t("flow.key.of", { key })}
                  taken={all.map(([one]) => one)}
                  onChange={(next) => put(all.map(([one, to]) => [one === key ? next : one, to] as const))}
                />
                <StepPicker
                  value={target}
                  from={name}
                  label={t("flow.key.leads", { key })}
                  onChange={(to) => put(all.map(([one, was]) => [one, one === key ? to : was] as const))}
                />
                {!readOnly && (
                  <button
                    type="button"
                    class="icon-button"
                    aria-label={t("flow.key.remove", { key })}
                    onClick={() => put(all.filter(([one]) => one !== key))}
                  >
                    <Close size={16} />
                  </button>
                )}
              </li>
            ))}
          </ul>
          {!readOnly && (
            <div>
              <button
                type="button"
                class="button"
                onClick={() => put([...all, [freeKey(Object.keys(value)), ""]])}
              >
                <Plus size={16} />
                {t("flow.key.add")}
              </button>
            </div>
          )}
        </>
      )}
    </Frame>
  );
}

/** A key of a telephone, or several; it counts once the field is left. */
function KeyInput(props: {
  value: string;
  label: string;
  taken: readonly string[];
  /** It may be left empty. */
  free?: boolean;
  onChange: (key: string) => void;
}): JSX.Element {
  const { readOnly } = useBench();
  const [typed, setTyped] = useState<string | null>(null);
  const leave = () => {
    const key = latin(typed ?? props.value).trim();
    setTyped(null);
    if (key !== props.value && (key || props.free) && !props.taken.includes(key)) props.onChange(key);
  };
  return (
    <input
      class="control flow-key"
      dir="ltr"
      inputMode="tel"
      maxLength={4}
      autocomplete="off"
      aria-label={props.label}
      readOnly={readOnly}
      value={typed ?? props.value}
      onInput={(event) => setTyped(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== "Enter") return;
        event.preventDefault();
        leave();
      }}
      onBlur={leave}
    />
  );
}

interface LanguagesProps {
  label: string;
  value: Record<string, Locale>;
  onChange: (keys: Record<string, Locale>) => void;
}

/** The key by which each language is chosen. */
function LanguagesPart({ label, value, onChange }: LanguagesProps): JSX.Element {
  const { locales } = useBench();
  const all = Object.entries(value);
  return (
    <Frame label={label} problem={null} group>
      {() => (
        <ul class="flow-keys">
          {locales.map((one) => {
            const key = all.find(([, locale]) => locale === one)?.[0] ?? "";
            const others = all.filter(([, locale]) => locale !== one);
            return (
              <li key={one}>
                <KeyInput
                  value={key}
                  label={t("flow.key.language", { language: t(`lang.${one}`) })}
                  taken={others.map(([it]) => it)}
                  free
                  onChange={(next) => onChange(Object.fromEntries(next ? [...others, [next, one]] : others))}
                />
                <span>{t(`lang.${one}`)}</span>
              </li>
            );
          })}
        </ul>
      )}
    </Frame>
  );
}
