import type { JSX } from "preact";
import { span } from "../../ui/format";
import type { Summary } from "../../wire/desk.types";
import { serverNow, tick } from "../desk";
import { t, word } from "../i18n";
import { slaLevel } from "../state/lists";
import { moment } from "./when";

interface SlaProps {
  row: Summary;
  /** Only the time that is left; which promise it is stands in the title. */
  short?: boolean;
}

/** The promise that is due first: quiet while there is time, coloured when it is urgent or broken. */
export function Sla({ row, short = false }: SlaProps): JSX.Element | null {
  tick.value;
  const sla = row.sla;
  if (!sla || row.status === "resolved") return null;
  const now = serverNow();
  const promise = word("reason", sla.promise);
  const level = slaLevel(sla, now);
  if (!sla.due)
    return short ? null : (
      <span class="sla is-paused">{t("sla.named", { promise, time: t("sla.paused") })}</span>
    );
  const left = span(Math.abs(sla.due - now));
  const time = t(level === "late" ? "sla.late" : "sla.left", { time: left });
  const title = t("sla.title", { promise, time: moment(sla.due, now) });
  return (
    <span class={`sla is-${level}`} title={title}>
      {short ? time : t("sla.named", { promise, time })}
    </span>
  );
}
