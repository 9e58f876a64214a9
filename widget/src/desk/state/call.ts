/** What the agent who has a call can do with it now. Pure. */
import type { ControlCall, Summary } from "../../wire/desk.types";

type Act = Exclude<ControlCall["control"], "consult" | "send_on">;

/** What can be done with the recording, by how it stands. */
const TAPES: Readonly<Record<NonNullable<Summary["tape"]>, Act>> = {
  off: "record",
  on: "record_pause",
  paused: "record_resume",
};

/** The buttons, in order; whether the call can be passed on, and whether somebody else can be asked or dialled. */
export function callControls(
  row: Pick<Summary, "call" | "callback" | "ended_by_customer" | "tape">,
  mine: boolean,
  muted: boolean,
): { acts: Act[]; transfer: boolean; others: boolean } {
  if (!mine || row.ended_by_customer) return { acts: [], transfer: false, others: false };
  const voice: Act = muted ? "unmute" : "mute";
  const tape = row.tape ? [TAPES[row.tape]] : [];
  switch (row.call) {
    case "joined":
      return { acts: [voice, "hold", ...tape, "hang_up"], transfer: true, others: true };
    case "held":
      return { acts: ["resume", "hang_up"], transfer: true, others: true };
    case "consult":
      return { acts: ["conference", "complete", "back"], transfer: false, others: false };
    case "conference":
      return { acts: [voice, ...tape, "complete", "back", "hang_up"], transfer: false, others: false };
    case "over":
      return { acts: row.callback ? ["call_again"] : [], transfer: false, others: false };
    default:
      return { acts: [], transfer: false, others: false };
  }
}
