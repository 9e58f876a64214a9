import type { JSX } from "preact";
import { link, me, rows } from "../desk";
import { t } from "../i18n";
import { answer, leg, type PhoneState, phone, start } from "../phone/phone";
import { Keys } from "./common";
import { HangUp, MicOff, Phone } from "./icons";

const TONES: Readonly<Record<PhoneState, "" | "is-link" | "is-link is-late" | "is-warn" | "is-quiet">> = {
  off: "",
  asking: "is-link is-late",
  connecting: "is-link is-late",
  ready: "",
  lost: "is-warn",
  elsewhere: "is-quiet",
  refused: "is-warn",
  no_device: "is-warn",
  failed: "is-warn",
};

/** Whether the call of this browser is the one that the call bar of a conversation of mine shows. */
function inBar(): boolean {
  const mine = me.value?.id;
  const speaks = ["ringing", "joined", "held", "consult", "conference"];
  return [...rows.value.values()].some(
    (row) => row.owner.kind === "agent" && row.owner.agent === mine && speaks.includes(row.call ?? ""),
  );
}

/** A call that nobody accepted in the desk: a colleague asks. It rings until it is answered; a caller who is left to me moves into the bar. */
function Ringing(): JSX.Element | null {
  const it = leg.value;
  if (!it || it.leg.joins || (it.live && inBar())) return null;
  return (
    <div class="banner phone-banner is-link" role={it.live ? "status" : "alert"}>
      <Phone size={16} />
      <span>
        {t(it.live ? "phone.speaking" : "phone.rings")}{" "}
        {it.leg.number && <bdi dir="ltr">{it.leg.number}</bdi>}
      </span>
      <button type="button" class="button button-danger" onClick={() => it.leg.end()}>
        <HangUp size={16} /> {t(it.live ? "call.hang_up" : "phone.decline")}{" "}
        {!it.live && <Keys caps={["D"]} />}
      </button>
      {!it.live && (
        <button type="button" class="button button-main" onClick={() => void answer()}>
          {t("phone.answer")} <Keys caps={["A"]} />
        </button>
      )}
    </div>
  );
}

/** Why calls do not reach this browser, and what helps; nothing while they do. */
export function PhoneBanner(): JSX.Element | null {
  const state = phone.value;
  const tone = TONES[state];
  const again = state === "refused" || state === "no_device" || state === "elsewhere";
  if (link.value !== "live" && !leg.value) return null;
  return (
    <>
      <Ringing />
      {tone && state !== "off" && state !== "ready" && (
        <div class={`banner phone-banner ${tone}`} role={tone === "is-warn" ? "alert" : "status"}>
          {state === "refused" || state === "no_device" ? <MicOff size={16} /> : <Phone size={16} />}
          <span>{t(`phone.${state}`)}</span>
          {again && (
            <button type="button" class="button" onClick={() => void start()}>
              {t(state === "elsewhere" ? "phone.here" : "phone.again")}
            </button>
          )}
        </div>
      )}
    </>
  );
}
