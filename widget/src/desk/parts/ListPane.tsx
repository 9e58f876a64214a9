import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { number } from "../../ui/format";
import { Check, Close, Search } from "../../ui/icons";
import type { Summary, Tab } from "../../wire/desk.types";
import { goTab, openRow, setStatus } from "../actions";
import { countOf, currentId, cursor, focusFilter, held, link, listed, me, rows, tab, tabs } from "../desk";
import { t } from "../i18n";
import { loadTab } from "../link";
import { fold } from "../state/composer";
import { changesOf, heldRows, type ShownRow, TABS, windowOf } from "../state/lists";
import { Empty, Failed, IconButton, Keys, Skeleton } from "./common";
import { Inbox } from "./icons";
import { Row } from "./Row";

const ROW = 64;

/** What the reader filters the loaded rows by, or null when the field is closed. */
const filter = signal<string | null>(null);

function Tabs(): JSX.Element {
  return (
    <div class="tabs" role="tablist" aria-label={t("tabs.label")}>
      {TABS.map((one) => {
        const count = countOf(one);
        return (
          <button
            key={one}
            type="button"
            role="tab"
            aria-selected={tab.value === one}
            class="tab"
            onClick={() => goTab(one)}
          >
            {t(`tab.${one}`)}
            {count ? <span class="tab-count tabular">{number(Math.min(count, 1000))}</span> : null}
          </button>
        );
      })}
    </div>
  );
}

function Filter(): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  // Before the paint: whoever presses / and writes on at once loses no letter.
  useLayoutEffect(() => field.current?.focus(), [focusFilter.value]);
  return (
    <div class="filter">
      <Search size={16} />
      <input
        ref={field}
        type="search"
        dir="auto"
        placeholder={t("list.filter")}
        aria-label={t("list.filter")}
        value={filter.value ?? ""}
        onInput={(event) => {
          filter.value = event.currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.key !== "Escape" && event.key !== "Enter") return;
          event.stopPropagation();
          if (event.key === "Escape") filter.value = null;
          event.currentTarget.blur();
        }}
      />
      <button
        type="button"
        class="icon-button"
        aria-label={t("dialog.close")}
        onClick={() => {
          filter.value = null;
        }}
      >
        <Close size={14} />
      </button>
    </div>
  );
}

function matches(row: Summary, wanted: string): boolean {
  return fold(
    `${row.contact_name} #${row.number} ${row.last_text ?? ""} ${(row.labels ?? []).join(" ")}`,
  ).includes(wanted);
}

function shownRows(): readonly ShownRow[] {
  const all = heldRows(held.value, listed.value, rows.value);
  const wanted = fold(filter.value ?? "").trim();
  return wanted ? all.filter((one) => matches(one.row, wanted)) : all;
}

function Nothing({ which }: { which: Tab }): JSX.Element {
  if (filter.value) return <Empty title={t("list.nomatch")} icon={<Search size={26} />} />;
  return (
    <Empty
      title={t(`list.empty.${which}`)}
      hint={t(`list.empty.${which}.hint`)}
      icon={which === "mine" ? <Check size={26} /> : <Inbox size={26} />}
    >
      {which === "mine" && me.value?.status === "offline" && (
        <button type="button" class="button button-main" onClick={() => void setStatus("online")}>
          {t("list.empty.online")} <Keys caps={["O"]} />
        </button>
      )}
    </Empty>
  );
}

/** The list of a tab: only what is on the screen is drawn, and nothing moves while the pointer is over it. */
export function ListPane(): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 800 });
  const which = tab.value;
  const shown = shownRows();
  const { phase, cursor: more } = tabs.value[which];
  const range = windowOf(view.top, view.height, ROW, shown.length);

  useLayoutEffect(() => {
    const it = box.current;
    if (!it) return;
    const measure = () => setView({ top: it.scrollTop, height: it.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(it);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    if (box.current) box.current.scrollTop = 0;
    held.value = null;
  }, [which]);
  useLayoutEffect(() => {
    if (focusFilter.value > 0) filter.value ??= "";
  }, [focusFilter.value]);
  useEffect(() => showMarked(box.current, shown), [cursor.value]);
  useEffect(() => {
    if (more && phase === "ready" && range.to > shown.length - 15) void loadTab(which, false);
  }, [range.to, shown.length, more, phase]);

  const waiting = held.value ? changesOf(held.value, listed.value) : 0;
  const loading =
    shown.length === 0 && (phase === "loading" || phase === "idle") && link.value !== "signed_out";
  return (
    <section class="list-pane" aria-label={t("tabs.label")}>
      <header class="list-head">
        <Tabs />
        <IconButton
          label={t("action.search")}
          action="search"
          onClick={() => {
            focusFilter.value++;
          }}
        >
          <Search size={16} />
        </IconButton>
      </header>
      {filter.value !== null && <Filter />}
      {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: a row is marked only where there are rows */}
      <div
        ref={box}
        class="list"
        // A listbox must have options; an empty one is a group with a sentence in it.
        role={shown.length > 0 ? "listbox" : "group"}
        tabIndex={0}
        aria-label={t(`tab.${which}`)}
        aria-activedescendant={cursor.value ? `row-${cursor.value}` : undefined}
        onScroll={(event) =>
          setView({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight })
        }
        onPointerEnter={(event) => {
          if (event.pointerType === "mouse" && listed.peek().length > 0)
            held.value = listed.peek().map((row) => row.id);
        }}
        onPointerLeave={() => {
          held.value = null;
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter" && cursor.value && event.target === event.currentTarget)
            openRow(cursor.value);
        }}
      >
        {loading ? (
          <Skeleton rows={8} kind="row" />
        ) : phase === "error" && shown.length === 0 ? (
          <Failed text={t("list.error")} retry={() => void loadTab(which, true)} />
        ) : shown.length === 0 ? (
          <Nothing which={which} />
        ) : (
          <div class="list-all" style={{ blockSize: `${shown.length * ROW}px` }}>
            {shown.slice(range.from, range.to).map(({ row, gone }, n) => (
              <Row
                key={row.id}
                row={row}
                gone={gone}
                top={(range.from + n) * ROW}
                open={row.id === currentId.value}
                marked={row.id === cursor.value}
              />
            ))}
          </div>
        )}
      </div>
      {waiting > 0 && (
        <button
          type="button"
          class="list-held"
          onClick={() => {
            held.value = null;
          }}
        >
          {t("list.held", { n: waiting })}
        </button>
      )}
    </section>
  );
}

/** Scrolls just so far that the marked row is on the screen. */
function showMarked(box: HTMLElement | null, shown: readonly ShownRow[]): void {
  const at = shown.findIndex((one) => one.row.id === cursor.value);
  if (!box || at < 0) return;
  const top = at * ROW;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + ROW > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW - box.clientHeight;
}
