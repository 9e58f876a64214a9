/** Where a step leads: one of the steps there are, or a new one that is made on the way. */
import type { JSX } from "preact";
import { STEP_TYPES, type StepType } from "../../model/flow";
import { t } from "../../words";
import type { Wiring } from "../fields";
import { Ahead } from "../icons";
import { useBench } from "./bench";

const NEW = "\u0000";

interface PickerProps extends Partial<Wiring> {
  value: string;
  /** The step that the new one comes after. */
  from: string | null;
  label?: string;
  /** It need not lead anywhere. */
  free?: boolean;
  onChange: (name: string) => void;
}

export function StepPicker({ value, from, label, free, onChange, ...wiring }: PickerProps): JSX.Element {
  const bench = useBench();
  const known = bench.steps.has(value);
  const pick = (choice: string) =>
    onChange(choice.startsWith(NEW) ? bench.add(choice.slice(NEW.length) as StepType, from) : choice);
  return (
    <div class="step-picker">
      <select
        {...wiring}
        class="control"
        aria-label={label}
        value={value}
        disabled={bench.readOnly}
        onChange={(event) => pick(event.currentTarget.value)}
      >
        {(free || !value) && <option value="">{t(free ? "flow.nowhere" : "flow.choose")}</option>}
        {value && !known && <option value={value}>{t("flow.missing", { name: value })}</option>}
        <optgroup label={t("flow.steps")}>
          {[...bench.steps].map(([name, one]) => (
            <option key={name} value={name}>
              {name} · {t(`flow.type.${one.type}`)}
            </option>
          ))}
        </optgroup>
        <optgroup label={t("flow.step.new")}>
          {STEP_TYPES.map((type) => (
            <option key={type} value={NEW + type}>
              + {t(`flow.type.${type}`)}
            </option>
          ))}
        </optgroup>
      </select>
      {known && (
        <button
          type="button"
          class="icon-button"
          aria-label={t("flow.goto", { name: value })}
          onClick={() => bench.show(value)}
        >
          <Ahead size={16} />
        </button>
      )}
    </div>
  );
}
