/** The header's one line: who answers, in honest words. Pure. */
import { number } from "../ui/format";
import type { LineStatus } from "../wire/socket";
import type { Chat } from "./model";
import { safeName } from "./text";
import { t } from "./words";

export interface Presence {
  text: string;
  tone: "here" | "bot" | "away" | "busy";
}

export function minutes(n: number): string {
  return t.value.minutes(number(n), n === 1);
}

export function presence(chat: Chat, status: LineStatus): Presence {
  const words = t.value;
  const { desk, convo } = chat;
  if (status.kind === "waiting" && status.attempt > 0) return { text: words.offlineShort, tone: "away" };
  if (status.kind === "ended" && status.reason === "forgotten") return { text: words.over, tone: "away" };
  if (!desk) return { text: words.connecting, tone: "busy" };
  if (convo?.status === "resolved") return { text: words.over, tone: "away" };
  if (convo?.owner === "agent") {
    const name = safeName(convo.agent_name ?? "");
    return { text: name ? words.withAgent(name) : words.withSomebody, tone: "here" };
  }
  if (convo?.owner === "queue" || convo?.owner === "offer") {
    // It has left the bot for good: whether that answers right away says nothing about this conversation.
    if (convo.staffed === false) return { text: words.closed, tone: "away" };
    return { text: words.waiting, tone: "busy" };
  }
  if (desk.hours_open && desk.agents_online) {
    const wait = desk.wait_minutes;
    return { text: wait ? words.peopleIn(minutes(wait)) : words.people, tone: "here" };
  }
  return desk.bot ? { text: words.botOnly, tone: "bot" } : { text: words.closed, tone: "away" };
}
