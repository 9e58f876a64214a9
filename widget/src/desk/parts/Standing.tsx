import type { JSX } from "preact";
import { number } from "../../ui/format";
import type { AgentView } from "../../wire/desk.types";
import { setStatus } from "../actions";
import { Since } from "../board/Since";
import { agents, me } from "../desk";
import { statusText, t, word } from "../i18n";
import { phone } from "../phone/phone";
import { Keys } from "./common";

/** A channel of which somebody has something: how many, and how many there is room for. */
export interface Room {
  channel: string;
  has: number;
  most: number;
}

/** What an agent has of each channel, most first; with nothing at hand the channel with most room. */
export function roomOf(agent: AgentView): readonly Room[] {
  const all = Object.keys({ ...agent.most, ...agent.channels }).map((channel) => {
    const has = agent.channels?.[channel] ?? 0;
    return { channel, has, most: Math.max(has, agent.most?.[channel] ?? 0) };
  });
  const busy = all.filter((one) => one.has > 0).sort((a, b) => b.has - a.has);
  return busy.length > 0 ? busy : all.sort((a, b) => b.most - a.most).slice(0, 1);
}

/** "3 of 4, website chat". */
export function roomText({ channel, has, most }: Room): string {
  return t("room.of", { has, most, channel: word("channel", channel) });
}

/** How full I am, in so many words as stand under a face. */
export function RoomMark({ agent }: { agent: AgentView }): JSX.Element | null {
  const first = roomOf(agent)[0];
  if (!first || agent.status === "offline") return null;
  return (
    <span class="rail-room tabular" title={roomOf(agent).map(roomText).join(" · ")}>
      {number(first.has)} / {number(first.most)}
    </span>
  );
}

/** What follows from my status, and since when: on a break, finishing, not responding. Nothing while I take work. */
export function Standing(): JSX.Element | null {
  const mine = me.value;
  const status = mine?.status ?? "online";
  if (!mine || status === "online" || status === "offline") return null;
  const silent = status === "not_responding";
  const finishing = status === "finishing";
  const held = Object.values(mine.channels ?? {}).reduce((sum, n) => sum + n, 0);
  return (
    <div class={`banner standing ${silent ? "is-warn" : "is-quiet"}`} role={silent ? "alert" : "status"}>
      <i class={`status-dot is-${silent ? "bad" : "away"}`} />
      <span>
        <b>{silent ? t("idle.title") : finishing ? t("finishing.title") : statusText(status)}</b>{" "}
        {silent ? t("idle.hint") : t(finishing ? "finishing.hint" : "break.hint", { n: held })}
      </span>
      {mine.status_since ? <Since at={mine.status_since} /> : null}
      <button
        type="button"
        class={`button ${silent ? "button-main" : ""}`}
        onClick={() => void setStatus("online")}
      >
        {t(silent ? "idle.back" : "standing.back")} <Keys caps={["O"]} />
      </button>
    </div>
  );
}

/** A colleague's state for the menu's head: since when, and how full. */
export function StandingHead(): JSX.Element | null {
  const mine = agents.value.find((one) => one.id === me.value?.id) ?? me.value;
  if (!mine) return null;
  return (
    <p class="menu-head">
      <b>{statusText(mine.status)}</b> {mine.status_since ? <Since at={mine.status_since} /> : null}
      <small>{roomOf(mine).map(roomText).join(" · ")}</small>
      {phone.value === "ready" && <small>{t("phone.ready")}</small>}
    </p>
  );
}
