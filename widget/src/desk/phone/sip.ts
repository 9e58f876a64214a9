/** SIP over a secure websocket, and sound over WebRTC. Fetched with the first need: few desks are telephones. */
import { C, UA, WebSocketInterface } from "jssip";
import type { IncomingRTCSessionEvent, RTCSessionEvent } from "jssip/lib/UA";
import type { PhoneKey } from "../../wire/desk.types";
import { joinOf, numberOf } from "./joins";
import type { Leg, Line } from "./line";

const REGISTER_SECONDS = 60;

/** What happens on the line. A leg that has ended is told of as null. */
export interface Listener {
  ready: () => void;
  lost: (refused: boolean) => void;
  leg: (leg: Leg | null) => void;
  live: () => void;
}

/** Plays what comes in. */
function hear(connection: RTCPeerConnection): void {
  const sound = new Audio();
  sound.autoplay = true;
  connection.addEventListener("track", ({ streams, track }) => {
    sound.srcObject = streams[0] ?? new MediaStream([track]);
    void sound.play().catch(() => undefined);
  });
}

function legOf({ session, request }: IncomingRTCSessionEvent): Leg {
  return {
    joins: joinOf(request.getHeader("X-Peyk-Joins")),
    number: numberOf(session.remote_identity.uri.user),
    answer: (mediaStream) => session.answer({ mediaStream }),
    mute: (on) => (on ? session.mute({ audio: true }) : session.unmute({ audio: true })),
    press: (key) => session.sendDTMF(key, { transportType: C.DTMF_TRANSPORT.RFC2833 }),
    end: () => {
      if (!session.isEnded()) session.terminate();
    },
  };
}

/** Registers with a key, and again and again until it is closed. */
export function connect(key: PhoneKey, on: Listener): Line {
  const ua = new UA({
    sockets: new WebSocketInterface(key.url),
    uri: `sip:${key.name}@${new URL(key.url).hostname}`,
    authorization_user: key.login,
    password: key.password,
    register_expires: REGISTER_SECONDS,
    session_timers: false,
    connection_recovery_min_interval: 1,
    connection_recovery_max_interval: 15,
  });
  let busy = false;
  ua.on("registered", on.ready);
  ua.on("disconnected", () => on.lost(false));
  ua.on("registrationFailed", () => on.lost(ua.isConnected()));
  ua.on("newRTCSession", (event: RTCSessionEvent) => {
    if (event.originator !== "remote") return;
    const { session } = event as IncomingRTCSessionEvent;
    if (busy) return session.terminate({ status_code: 486 });
    busy = true;
    const over = () => {
      busy = false;
      on.leg(null);
    };
    session.on("peerconnection", ({ peerconnection }) => hear(peerconnection));
    session.on("confirmed", on.live);
    session.on("ended", over);
    session.on("failed", over);
    on.leg(legOf(event as IncomingRTCSessionEvent));
  });
  ua.start();
  return {
    renew: ({ login, password }, again) => {
      ua.set("authorization_user", login);
      ua.set("password", password);
      if (again) ua.register();
    },
    close: () => ua.stop(),
  };
}
