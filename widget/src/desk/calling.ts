/** What I do with my live call, by the bar and by keys. The hub does it; this browser's own line is muted here as well. */
import { signal } from "@preact/signals";
import type { ControlCall, Summary } from "../wire/desk.types";
import { controlCall } from "./actions";
import { current, isMine, link } from "./desk";
import { leg } from "./phone/phone";
import { callControls } from "./state/call";

/** Whether the caller does not hear me. */
export const muted = signal(false);
export const keypad = signal(false);

/** Whether tones can be sent: this browser has a call that is live. */
export function canPress(): boolean {
  return leg.value?.live === true;
}

export async function doCall(row: Summary, control: ControlCall["control"]): Promise<void> {
  const sound = control === "mute" || control === "unmute";
  if (sound) leg.peek()?.leg.mute(control === "mute");
  if (control === "hang_up" && link.peek() !== "live") return leg.peek()?.leg.end();
  const done = await controlCall(row, control);
  if (done && sound) muted.value = control === "mute";
}

/** Does the first of these that can be done with the call on the screen now. True when there is one. */
export function onCall(...wanted: readonly ControlCall["control"][]): boolean {
  const row = current.peek();
  if (!row?.call) return false;
  const { acts } = callControls(row, isMine.peek(), muted.peek());
  const control = acts.find((one) => wanted.includes(one));
  if (control) void doCall(row, control);
  return control !== undefined;
}
