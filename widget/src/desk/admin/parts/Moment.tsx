/** Another hour than now: a day in the reader's calendar, and a time of their clock. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { locale } from "../../../ui/i18n";
import { momentOf, parseDay } from "../model/dates";
import { localMoment, parseClock } from "../model/hours";
import { t } from "../words";
import { Frame } from "./fields";
import { dayText } from "./say";

const OWN_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Gives the moment (ms) as it is written, null while it is none. */
export function MomentField({ onChange }: { onChange: (at: number | null) => void }): JSX.Element {
  const today = localMoment(Date.now(), OWN_ZONE).iso;
  const [day, setDay] = useState("");
  const [clock, setClock] = useState("");
  const iso = (text: string) =>
    text.trim() ? parseDay(text, locale.value === "fa" ? "persian" : "gregory", today) : today;
  const tell = (nextDay: string, nextClock: string) =>
    onChange(momentOf(iso(nextDay), parseClock(nextClock)));
  const known = iso(day);
  const wrong = known === null || (clock.trim() !== "" && parseClock(clock) === null);
  return (
    <Frame
      label={t("moment.label")}
      hint={known ? dayText(known) : undefined}
      problem={wrong ? t("moment.wrong") : null}
      group
    >
      {(wiring) => (
        <div class="control-row">
          <input
            class="control clock"
            dir="ltr"
            inputMode="numeric"
            autocomplete="off"
            aria-label={t("moment.clock")}
            aria-invalid={wiring["aria-invalid"]}
            placeholder={t("moment.clock.like")}
            value={clock}
            onInput={(event) => {
              setClock(event.currentTarget.value);
              tell(day, event.currentTarget.value);
            }}
          />
          <input
            class="control"
            dir="ltr"
            autocomplete="off"
            aria-label={t("moment.day")}
            placeholder={t("moment.day.like")}
            value={day}
            onInput={(event) => {
              setDay(event.currentTarget.value);
              tell(event.currentTarget.value, clock);
            }}
          />
        </div>
      )}
    </Frame>
  );
}
