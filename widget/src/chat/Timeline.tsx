import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { day, number } from "../ui/format";
import * as icon from "../ui/icons";
import { Bubble } from "./Bubble";
import { chat, markSeen, older, timeline, unread, watching } from "./client";
import { OfflineForm } from "./OfflineForm";
import { Rating } from "./Rating";
import { openForm, type Row } from "./rows";
import { Words } from "./text";
import { Welcome } from "./Welcome";
import { t } from "./words";

/** The newest message is in sight. */
const atEnd = signal(true);
const NEAR_PX = 48;

export function Timeline(): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const list = timeline.value;
  const [loading, setLoading] = useState(false);
  useKeepPlace(box, list);
  useEffect(() => {
    if (watching.value && atEnd.value) markSeen();
  }, [list, watching.value, atEnd.value]);
  const form = openForm(chat.value);
  const more = async () => {
    setLoading(true);
    await older().catch(() => undefined);
    setLoading(false);
  };
  return (
    <div class="log-box">
      <div
        class="log"
        ref={box}
        onScroll={() => look(box.current)}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        role="log"
        aria-label={t.value.log}
        aria-live={loading ? "off" : "polite"}
        aria-relevant="additions"
      >
        <div class="log-in">
          {chat.value.more && (
            <button type="button" class="link older" disabled={loading} onClick={more}>
              {loading ? t.value.loading : t.value.older}
            </button>
          )}
          {list.length === 0 && !form && <Welcome />}
          {list.map((row) => (
            <Line key={row.key} row={row} />
          ))}
          {form && <OfflineForm key={form} form={form} />}
          <Rating />
        </div>
      </div>
      {!atEnd.value && !(form && unread.value === 0) && (
        <button type="button" class="pill" onClick={() => toEnd(box.current, true)}>
          <icon.Down size={16} />
          {unread.value > 0 ? t.value.newMessages(number(unread.value), unread.value === 1) : t.value.toEnd}
        </button>
      )}
    </div>
  );
}

function Line({ row }: { row: Row }): JSX.Element {
  if (row.kind === "bubble") return <Bubble row={row} />;
  if (row.kind === "day") {
    return (
      <div class="day">
        <span>{day(row.at)}</span>
      </div>
    );
  }
  return <div class="system">{row.text && <Words text={row.text} />}</div>;
}

let lastTop = 0;
let lastSize = "";

/** Only who scrolls up leaves the end; other room (a keyboard, a bar, a turned phone) does not take one away from it. */
function look(box: HTMLElement | null): void {
  if (!box) return;
  const size = `${box.clientWidth} ${box.clientHeight}`;
  const resized = size !== lastSize;
  lastSize = size;
  if (box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX) atEnd.value = true;
  else if (resized && atEnd.value) toEnd(box);
  else if (box.scrollTop < lastTop) atEnd.value = false;
  lastTop = box.scrollTop;
}

export function toEnd(box: HTMLElement | null, smooth = false): void {
  box?.scrollTo({ top: box.scrollHeight, behavior: smooth ? "smooth" : "instant" });
}

/**
 * Keeps the reader's place: at the end it stays at the end (also when the keyboard or the composer takes room), else what
 * is in sight stays where it is, also when older messages come in above. A message of mine always comes into sight.
 */
function useKeepPlace(box: { current: HTMLDivElement | null }, list: Row[]): void {
  const before = useRef({ first: "", last: "", height: 0 });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const first = list.find((row) => row.kind !== "day")?.key ?? "";
    const lastRow = list.at(-1);
    const mine =
      lastRow?.kind === "bubble" && lastRow.author === "contact" && lastRow.key !== before.current.last;
    const grown = element.scrollHeight - before.current.height;
    if (atEnd.value || mine) toEnd(element);
    else if (before.current.first !== "" && first !== before.current.first) element.scrollTop += grown;
    before.current = { first, last: lastRow?.key ?? "", height: element.scrollHeight };
  }, [list]);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => atEnd.value && toEnd(element));
    observer.observe(element);
    if (element.firstElementChild) observer.observe(element.firstElementChild);
    return () => observer.disconnect();
  }, []);
}
