/** This browser as my telephone: while I am at work it is registered, and takes the calls that I accept. */
import { effect, signal } from "@preact/signals";
import { backoff, Refused } from "../../wire";
import type { PhoneKey } from "../../wire/desk.types";
import { link, me, rows } from "../desk";
import { line as hub } from "../link";
import { chime } from "../sound";
import { isAwaited } from "./joins";
import type { Leg, Line } from "./line";
import { microphone, onChange, release } from "./microphone";

/**
 * How it stands. `asking`: for the microphone. `elsewhere`: another browser is my telephone meanwhile. `failed`: the
 * telephone system lets no browser in.
 */
export type PhoneState =
  | "off"
  | "asking"
  | "connecting"
  | "ready"
  | "lost"
  | "elsewhere"
  | "refused"
  | "no_device"
  | "failed";

export const phone = signal<PhoneState>("off");
/** The call of this browser, or null; `live` once both sides can speak. */
export const leg = signal<{ leg: Leg; live: boolean } | null>(null);

/** Refusals that say nothing of the telephone: the hub could not be asked. */
const LATER: ReadonlySet<string> = new Set(["cut", "timeout", "too_fast", "unavailable"]);

let line: Line | null = null;
let login = "";
let timer: ReturnType<typeof setTimeout> | undefined;
let failures = 0;
/** Grows with every start and stop: what was begun before is not gone on with. */
let turn = 0;

/** Begins, as the newest of my browsers. */
export async function start(): Promise<void> {
  stop();
  const mine = turn;
  phone.value = "asking";
  const sound = await microphone();
  if (mine !== turn) return;
  if (typeof sound === "string") {
    phone.value = sound;
    return;
  }
  release(sound);
  phone.value = "connecting";
  await renew(true);
}

function stop(): void {
  turn++;
  clearTimeout(timer);
  line?.close();
  line = null;
  login = "";
  failures = 0;
  phone.value = "off";
}

/** Asks the hub for a password (the same login's while it has one), and comes again before that is over. */
async function renew(again: boolean): Promise<void> {
  const mine = turn;
  clearTimeout(timer);
  try {
    const key = await hub.ask<PhoneKey>({ type: "phone", was: login });
    const { connect } = await import("./sip");
    if (mine !== turn) return;
    login = key.login;
    if (line) line.renew(key, again);
    else line = connect(key, { ready: onReady, lost: onLost, leg: onLeg, live: onLive });
    timer = setTimeout(() => void renew(false), key.seconds * 500);
  } catch (error) {
    if (mine !== turn) return;
    const code = error instanceof Refused ? error.code : "cut";
    if (code === "elsewhere" && !leg.peek()) {
      stop();
      phone.value = "elsewhere";
      return;
    }
    if (!line) phone.value = LATER.has(code) ? "connecting" : "failed";
    timer = setTimeout(() => void renew(again), 1_000 + backoff(failures++));
  }
}

function onReady(): void {
  failures = 0;
  phone.value = "ready";
}

/** `refused`: the password is good no longer. A line that broke comes back by itself. */
function onLost(refused: boolean): void {
  if (!line) return;
  phone.value = "lost";
  clearTimeout(timer);
  timer = setTimeout(() => void renew(refused), refused ? backoff(failures++) : 1_000 + backoff(failures++));
}

let unwatch = () => {};

function onLeg(next: Leg | null): void {
  unwatch();
  leg.value = next && { leg: next, live: false };
  const join = next?.joins;
  if (!next) return;
  if (!join) return chime();
  unwatch = effect(() => {
    if (isAwaited(join, rows.value.get(join.conversation), me.value?.id ?? ""))
      queueMicrotask(() => void answer());
  });
}

function onLive(): void {
  if (leg.peek()) leg.value = { leg: (leg.peek() as { leg: Leg }).leg, live: true };
}

let answering: Leg | null = null;

/** Takes the call that rings. */
export async function answer(): Promise<void> {
  const one = leg.peek();
  if (!one || one.live || answering === one.leg) return;
  answering = one.leg;
  unwatch();
  const sound = await microphone();
  if (typeof sound === "string") {
    one.leg.end();
    stop();
    phone.value = sound;
  } else if (leg.peek()?.leg === one.leg) one.leg.answer(sound);
  else release(sound);
}

/** Tells the hub whether calls reach this browser; each new connection to it knows nothing yet. */
function tellHub(): void {
  let told = false;
  effect(() => {
    const ready = phone.value === "ready";
    if (link.value !== "live") told = false;
    else if (ready !== told) {
      told = ready;
      hub.ask({ type: "phone.ready", ready }).catch(() => {
        told = false;
      });
    }
  });
}

/** Follows whether I am at work with this browser as my telephone; a call that is live is spoken to its end. */
export function followWork(): void {
  effect(() => {
    const mine = me.value;
    const wanted = mine?.browser_phone === true && mine.status !== "offline" && link.value !== "signed_out";
    if (wanted && phone.peek() === "off") queueMicrotask(() => void start());
    else if (!wanted && !leg.value && phone.peek() !== "off") queueMicrotask(stop);
  });
  tellHub();
  onChange(() => {
    if (phone.peek() === "refused" || phone.peek() === "no_device") void start();
  });
  addEventListener("beforeunload", (event) => {
    if (leg.peek()?.live) event.preventDefault();
  });
}
