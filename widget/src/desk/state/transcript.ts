/** What was said in a recording, as a machine wrote it down. Pure. */
import type { EntryView } from "../../wire/desk.types";

export interface Transcript {
  outcome: "written" | "nothing" | "failed";
  text: string;
  locale: string;
}

/** Whether an entry is one; it stands under the recording, not in the timeline. */
export function isTranscript({ event }: EntryView): boolean {
  return event?.type === "call" && event.reason === "transcript";
}

/** That of a file; null while there is none, and once its words were erased. */
export function transcriptOf(entries: readonly EntryView[], file: string): Transcript | null {
  const event = entries.findLast((one) => isTranscript(one) && one.event?.values?.file === file)?.event;
  const outcome = event?.values?.outcome as Transcript["outcome"] | undefined;
  if (!outcome || (outcome === "written" && !event?.note)) return null;
  return { outcome, text: event?.note ?? "", locale: event?.values?.locale ?? "" };
}
