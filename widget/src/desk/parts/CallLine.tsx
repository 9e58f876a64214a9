/** What happened to a call: the event in words, how long what ended with it took, and the whole at the end. */
import type { JSX } from "preact";
import { clock, number } from "../../ui/format";
import { locale } from "../../ui/i18n";
import type { EventView } from "../../wire/desk.types";
import { type Key, t } from "../i18n";
import { en } from "../i18n/en";
import { type CallStory, STRETCHES, stepsOf } from "../state/callStory";
import { Forward, HangUp, Keypad, Mic, Pause, Phone, Play, Return, Tape, TapeOff } from "./icons";

const SIGNS: Readonly<Record<string, (props: { size?: number }) => JSX.Element>> = {
  ringing: Phone,
  menu: Keypad,
  agent_ringing: Phone,
  joined: Phone,
  held: Pause,
  resumed: Play,
  consulting: Pause,
  conference: Phone,
  party_left: Return,
  tape_on: Tape,
  tape_paused: TapeOff,
  tape_resumed: Tape,
  dial_refused: HangUp,
  parked: Return,
  callback: Return,
  sent_on: Forward,
  recording: Mic,
  voicemail: Mic,
  ended: HangUp,
};

/** The sign of what happened to a call. */
export function CallSign({ event }: { event: EventView }): JSX.Element | null {
  const Sign = event.type === "call" ? SIGNS[event.reason ?? ""] : undefined;
  return Sign ? (
    <span class="event-sign">
      <Sign size={14} />
    </span>
  ) : null;
}

/** The way through a menu, in the reader's direction, with the keys that led on. */
export function pathText({ path = "", keys, flow, version }: Readonly<Record<string, string>>): string {
  const arrow = locale.value === "fa" ? " ← " : " → ";
  const said = [
    stepsOf(path).map(stepText).join(arrow),
    keys ? t("event.call.keys", { keys: apart(keys.replace(/\d/g, (digit) => number(Number(digit)))) }) : "",
    flow ? t("event.call.flow", { flow: apart(flow), version: Number(version) }) : "",
  ];
  return said.filter(Boolean).join(" · ");
}

/** A step as its flow calls it; those of the usual flow in the reader's words. */
const stepText = (step: string): string => (`step.${step}` in en ? t(`step.${step}` as Key) : apart(step));

const apart = (text: string): string => `\u2068${text}\u2069`;

/** The number that an event is about: who calls, or where a call goes; read from left to right. */
export function numberText({ reason, values }: EventView): string {
  const number = reason === "ringing" ? values?.from : (values?.to ?? values?.from);
  return number ? `\u2066${number}\u2069` : t("event.call.hidden");
}

/** The word of an event of a call that says more than its kind: who ended it, and whether they asked to be called. */
export function callKey(event: EventView): string {
  if (event.reason === "callback" && event.values?.missed) return "event.call.callback.missed";
  const how = event.reason === "ended" ? (event.values?.reason === "lost" ? "lost" : event.values?.by) : "";
  return `event.call.${event.reason}${how ? `.${how}` : ""}`;
}

/** What ended with an event, and how long it took. */
export function Spans({ story, seq }: { story: CallStory; seq: number }): JSX.Element | null {
  const spans = story.spans.get(seq);
  if (!spans) return null;
  return (
    <>
      {spans.map(({ what, ms }) => (
        <span key={what} class="event-span tabular">
          {t(`story.${what}`, { span: clock(ms) })}
        </span>
      ))}
    </>
  );
}

/** All of a call that has ended: menu, wait, talk, hold. */
export function Totals({ story, seq }: { story: CallStory; seq: number }): JSX.Element | null {
  const sum = story.totals.get(seq);
  if (!sum) return null;
  return (
    <dl class="call-sum" aria-label={t("story.title")}>
      {STRETCHES.map((what) => {
        const ms = what === "ring" ? undefined : sum[what];
        return ms === undefined ? null : (
          <div key={what}>
            <dt>{t(`story.sum.${what}` as Key)}</dt>
            <dd class="tabular">{clock(ms)}</dd>
          </div>
        );
      })}
    </dl>
  );
}
