/** What a supervisor does to others' work, and what the screen says of it. */

import { Refused } from "../../wire";
import type { Acted, AgentBoard, ForceStatus, HeldView, Summary, WatchCall } from "../../wire/desk.types";
import { me } from "../desk";
import { errorText } from "../i18n";
import { line } from "../link";
import { toast } from "../toasts";
import { stepOf } from "./model";
import { t } from "./words";

type Asked = Parameters<typeof line.ask>[0];

async function ask<T>(frame: Asked): Promise<T | null> {
  try {
    return (await line.ask<T>(frame)) ?? ({} as T);
  } catch (error) {
    toast(errorText(error instanceof Refused ? error.code : "unavailable"), "error");
    return null;
  }
}

function sayRefused(acted: Acted): void {
  const codes = Object.values(acted.refused ?? {});
  const first = codes[0];
  if (first) toast(`${t("acts.refused", { n: codes.length })} ${errorText(first)}`, "error");
}

/** Puts waiting conversations into another queue. */
export async function move(ids: readonly string[], queue: { id: string; name: string }): Promise<boolean> {
  const acted = await ask<Acted>({ type: "move", conversations: [...ids], queue: queue.id });
  if (!acted) return false;
  if (acted.done > 0) toast(t("acts.moved", { n: acted.done, queue: queue.name }));
  sayRefused(acted);
  return true;
}

/** Says how urgent waiting conversations are. */
export async function prioritise(ids: readonly string[], priority: number): Promise<boolean> {
  const acted = await ask<Acted>({ type: "prioritise", conversations: [...ids], priority });
  if (!acted) return false;
  if (acted.done > 0)
    toast(t("acts.prioritised", { n: acted.done, priority: t(`priority.${stepOf(priority)}`) }));
  sayRefused(acted);
  return true;
}

/** Gives a conversation to an agent; `fence` is what the screen showed. */
export async function assign(
  conversation: string,
  fence: number,
  to: { id: string; name: string },
): Promise<boolean> {
  const done = await ask({ type: "assign", conversation, agent: to.id, fence });
  if (done) toast(t(to.id === me.peek()?.id ? "acts.taken" : "acts.assigned", { name: to.name }));
  return done !== null;
}

/** Takes a conversation over, whoever has it. */
export async function takeOver(item: HeldView | Summary): Promise<boolean> {
  const mine = me.peek();
  if (!mine) return false;
  const [id, fence] = "owner" in item ? [item.id, item.owner.fence] : [item.conversation, item.fence];
  return assign(id, fence, mine);
}

/** Hears a colleague's live call over my telephone, speaks in it, or leaves it. */
export async function watchCall(held: HeldView, how: WatchCall["watch"]): Promise<void> {
  if (await ask({ type: "call.watch", conversation: held.conversation, watch: how }))
    toast(t(`watch.done.${how}`));
}

/** Sets a colleague's status. */
export async function force(
  agent: AgentBoard,
  status: ForceStatus["status"],
  reason?: string,
): Promise<void> {
  if (await ask({ type: "agent.status", agent: agent.id, status, reason }))
    toast(t("acts.forced", { name: agent.name }));
}

/** Sets a colleague offline and ends their sessions. */
export async function signOutAgent(agent: AgentBoard): Promise<void> {
  if (await ask({ type: "agent.sign_out", agent: agent.id }))
    toast(t("acts.signed_out", { name: agent.name }));
}
