/** One timeline in memory: how entries, pages and pending replies join it. Pure. */
import type { EntryView, HistoryPage, Opened, Summary } from "../../wire/desk.types";
import { delivered } from "./delivery";
import type { EntryNews, OpenState, Pending } from "./types";

/** A timeline of which nothing is known yet. */
export const CLOSED: OpenState = {
  phase: "loading",
  code: null,
  entries: [],
  more: false,
  older: "idle",
  contact: null,
  draft: null,
  viewers: [],
  pending: [],
  unreadAfter: null,
  gap: false,
  early: [],
  news: null,
};

/**
 * Adds the next entry. One that was seen is ignored; one that leaves a hole is kept aside and marks the gap, so that nothing ever
 * appears above what was read already.
 */
export function append(it: OpenState, entry: EntryView): OpenState {
  const last = it.entries.at(-1)?.seq ?? 0;
  if (entry.seq <= last) return it;
  if (it.phase !== "ready") return { ...it, early: [...it.early, entry] };
  if (it.entries.length > 0 && entry.seq > last + 1) return { ...it, gap: true, early: [...it.early, entry] };
  return { ...it, entries: [...it.entries, entry], pending: settle(it.pending, [entry]) };
}

/** The timeline after the answer to `open`: all of it, or what came after the number that was asked for. */
export function merged(it: OpenState, data: Opened, after: number | null): OpenState {
  const fresh = after === null || data.start_over === true;
  const entries = (it.news ?? []).reduce(
    told,
    joined(fresh ? [] : it.entries, [...it.early, ...data.entries]),
  );
  return {
    ...it,
    phase: "ready",
    code: null,
    entries,
    gap: false,
    early: [],
    news: null,
    older: "idle",
    contact: data.contact,
    viewers: data.viewers ?? [],
    more: fresh ? data.more === true : it.more,
    draft: data.draft ?? null,
    pending: settle(it.pending, entries),
    unreadAfter: it.unreadAfter ?? unreadMark(data.conversation),
  };
}

/** After which number the unread line stands; none when nobody has read anything yet: then all is new. */
function unreadMark(row: Summary): number | null {
  return (row.unread ?? 0) > 0 && (row.agent_read ?? 0) > 0 ? (row.agent_read ?? 0) : null;
}

function told(entries: readonly EntryView[], news: EntryNews): readonly EntryView[] {
  return news.type === "delivery"
    ? entries.map((one) => delivered(one, news))
    : entries.map((one) => (one.seq === news.entry.seq ? news.entry : one));
}

/** The timeline after news of entries that are here; what isn't here stays away. */
export function heard(it: OpenState, news: EntryNews): OpenState {
  return {
    ...it,
    entries: told(it.entries, news),
    early: told(it.early, news),
    news: it.news && [...it.news, news],
  };
}

/** Entries and what comes after them, each number once, in order; of one that comes again the newer version. */
function joined(known: readonly EntryView[], more: readonly EntryView[]): readonly EntryView[] {
  const again = new Map(more.map((one) => [one.seq, one]));
  const have = known.map((one) => again.get(one.seq) ?? one);
  const last = have.at(-1)?.seq ?? 0;
  const fresh = new Map<number, EntryView>();
  for (const one of more) if (one.seq > last) fresh.set(one.seq, one);
  return [...have, ...[...fresh.values()].sort((a, b) => a.seq - b.seq)];
}

/** The timeline with an older page at its head. */
export function prepend(it: OpenState, page: HistoryPage): OpenState {
  const first = it.entries[0]?.seq ?? Number.POSITIVE_INFINITY;
  return {
    ...it,
    older: "idle",
    more: page.more,
    entries: [...page.entries.filter((one) => one.seq < first), ...it.entries],
  };
}

function settle(pending: readonly Pending[], entries: readonly EntryView[]): readonly Pending[] {
  if (pending.length === 0) return pending;
  const seen = new Set(entries.map((one) => one.client_id));
  return pending.filter((one) => !seen.has(one.clientId));
}

/** The pending ones with one of them in another state. */
export function setPending(
  pending: readonly Pending[],
  clientId: string,
  state: Pending["state"],
  code: string | null,
): readonly Pending[] {
  return pending.map((one) => (one.clientId === clientId ? { ...one, state, code } : one));
}
