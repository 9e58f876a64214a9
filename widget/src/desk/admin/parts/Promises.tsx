/** What is promised, and within which time. */
import type { JSX } from "preact";
import { PROMISES, type Promised, type Sla } from "../model/records";
import { t } from "../words";
import { Frame, SpanField } from "./fields";
import type { Bound } from "./useDraft";

const USUAL_SECONDS: Record<Promised, number> = {
  first_response: 300,
  next_response: 900,
  resolution: 86_400,
  offer_acceptance: 60,
  callback: 3600,
};

/** Each promise with a tick; what is ticked has its time. */
export function PromisesField(bound: Bound<Sla["targets"]>): JSX.Element {
  const { value, readOnly, onChange } = bound;
  return (
    <Frame label={t("field.targets")} hint={t("slas.promises.hint")} problem={bound.problem} group>
      {(wiring) => (
        <ul class="promises">
          {PROMISES.map((one, n) => {
            const { [one]: seconds, ...others } = value;
            return (
              <li key={one}>
                <label class="tick">
                  <input
                    type="checkbox"
                    aria-invalid={n === 0 ? wiring["aria-invalid"] : undefined}
                    checked={seconds !== undefined}
                    disabled={readOnly}
                    onChange={(event) =>
                      onChange(
                        event.currentTarget.checked ? { ...others, [one]: USUAL_SECONDS[one] } : others,
                      )
                    }
                  />
                  {t(`promise.${one}`)}
                </label>
                {seconds !== undefined && (
                  <SpanField
                    name={one}
                    value={seconds}
                    problem={null}
                    readOnly={readOnly}
                    label={t("slas.within", { promise: t(`promise.${one}`) })}
                    onChange={(next) => onChange({ ...value, [one]: next })}
                    onLeave={bound.onLeave}
                  />
                )}
              </li>
            );
          })}
        </ul>
      )}
    </Frame>
  );
}
