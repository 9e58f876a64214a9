/** What the agent who has a call can do with it now. Pure. */
import type { ControlCall, Summary } from "../../wire/desk.types";

type Act = Exclude<ControlCall["control"], "consult" | "send_on">;

/** The buttons, in order, and whether the call can be passed on. */
export function callControls(
  row: Pick<Summary, "call" | "ended_by_customer">,
  mine: boolean,
  muted: boolean,
): { acts: Act[]; transfer: boolean } {
  if (!mine || row.ended_by_customer) return { acts: [], transfer: false };
  const voice: Act = muted ? "unmute" : "mute";
  switch (row.call) {
    case "joined":
      return { acts: [voice, "hold", "hang_up"], transfer: true };
    case "held":
      return { acts: ["resume", "hang_up"], transfer: true };
    case "consult":
      return { acts: ["complete", "back"], transfer: false };
    default:
      return { acts: [], transfer: false };
  }
}
