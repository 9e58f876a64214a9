/** Who trained a version, who put it before customers or took it away, when, and with which words. */
import type { JSX } from "preact";
import { dateTime, percent } from "../../../../ui/format";
import type { Version, VersionEvent } from "../../model/bot";
import { t } from "../../words";
import { Block } from "../Page";

const alone = (text: string) => `\u2068${text}\u2069`;

export function History({ version }: { version: Version }): JSX.Element {
  return (
    <Block title={t("history.title")} lead={t("history.lead")}>
      <ol class="readings history">
        <li>
          <span>{t("history.trained", { name: alone(version.by_name) })}</span>
          <time class="quiet tabular">{dateTime(version.at)}</time>
        </li>
        {version.history.map((one) => (
          <Happened key={`${one.at}-${one.kind}`} event={one} />
        ))}
      </ol>
    </Block>
  );
}

function Happened({ event }: { event: VersionEvent }): JSX.Element {
  const name = alone(event.by_name || t("history.hub"));
  const unmet = event.unmet.map((one) => t(`gate.${one}`)).join(" · ");
  return (
    <li>
      <span>{t(`history.${event.kind}`, { name, share: percent(event.share / 100) })}</span>
      {event.unmet.length > 0 && <span class="is-warned">{t("history.unmet", { names: alone(unmet) })}</span>}
      {event.moved > 0 && <span class="is-warned">{t("history.moved", { n: event.moved })}</span>}
      {event.reason && <span>{t("history.reason", { reason: alone(event.reason) })}</span>}
      <time class="quiet tabular">{dateTime(event.at)}</time>
    </li>
  );
}
