import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { clock, percent, time } from "../../ui/format";
import type { EntryView, EventView } from "../../wire/desk.types";
import { stepOf } from "../board/model";
import { t as board } from "../board/words";
import { type Key, t, word } from "../i18n";
import { en } from "../i18n/en";
import type { CallStory } from "../state/callStory";
import { foldEvents } from "../state/timeline";
import { CallSign, callKey, numberText, pathText, Spans, Totals } from "./CallLine";
import { moment } from "./when";

/** An event in words. One that this desk doesn't know shows its name. */
export function eventText(event: EventView, name: string | null): string {
  const agent = event.agent ?? event.values?.agent ?? name ?? t("event.somebody");
  const words = {
    agent,
    name: name ?? t("event.somebody"),
    to: event.to_agent ?? event.queue ?? t("event.somebody"),
    until: event.until ? moment(event.until, Date.now()) : "",
    disposition: event.disposition ? word("disposition", event.disposition) : "",
    path: pathText(event.values ?? {}),
    number: numberText(event),
    length: clock(Number(event.values?.seconds ?? 0) * 1000),
    score: event.score ?? 0,
    ticket: event.ticket ?? "",
  };
  const plain = (event.type === "resolved" || event.type === "reopened") && !event.agent;
  const late = event.type === "sla" ? `.${event.note}` : "";
  const again = event.reason === "call_again" ? ".call_again" : "";
  const usual = `event.${event.type}${plain ? ".plain" : ""}${late}${again}`;
  const key = event.type === "call" ? callKey(event) : usual;
  const text = key in en ? t(key as Key, words) : event.type;
  return [
    text,
    event.type === "prioritised" ? priorityText(event.priority ?? 0) : null,
    event.queue && event.type !== "transferred" ? t("event.queue", { queue: event.queue }) : null,
    event.reason && telling(event) ? word("reason", event.reason) : null,
    plain ? words.disposition : null,
  ]
    .filter(Boolean)
    .join(" · ");
}

function priorityText(priority: number): string {
  return board(`priority.${stepOf(priority)}`);
}

/** Whether a reason says more than the event itself does. */
function telling(event: EventView): boolean {
  if (event.type === "resolved") return !event.disposition && event.reason !== "agent";
  return ["handoff", "returned", "opened", "automatic", "sla"].includes(event.type);
}

function EventLine({ entry, story }: { entry: EntryView; story: CallStory }): JSX.Element | null {
  const event = entry.event;
  if (!event) return null;
  const loud = event.type === "handoff";
  return (
    <li class={`event ${loud ? "is-loud" : ""}`}>
      <p class="event-line">
        <CallSign event={event} />
        <span>{eventText(event, entry.name ?? null)}</span>
        <Spans story={story} seq={entry.seq} />
        {entry.understood && (
          <span class="event-intent" title={t("understood.title")}>
            <code dir="ltr">{entry.understood.intent}</code> {percent(entry.understood.confidence)}
          </span>
        )}
        <time class="tabular">{time(entry.at)}</time>
      </p>
      {event.summary && (
        <p class="event-more" dir="auto">
          {event.summary}
        </p>
      )}
      {event.note && event.type !== "sla" && (
        <p class="event-more is-note" dir="auto">
          {event.note}
        </p>
      )}
      <Totals story={story} seq={entry.seq} />
    </li>
  );
}

/** System events as thin centred lines; a long run folds to its last two. */
export function EventLines(props: { entries: readonly EntryView[]; story: CallStory }): JSX.Element {
  const { entries, story } = props;
  const [unfolded, setUnfolded] = useState(false);
  const { shown, hidden } = foldEvents(entries, unfolded);
  return (
    <ul class="events">
      {hidden > 0 && (
        <li class="event">
          <button type="button" class="event-fold" onClick={() => setUnfolded(true)}>
            {t("event.fold", { n: hidden })} · {t("event.unfold")}
          </button>
        </li>
      )}
      {shown.map((entry) => (
        <EventLine key={entry.seq} entry={entry} story={story} />
      ))}
    </ul>
  );
}
