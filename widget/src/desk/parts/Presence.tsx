import type { JSX } from "preact";
import type { AgentView } from "../../wire/desk.types";
import { setStatus } from "../actions";
import { dialog, me, settings } from "../desk";
import { statusText, t, word } from "../i18n";
import { Face } from "./common";
import { Menu, type MenuItem } from "./Menu";
import { RoomMark, StandingHead } from "./Standing";

const RADIUS = 20;
const ROUND = 2 * Math.PI * RADIUS;

/** The colour class of a status. */
export function statusTone(status: string): "on" | "off" | "away" | "bad" {
  if (status === "online") return "on";
  if (status === "offline") return "off";
  return status === "not_responding" ? "bad" : "away";
}

/** A face with its used capacity as a thin ring and its status as a dot. */
export function RingedFace({ agent, size = 34 }: { agent: AgentView; size?: number }): JSX.Element {
  const share = Math.min(1, (agent.load ?? 0) / Math.max(1, agent.capacity ?? 100));
  return (
    <span class="ringed" style={{ inlineSize: `${size + 8}px`, blockSize: `${size + 8}px` }}>
      <svg viewBox="0 0 44 44" class="ring" aria-hidden="true">
        <circle cx="22" cy="22" r={RADIUS} class="ring-track" />
        {share > 0 && (
          <circle
            cx="22"
            cy="22"
            r={RADIUS}
            class="ring-used"
            stroke-dasharray={`${share * ROUND} ${ROUND}`}
          />
        )}
      </svg>
      <Face id={agent.id} name={agent.name} size={size} />
      <i class={`status-dot is-${statusTone(agent.status)}`} />
    </span>
  );
}

function choices(): MenuItem[] {
  const status = me.value?.status ?? "offline";
  const dot = (tone: string) => <i class={`status-dot is-${tone}`} />;
  return [
    {
      key: "online",
      label: t("status.online"),
      hint: t("status.online.hint"),
      icon: dot("on"),
      checked: status === "online",
      run: () => void setStatus("online"),
    },
    ...settings.value.break_reasons.map((reason, n) => ({
      key: `break:${reason}`,
      label: n === 0 ? `${t("status.break")}: ${word("break", reason)}` : word("break", reason),
      icon: dot("away"),
      checked: status === `break:${reason}`,
      apart: n === 0,
      run: () => void setStatus("break", reason),
    })),
    {
      key: "finishing",
      label: t("status.finishing"),
      hint: t("status.finishing.hint"),
      icon: dot("away"),
      checked: status === "finishing",
      apart: true,
      run: () => void setStatus("finishing"),
    },
    {
      key: "offline",
      label: t("status.offline"),
      hint: t("status.offline.hint"),
      icon: dot("off"),
      checked: status === "offline",
      apart: true,
      run: () => void setStatus("offline"),
    },
  ];
}

/** My face in the rail; opens the menu of statuses. */
export function Presence(): JSX.Element {
  const mine = me.value;
  if (!mine) return <div class="rail-face skeleton-face" aria-hidden="true" />;
  const shown = dialog.value === "presence";
  const name = statusText(mine.status);
  const load = t("rail.load", { load: mine.load ?? 0, capacity: mine.capacity ?? 100 });
  return (
    <div class="rail-face">
      <button
        type="button"
        class="face-button"
        aria-haspopup="menu"
        aria-expanded={shown}
        aria-label={`${t("status.set")}: ${name}`}
        title={`${mine.name} · ${name} · ${load} (P)`}
        onClick={() => {
          dialog.value = shown ? null : "presence";
        }}
      >
        <RingedFace agent={mine} />
      </button>
      <RoomMark agent={mine} />
      {shown && (
        <Menu
          label={t("status.set")}
          head={<StandingHead />}
          items={choices()}
          place="beside"
          onClose={() => {
            dialog.value = null;
          }}
        />
      )}
    </div>
  );
}
