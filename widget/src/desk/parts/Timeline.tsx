import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { day, sameDay } from "../../ui/format";
import { Down } from "../../ui/icons";
import type { Summary } from "../../wire/desk.types";
import { markRead } from "../actions";
import { goNewest, me, serverNow, typing } from "../desk";
import { nameOf, t } from "../i18n";
import { loadOlder, openConversation } from "../link";
import { type CallStory, callStory } from "../state/callStory";
import { type Block, layout, tail, WINDOW, WINDOW_STEP } from "../state/timeline";
import type { OpenState } from "../state/types";
import { Group } from "./Bubble";
import { Empty, Failed, Skeleton } from "./common";
import { EventLines } from "./EventLines";
import { longDay } from "./when";

/** Within how many px of the end the reader counts as being there. */
const AT_END = 48;

function dayName(at: number): string {
  const now = serverNow();
  return sameDay(at, now) || sameDay(at, now - 86_400_000) ? day(at, now) : longDay(at, now);
}

interface BlockProps {
  block: Block;
  contact: string;
  id: string;
  story: CallStory;
}

function BlockView({ block, contact, id, story }: BlockProps): JSX.Element {
  if (block.type === "day")
    return (
      <div class="day">
        <span>{dayName(block.at)}</span>
      </div>
    );
  if (block.type === "unread")
    return (
      <div class="unread-line">
        <span>{t("pane.unread")}</span>
      </div>
    );
  if (block.type === "events") return <EventLines entries={block.entries} story={story} />;
  return <Group block={block} contact={contact} id={id} />;
}

function Typing({ row }: { row: Summary }): JSX.Element {
  const now = typing.value.get(row.id);
  const name = now?.who === "agent" ? (now.name ?? t("event.somebody")) : nameOf(row);
  return (
    <div class="typing" role="status">
      {now && (
        <>
          <span class="dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          {t(now.who === "agent" ? "pane.colleague.typing" : "pane.typing", { name })}
        </>
      )}
    </div>
  );
}

/** Where the reader stands, kept outside the drawing so that scrolling costs nothing. */
interface Place {
  atEnd: boolean;
  fromEnd: number;
  first: number;
  /** Width and height of the box: a scroll that comes of another size is not the reader's. */
  size: string;
}

/** The messages of a conversation. It stays at its end while the reader is there, and never jumps otherwise. */
export function Timeline({ row, open }: { row: Summary; open: OpenState }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const place = useRef<Place>({ atEnd: true, fromEnd: 0, first: 0, size: "" });
  const [size, setSize] = useState(WINDOW);
  const [seen, setSeen] = useState<number | null>(null);
  const mine = me.value?.id ?? "";
  const drawn = useMemo(() => tail(open.entries, size), [open.entries, size]);
  const blocks = useMemo(
    () => layout(drawn, open.pending, mine, open.unreadAfter),
    [drawn, open.pending, mine, open.unreadAfter],
  );
  const story = useMemo(() => callStory(open.entries), [open.entries]);
  const lastSeq = open.entries.at(-1)?.seq ?? 0;
  const fresh =
    seen === null ? 0 : open.entries.filter((one) => one.seq > seen && one.kind === "message").length;
  const contact = nameOf(row);

  const read = () => {
    if (document.visibilityState === "visible" && place.current.atEnd) markRead(row, lastSeq);
  };
  const latestRead = useRef(read);
  latestRead.current = read;
  const toEnd = () => {
    const it = box.current;
    if (it) it.scrollTop = it.scrollHeight;
    setSeen(null);
  };
  const onScroll = () => {
    const it = box.current;
    if (!it) return;
    const room = `${it.clientWidth} ${it.clientHeight}`;
    const resized = room !== place.current.size;
    place.current.size = room;
    if (resized && place.current.atEnd) it.scrollTop = it.scrollHeight;
    const fromEnd = it.scrollHeight - it.scrollTop - it.clientHeight;
    const atEnd = fromEnd < AT_END;
    if (atEnd !== place.current.atEnd) setSeen(atEnd ? null : lastSeq);
    place.current = { ...place.current, atEnd, fromEnd };
    if (atEnd) {
      read();
      if (size > WINDOW * 2) setSize(WINDOW);
    }
    if (it.scrollTop < 600) {
      if (size < open.entries.length) setSize(size + WINDOW_STEP);
      else if (open.more && open.older === "idle") {
        setSize(size + WINDOW_STEP);
        void loadOlder(row.id);
      }
    }
  };

  // Before the paint: hold the end when the reader is there, hold the words under the eyes when older ones came above.
  useLayoutEffect(() => {
    const it = box.current;
    if (!it) return;
    const first = drawn[0]?.seq ?? 0;
    if (place.current.atEnd) it.scrollTop = it.scrollHeight;
    else if (first < place.current.first)
      it.scrollTop = it.scrollHeight - it.clientHeight - place.current.fromEnd;
    place.current.first = first;
    place.current.fromEnd = it.scrollHeight - it.scrollTop - it.clientHeight;
  }, [blocks]);
  useEffect(read, [lastSeq, row.unread]);
  useEffect(() => {
    if (goNewest.value > 0) toEnd();
  }, [goNewest.value]);
  useEffect(() => {
    if (open.pending.length > 0) toEnd();
  }, [open.pending.length]);
  useEffect(() => {
    const it = box.current;
    if (!it) return;
    const observer = new ResizeObserver(() => {
      if (place.current.atEnd) it.scrollTop = it.scrollHeight;
    });
    observer.observe(it);
    const again = () => latestRead.current();
    document.addEventListener("visibilitychange", again);
    return () => {
      observer.disconnect();
      document.removeEventListener("visibilitychange", again);
    };
  }, [open.phase]);

  if (open.phase === "loading")
    return (
      <div class="timeline">
        <Skeleton rows={6} kind="bubble" />
      </div>
    );
  if (open.phase === "error") {
    return (
      <div class="timeline">
        {open.code === "not_found" || open.code === "forbidden" ? (
          <Empty title={t("pane.missing")} />
        ) : (
          <Failed text={t("pane.error")} retry={() => void openConversation(row.id)} />
        )}
      </div>
    );
  }
  return (
    <div class="timeline-box">
      <div
        ref={box}
        class="timeline"
        role="log"
        aria-label={t("pane.timeline")}
        aria-live="polite"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable to be scrolled by keys
        tabIndex={0}
        onScroll={onScroll}
      >
        <div class="timeline-in">
          <div class="older">
            {open.older === "loading" && t("pane.older")}
            {open.older === "error" && (
              <button type="button" class="link" onClick={() => void loadOlder(row.id)}>
                {t("pane.older.error")} {t("list.retry")}
              </button>
            )}
            {!open.more && size >= open.entries.length && t("pane.begin")}
          </div>
          {blocks.map((block) => (
            <BlockView key={block.key} block={block} contact={contact} id={row.contact} story={story} />
          ))}
          <Typing row={row} />
        </div>
      </div>
      {seen !== null && (
        <button type="button" class={`newest ${fresh > 0 ? "is-fresh" : ""}`} onClick={toEnd}>
          {fresh > 0 ? (
            t("pane.newest", { n: fresh })
          ) : (
            <span class="visually-hidden">{t("pane.bottom")}</span>
          )}
          <Down size={16} />
        </button>
      )}
    </div>
  );
}
