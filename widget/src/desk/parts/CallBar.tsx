import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Check, Person } from "../../ui/icons";
import type { ControlCall, Summary } from "../../wire/desk.types";
import { controlCall } from "../actions";
import { agents, dialog, isMine, link, me } from "../desk";
import { t } from "../i18n";
import { callControls } from "../state/call";
import { Forward, HangUp, Mic, MicOff, Pause, Phone, Play, Return } from "./icons";
import { Menu } from "./Menu";

const SIGNS: Readonly<Record<string, () => JSX.Element>> = {
  hold: () => <Pause size={16} />,
  resume: () => <Play size={16} />,
  mute: () => <MicOff size={16} />,
  unmute: () => <Mic size={16} />,
  hang_up: () => <HangUp size={16} />,
  complete: () => <Check size={16} />,
  back: () => <Return size={16} />,
};

/** Colleagues who can be asked while the caller waits. */
function Colleagues({ row, onClose }: { row: Summary; onClose: () => void }): JSX.Element {
  const free = agents.value.filter(
    (one) => one.id !== me.value?.id && one.connected && one.status === "online",
  );
  const items = free.map((one) => ({
    key: one.id,
    label: one.name,
    run: () => void controlCall(row, "consult", one.id),
  }));
  const nobody = { key: "none", label: t("call.consult.nobody"), run: onClose };
  return (
    <Menu
      label={t("call.consult")}
      items={items.length > 0 ? items : [nobody]}
      place="below-end"
      onClose={onClose}
    />
  );
}

/** How a live call stands, and what the agent who has it can do with it. */
export function CallBar({ row }: { row: Summary }): JSX.Element | null {
  const [muted, setMuted] = useState(false);
  const [asking, setAsking] = useState(false);
  const mine = isMine.value;
  const live = link.value === "live";
  useEffect(() => setMuted(false), [row.id, row.owner.fence]);
  if (!row.call) return null;
  const run = (control: ControlCall["control"]) => async () => {
    const done = await controlCall(row, control);
    if (done && (control === "mute" || control === "unmute")) setMuted(control === "mute");
  };
  const { acts, transfer } = callControls(row, mine, muted);
  return (
    <section class={`call is-${row.call}`} aria-label={t("call.title")}>
      <p class="call-state" role="status">
        <Phone size={16} /> {t(`call.state.${row.call}`)}
      </p>
      {acts.length > 0 && (
        <div class="call-acts">
          {acts.map((one) => (
            <button
              key={one}
              type="button"
              class={`button ${one === "hang_up" ? "button-danger" : one === "complete" ? "button-main" : ""}`}
              disabled={!live}
              onClick={run(one)}
            >
              {SIGNS[one]?.()}
              <span>{t(`call.${one}`)}</span>
            </button>
          ))}
          {transfer && (
            <>
              <div class="menu-anchor">
                <button
                  type="button"
                  class="button"
                  disabled={!live}
                  aria-haspopup="menu"
                  aria-expanded={asking}
                  onClick={() => setAsking(!asking)}
                >
                  <Person size={16} />
                  <span>{t("call.consult")}</span>
                </button>
                {asking && <Colleagues row={row} onClose={() => setAsking(false)} />}
              </div>
              <button
                type="button"
                class="button"
                disabled={!live}
                onClick={() => {
                  dialog.value = "transfer";
                }}
              >
                <Forward size={16} />
                <span>{t("action.transfer")}</span>
              </button>
            </>
          )}
        </div>
      )}
    </section>
  );
}
