/** Who holds a conversation, and what follows from it. */
import type { QueueView, Summary } from "../../wire/desk.types";
import { me, queues, serverNow } from "../desk";
import { t } from "../i18n";
import { moment } from "./when";

/** Who holds a conversation, in words. */
export function ownerText(row: Summary, mine: boolean): string {
  if (row.status === "resolved") return t("owner.resolved");
  if (row.snoozed_until) return t("owner.snoozed", { time: moment(row.snoozed_until, serverNow()) });
  if (row.wrap_up_until) return t("owner.wrap_up");
  if (mine) return t("owner.mine");
  if (row.owner.kind === "agent")
    return t("owner.agent", { name: row.owner.agent_name ?? t("event.somebody") });
  if (row.owner.kind === "queue")
    return t("owner.queue", { queue: row.owner.queue_name ?? "" }).replace(/[:：]\s*$/, "");
  return t(`owner.${row.owner.kind}`);
}

/** What follows a conversation when its talk is over. */
export function wrapUpOf(row: Summary): NonNullable<QueueView["wrap_up"]> {
  return queues.value.find((one) => one.id === row.owner.queue)?.wrap_up ?? "none";
}

/** Whether a conversation may be taken by hand. */
export function canTake(row: Summary): boolean {
  return (
    row.status !== "resolved" &&
    (row.owner.kind === "queue" || row.owner.kind === "bot" || row.owner.kind === "none") &&
    !inOrderOnly(row)
  );
}

/** Whether it waits in a line that is given out in order, and I am not somebody who may do otherwise. */
export function inOrderOnly(row: Summary): boolean {
  const line = queues.value.find((one) => one.id === row.owner.queue);
  return (
    row.owner.kind === "queue" &&
    line?.pick === false &&
    me.value?.role !== "supervisor" &&
    me.value?.role !== "admin"
  );
}

/** Whether I lead and may take a conversation over from whoever has it. */
export function canTakeOver(row: Summary): boolean {
  const mine = me.value;
  const held = row.owner.kind === "agent" && row.owner.agent !== mine?.id;
  return (
    (held || row.owner.kind === "offer") &&
    row.status !== "resolved" &&
    !row.ended_by_customer &&
    (mine?.role ?? "agent") !== "agent"
  );
}
