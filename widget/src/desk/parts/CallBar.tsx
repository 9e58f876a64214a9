import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Check, People, Person } from "../../ui/icons";
import type { ControlCall, Summary } from "../../wire/desk.types";
import { controlCall } from "../actions";
import { canPress, doCall, keypad, muted } from "../calling";
import { agents, dialog, isMine, link, me } from "../desk";
import { nameOf, t } from "../i18n";
import { leg } from "../phone/phone";
import { callControls } from "../state/call";
import { CAPS } from "../state/keys";
import {
  Forward,
  HangUp,
  Mic,
  MicOff,
  Pause,
  Phone,
  Play,
  Return,
  Keypad as Sign,
  Tape,
  TapeOff,
} from "./icons";
import { KeypadButton } from "./Keypad";
import { Menu } from "./Menu";

const SIGNS: Readonly<Record<string, () => JSX.Element>> = {
  hold: () => <Pause size={16} />,
  resume: () => <Play size={16} />,
  mute: () => <MicOff size={16} />,
  unmute: () => <Mic size={16} />,
  record: () => <Tape size={16} />,
  record_pause: () => <TapeOff size={16} />,
  record_resume: () => <Tape size={16} />,
  hang_up: () => <HangUp size={16} />,
  conference: () => <People size={16} />,
  complete: () => <Check size={16} />,
  back: () => <Return size={16} />,
  call_again: () => <Phone size={16} />,
};

const KEYS: Readonly<Record<string, readonly string[] | undefined>> = {
  hold: CAPS["call.hold"],
  resume: CAPS["call.hold"],
  mute: CAPS["call.mute"],
  unmute: CAPS["call.mute"],
  hang_up: CAPS["call.hang_up"],
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
  const number = {
    key: "number",
    label: t("call.consult.number"),
    run: () => {
      dialog.value = "dial.consult";
      onClose();
    },
  };
  const nobody = { key: "none", label: t("call.consult.nobody"), run: onClose };
  return (
    <Menu
      label={t("call.consult")}
      items={[...(items.length > 0 ? items : [nobody]), number]}
      place="below-end"
      onClose={onClose}
    />
  );
}

/** How a live call stands, and what the agent who has it can do with it. */
export function CallBar({ row }: { row: Summary }): JSX.Element | null {
  const [asking, setAsking] = useState(false);
  const mine = isMine.value;
  const live = link.value === "live";
  useEffect(() => {
    muted.value = false;
    keypad.value = false;
  }, [row.id, row.owner.fence]);
  if (!row.call) return null;
  const run = (control: ControlCall["control"]) => () => void doCall(row, control);
  const { acts, transfer, others } = callControls(row, mine, muted.value);
  const params = { third: row.third ?? "", caller: nameOf(row) };
  const here = mine && me.value?.browser_phone === true;
  return (
    <section class={`call is-${row.call}`} aria-label={t("call.title")}>
      <p class="call-state" role="status">
        <Phone size={16} />{" "}
        {t(row.call === "ringing" && here ? "call.state.connecting" : `call.state.${row.call}`, params)}
      </p>
      {(row.tape === "on" || row.tape === "paused") && (
        <p class={`call-tape is-${row.tape}`} role="status">
          {t(`call.tape.${row.tape}`)}
        </p>
      )}
      {acts.length > 0 && (
        <div class="call-acts">
          {acts.map((one) => (
            <button
              key={one}
              type="button"
              class={`button ${one === "hang_up" ? "button-danger" : one === "complete" || one === "call_again" ? "button-main" : ""}`}
              disabled={!live && !(one === "hang_up" && leg.value)}
              title={KEYS[one]?.join("+")}
              aria-keyshortcuts={KEYS[one]?.join("+")}
              onClick={run(one)}
            >
              {SIGNS[one]?.()}
              <span>
                {t(row.call === "conference" && one === "back" ? "call.remove" : `call.${one}`, params)}
              </span>
            </button>
          ))}
          {transfer && canPress() && <KeypadButton />}
          {others && (
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
          )}
          {transfer && (
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
          )}
          {others && (
            <button
              type="button"
              class="button"
              disabled={!live}
              onClick={() => {
                dialog.value = "dial.send_on";
              }}
            >
              <Sign size={16} />
              <span>{t("call.send_on")}</span>
            </button>
          )}
        </div>
      )}
    </section>
  );
}
