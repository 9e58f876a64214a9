/** How far a message of ours has come, as the hub tells it. Pure. */
import type { DeliveryEvent, EntryView } from "../../wire/desk.types";

const RANK: Record<string, number> = { queued: 0, uncertain: 1, sent: 2, failed: 3, delivered: 4, read: 5 };

/** States out of which a message is sent again. */
const AGAIN = new Set(["queued", "uncertain", "failed"]);

/**
 * Delivery only moves forward, as in the hub: what was sent can still fail. What failed or is in doubt goes back to the line when somebody
 * tries it again.
 */
export function advances(from: string | null | undefined, to: string): boolean {
  if (!from) return true;
  if (to === "queued") return AGAIN.has(from);
  return (RANK[to] ?? 0) > (RANK[from] ?? -1);
}

/** The entry after news of its delivery; the same one where they don't concern it. */
export function delivered(entry: EntryView, news: DeliveryEvent): EntryView {
  const ours = entry.kind === "message" && entry.author !== "contact";
  const meant = news.up_to ? entry.seq <= news.seq : entry.seq === news.seq;
  // That later ones were read says nothing of one that never went out.
  if (news.up_to && (entry.delivery === "failed" || entry.delivery === "uncertain")) return entry;
  if (!ours || !meant || !advances(entry.delivery, news.state)) return entry;
  return {
    ...entry,
    delivery: news.state,
    delivery_reason: news.reason,
    delivery_code: news.code,
    delivery_due: news.due,
  };
}

/** How many of the newest entries are looked at again when a conversation is opened anew. */
const LOOK_BACK = 50;

function unsettled(entry: EntryView): boolean {
  if ((entry.parts ?? []).some((part) => part.file?.state === "coming")) return true;
  return entry.kind === "message" && Boolean(entry.delivery) && entry.delivery !== "read";
}

/**
 * After which number to ask when a timeline that is in memory is opened again: what was on its way then may have arrived or failed
 * since. Null when nothing is here.
 */
export function resumeAfter(entries: readonly EntryView[]): number | null {
  const last = entries.at(-1);
  if (!last) return null;
  const first = entries.slice(-LOOK_BACK).find(unsettled);
  return first ? first.seq - 1 : last.seq;
}
