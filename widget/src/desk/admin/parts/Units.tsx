/** Numbers for each channel: what a conversation takes of somebody's units, how many at once. */
import type { JSX } from "preact";
import { number } from "../../../ui/format";
import { Alert } from "../../../ui/icons";
import { channels, inboxes } from "../store";
import { t } from "../words";
import { Frame, NumberInput } from "./fields";
import { channelName } from "./say";
import type { Bound } from "./useDraft";

/** All channels that are not named. */
const OTHERS = "*";

/** Every channel that conversations may come by; calls come by one that has no inbox of its own making. */
export function channelNames(): string[] {
  return [...new Set([...(channels.data.value ?? []).map((one) => one.name), "voice"])];
}

/** Channels of this house of which one conversation costs more than `units`, in words; empty where there is none. */
export function tooDear(costs: Readonly<Record<string, number>>, units: number): string {
  const used = new Set((inboxes.data.value ?? []).map((one) => one.channel));
  const priced = [...used].map((channel) => ({ channel, cost: costs[channel] ?? costs[OTHERS] ?? 25 }));
  return priced
    .filter(({ cost }) => cost > units)
    .map(({ channel, cost }) => `${channelName(channel)} (${number(cost)})`)
    .join(t("word.and"));
}

interface UnitsProps extends Bound<Record<string, number>> {
  label: string;
  hint: string;
  /** There is a number for all channels that have none of their own. */
  others?: boolean;
  /** What would be kept and yet can hardly be meant. */
  warning?: string | null;
}

/** A number for each channel; an empty one is not kept. */
export function UnitsField({ label, hint, others, warning, ...bound }: UnitsProps): JSX.Element {
  const { value, readOnly } = bound;
  const names = [...new Set([...channelNames(), ...Object.keys(value)])].filter((one) => one !== OTHERS);
  const set = (channel: string, units: number) => {
    const { [channel]: _, ...rest } = value;
    bound.onChange(Number.isNaN(units) ? rest : { ...rest, [channel]: units });
  };
  return (
    <Frame label={label} hint={hint} problem={bound.problem} group>
      {(wiring) => (
        <div class="levels">
          {[...names, ...(others ? [OTHERS] : [])].map((channel, n) => (
            <div key={channel} class="level">
              <bdi>{channel === OTHERS ? t("units.others") : channelName(channel)}</bdi>
              <NumberInput
                value={value[channel] ?? Number.NaN}
                readOnly={readOnly}
                aria-invalid={n === 0 ? wiring["aria-invalid"] : undefined}
                label={t("units.of", {
                  field: label,
                  channel: channel === OTHERS ? t("units.others") : channelName(channel),
                })}
                onChange={(units) => set(channel, units)}
                onLeave={bound.onLeave}
              />
            </div>
          ))}
          {warning && (
            <p class="remark is-warned" role="status">
              <Alert size={15} />
              {warning}
            </p>
          )}
        </div>
      )}
    </Frame>
  );
}
