import type { JSX } from "preact";
import { Alert, Check, Checks, Clock, Retry } from "../../ui/icons";
import type { EntryView } from "../../wire/desk.types";
import { retryDelivery, settleDelivery } from "../actions";
import { currentId, link, mayDecide, serverNow } from "../desk";
import { t, word } from "../i18n";
import { moment } from "./when";

const STATES = ["queued", "sent", "delivered", "read", "failed", "uncertain"] as const;
type State = (typeof STATES)[number];

const SIGNS = {
  queued: Clock,
  sent: Check,
  delivered: Checks,
  read: Checks,
  failed: Alert,
  uncertain: Alert,
};

function known(state: string): state is State {
  return (STATES as readonly string[]).includes(state);
}

/** Whether an entry's delivery is said in words, also where it isn't the last of its group. */
export function speaks(entry: EntryView): boolean {
  return entry.delivery === "failed" || entry.delivery === "uncertain" || Boolean(entry.delivery_due);
}

/** What there is to decide on a message that didn't arrive, or of which nobody knows. */
function Decide({ entry }: { entry: EntryView }): JSX.Element | null {
  const id = currentId.value;
  if (!id || !mayDecide.value) return null;
  const off = link.value !== "live";
  const doubt = entry.delivery === "uncertain";
  return (
    <span class="delivery-do">
      <button type="button" disabled={off} onClick={() => void retryDelivery(id, entry.seq)}>
        <Retry size={13} />
        {t(doubt ? "delivery.again" : "delivery.retry")}
      </button>
      {doubt && (
        <button type="button" disabled={off} onClick={() => void settleDelivery(id, entry.seq)}>
          <Check size={13} />
          {t("delivery.arrived")}
        </button>
      )}
    </span>
  );
}

/** How far a message of ours has come: a sign, and words where something is to be known or done. */
export function Delivery({ entry }: { entry: EntryView }): JSX.Element | null {
  const state = entry.delivery;
  if (!state || entry.author === "contact" || entry.kind !== "message" || !known(state)) return null;
  const Sign = SIGNS[state];
  const due = state === "queued" ? entry.delivery_due : undefined;
  const why = entry.delivery_code && state !== "uncertain" ? word("delivery.code", entry.delivery_code) : "";
  const name = due ? t("delivery.next", { time: moment(due, serverNow()) }) : t(`delivery.${state}`);
  if (!speaks(entry))
    return (
      <span class={`delivery is-${state}`} title={name} role="img" aria-label={name}>
        <Sign size={14} />
      </span>
    );
  return (
    <div class={`delivery is-${state} is-said`}>
      <p>
        <Sign size={14} />
        <span>
          {name}
          {why && (due ? ` (${why})` : `: ${why}`)}
        </span>
      </p>
      {entry.delivery_reason && (
        <p class="delivery-reason" title={t("delivery.reason")}>
          <bdi>{entry.delivery_reason}</bdi>
        </p>
      )}
      {state !== "queued" && <Decide entry={entry} />}
    </div>
  );
}
