import type { JSX } from "preact";
import { number, span } from "../../ui/format";
import { inOrder } from "../../ui/order";
import type { Summary } from "../../wire/desk.types";
import { openRow } from "../actions";
import { channels, serverNow, tab, tick, typing } from "../desk";
import { nameOf, t } from "../i18n";
import { waitLevel } from "../state/lists";
import { ChannelGlyph, Numeral } from "./common";
import { memo } from "./memo";
import { Sla } from "./Sla";
import { moment, shortWhen } from "./when";

/** The time at the end of a row: how long the customer waits, else when it last moved. */
function When({ row }: { row: Summary }): JSX.Element {
  tick.value;
  const now = serverNow();
  if (row.snoozed_until && row.status !== "resolved")
    return <span class="row-when">{t("row.snoozed", { time: moment(row.snoozed_until, now) })}</span>;
  const since =
    row.status === "resolved"
      ? undefined
      : (row.waiting_since ?? (tab.value === "queue" ? row.queued_at : undefined));
  if (!since) return <time class="row-when">{shortWhen(row.last_at, now)}</time>;
  const waited = Math.max(0, now - since);
  const text = waited < 45_000 ? t("time.now") : span(waited);
  return (
    <span
      class={`row-when is-${waitLevel(channels.value[row.channel]?.live ?? true, waited)}`}
      title={t("row.waiting", { time: span(waited) })}
    >
      {text}
    </span>
  );
}

function owner(row: Summary): string | null {
  if (row.status === "resolved") return null;
  if (row.owner.kind === "agent") return row.owner.agent_name ?? null;
  if (row.owner.kind === "bot") return t("row.owner.bot");
  if (row.owner.kind === "offer") return t("row.owner.offer");
  return row.owner.kind === "queue" ? (row.owner.queue_name ?? t("row.owner.queue")) : null;
}

function LastWords({ row }: { row: Summary }): JSX.Element {
  const now = typing.value.get(row.id);
  const name = nameOf(row);
  if (now?.who === "contact") return <span class="row-typing">{t("pane.typing", { name })}</span>;
  const who = row.last_author === "agent" ? t("row.you") : row.last_author === "bot" ? t("row.bot") : "";
  const mine = row.last_author !== "agent" || tab.value === "mine" || tab.value === "snoozed";
  return (
    <>
      {mine && who && <span class="row-who">{who.trim()}</span>}
      <span class="row-text" dir="auto">
        {inOrder(row.last_text || (row.ended_by_customer ? t("row.ended") : ""))}
      </span>
    </>
  );
}

interface RowProps {
  row: Summary;
  gone: boolean;
  open: boolean;
  marked: boolean;
  /** Where it stands, px from the top of the list. A transform, so that rows that move shift no layout. */
  top: number;
}

/** Two lines of the list: who and since when; the last words and, outside my own tab, with whom it is. */
export const Row = memo(function Row({ row, gone, open, marked, top }: RowProps): JSX.Element {
  const unread = row.unread ?? 0;
  const showOwner = tab.value === "all" || tab.value === "queue";
  const name = nameOf(row);
  return (
    <button
      type="button"
      id={`row-${row.id}`}
      role="option"
      aria-selected={open}
      tabIndex={-1}
      style={{ transform: `translateY(${top}px)` }}
      class={`row ${open ? "is-open" : ""} ${marked ? "is-marked" : ""} ${unread > 0 ? "is-unread" : ""} ${gone ? "is-gone" : ""}`}
      onClick={() => openRow(row.id)}
    >
      <span class="row-dot">
        {unread > 0 && <i role="img" aria-label={t("row.unread", { n: unread })} />}
      </span>
      <span class="row-top">
        <span class="row-name" dir="auto">
          {name}
        </span>
        <ChannelGlyph channel={row.channel} size={13} />
        <Numeral n={row.number} class="row-number" />
        <span class="row-gap" />
        {gone ? <span class="row-when">{t("list.gone")}</span> : <When row={row} />}
      </span>
      <span class="row-bottom">
        <span class="row-words">
          <LastWords row={row} />
        </span>
        {!gone && <Sla row={row} short />}
        {showOwner && owner(row) && <span class="row-owner">{owner(row)}</span>}
        {unread > 1 && <span class="row-count tabular">{number(unread)}</span>}
      </span>
    </button>
  );
});
