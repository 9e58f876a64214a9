/** How a trial is set: the hour, the number dialled, and whether the caller hides theirs. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Scene } from "../../flowApi";
import { t } from "../../words";
import { SelectField, Switch } from "../choices";
import { MomentField } from "../Moment";

const CHOICES = ["now", "open", "closed", "other"] as const;
type Choice = (typeof CHOICES)[number];

interface SceneProps {
  value: Scene;
  /** Those that begin elsewhere. */
  numbers: readonly string[];
  onChange: (change: Partial<Scene>) => void;
}

export function SceneFields({ value, numbers, onChange }: SceneProps): JSX.Element {
  const [choice, setChoice] = useState<Choice>("now");
  const pick = (next: Choice) => {
    setChoice(next);
    onChange({ hours: next === "open" || next === "closed" ? next : "at", at: null });
  };
  const plain = { problem: null, readOnly: false, onLeave: () => {} };
  return (
    <>
      <SelectField<Choice>
        {...plain}
        value={choice}
        name="hours"
        onChange={pick}
        label={t("flow.try.hours")}
        options={CHOICES.map((one) => ({ value: one, label: t(`flow.try.hours.${one}`) }))}
      />
      {choice === "other" && <MomentField onChange={(at) => onChange({ at })} />}
      {numbers.length > 0 && (
        <SelectField
          {...plain}
          value={value.called}
          name="called"
          onChange={(called) => onChange({ called })}
          label={t("flow.try.called")}
          options={[
            { value: "", label: t("flow.try.called.any") },
            ...numbers.map((one) => ({ value: one, label: `\u2066${one}\u2069` })),
          ]}
        />
      )}
      <Switch
        label={t("flow.try.hidden")}
        value={!value.known_number}
        onChange={(hidden) => onChange({ known_number: !hidden })}
      />
    </>
  );
}
