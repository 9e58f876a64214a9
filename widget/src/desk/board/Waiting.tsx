import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Close } from "../../ui/icons";
import type { Summary } from "../../wire/desk.types";
import { openRow } from "../actions";
import { me, rows } from "../desk";
import { nameOf } from "../i18n";
import { loadTab } from "../link";
import { ChannelGlyph, Empty, Numeral } from "../parts/common";
import { Line } from "../parts/icons";
import { Menu } from "../parts/Menu";
import { listTab } from "../state/lists";
import { ask } from "./Asking";
import { prioritise } from "./acts";
import { PRIORITIES, stepOf, stillThere } from "./model";
import { Since } from "./Since";
import { picked, queues, shown } from "./store";
import { t } from "./words";

function toggle(id: string): void {
  const next = new Set(picked.peek());
  if (!next.delete(id)) next.add(id);
  picked.value = next;
}

function Item({ row, on }: { row: Summary; on: boolean }): JSX.Element {
  const name = nameOf(row);
  const priority = row.priority ?? 0;
  return (
    <li class={`wait ${on ? "is-picked" : ""}`} data-conversation={row.id}>
      <label class="wait-pick">
        <input
          type="checkbox"
          checked={on}
          aria-label={t("waiting.pick", { name: `${name} #${row.number}` })}
          onChange={() => toggle(row.id)}
        />
      </label>
      <ChannelGlyph channel={row.channel} />
      <button type="button" class="wait-name" onClick={() => openRow(row.id, "queue")}>
        <bdi>{name}</bdi> <Numeral n={row.number} />
      </button>
      <span class="wait-words" dir="auto">
        {row.last_text}
      </span>
      {priority !== 0 && (
        <span class={`chip is-${stepOf(priority)}`}>{t(`priority.${stepOf(priority)}`)}</span>
      )}
      {row.owner.kind === "offer" && (
        <span class="chip">
          {row.owner.agent_name
            ? t("waiting.offered", { name: row.owner.agent_name })
            : t("waiting.offered.several")}
        </span>
      )}
      <span class="wait-since">{row.queued_at && <Since at={row.queued_at} pressing />}</span>
    </li>
  );
}

/** What can be done with everything that is picked. */
function Bar({ rows: chosen }: { rows: readonly Summary[] }): JSX.Element {
  const [menu, setMenu] = useState(false);
  const ids = chosen.map((one) => one.id);
  const first = chosen[0];
  return (
    <div class="wait-bar" role="toolbar" aria-label={t("waiting.picked", { n: ids.length })}>
      <span class="quiet">{t("waiting.picked", { n: ids.length })}</span>
      <button
        type="button"
        class="button"
        onClick={() => {
          ask({ what: "queue", rows: chosen });
        }}
      >
        {t("waiting.move")}
      </button>
      <span class="menu-anchor">
        <button
          type="button"
          class="button"
          aria-haspopup="menu"
          aria-expanded={menu}
          onClick={() => setMenu(!menu)}
        >
          {t("waiting.priority")}
        </button>
        {menu && (
          <Menu
            label={t("waiting.priority")}
            place="below-end"
            onClose={() => setMenu(false)}
            items={PRIORITIES.map((one) => ({
              key: String(one),
              label: t(`priority.${stepOf(one)}`),
              run: () => void prioritise(ids, one),
            }))}
          />
        )}
      </span>
      {first && chosen.length === 1 && (
        <button
          type="button"
          class="button"
          onClick={() => {
            ask({ what: "agent", conversation: first.id, fence: first.owner.fence });
          }}
        >
          {t("waiting.assign")}
        </button>
      )}
    </div>
  );
}

/** Who waits in a queue, next first, to be picked, moved, made more urgent or given to somebody. */
export function Waiting({ id }: { id: string }): JSX.Element | null {
  const box = useRef<HTMLElement>(null);
  const queue = queues.value.find((one) => one.id === id);
  const waiting = listTab(rows.value, "queue", me.value?.id ?? "").filter((row) => row.owner.queue === id);
  useEffect(() => {
    void loadTab("queue", true);
    box.current?.querySelector<HTMLElement>("input, button")?.focus();
  }, [id]);
  // The figures and the list disagree when rows came or went before this desk heard of them.
  const agree = (queue?.waiting ?? 0) === waiting.length;
  useEffect(() => {
    if (agree) return;
    const later = setTimeout(() => void loadTab("queue", true), 1500);
    return () => clearTimeout(later);
  }, [agree, queue?.waiting]);
  const ids = waiting.map((row) => row.id);
  const on = stillThere(picked.value, ids);
  if (!queue) return null;
  return (
    <section class="waits" ref={box} aria-label={t("waiting.title", { name: queue.name })}>
      <header class="board-part">
        {ids.length > 0 && (
          <input
            type="checkbox"
            checked={on.size === ids.length}
            aria-label={t("waiting.all")}
            onChange={() => {
              picked.value = new Set(on.size === ids.length ? [] : ids.slice(0, 100));
            }}
          />
        )}
        <h2>{t("waiting.title", { name: queue.name })}</h2>
        {on.size > 0 && <Bar rows={waiting.filter((row) => on.has(row.id))} />}
        <button
          type="button"
          class="icon-button"
          aria-label={t("waiting.close")}
          title={t("waiting.close")}
          onClick={() => {
            shown.value = null;
          }}
        >
          <Close size={16} />
        </button>
      </header>
      {ids.length === 0 ? (
        <Empty title={t("waiting.none")} hint={t("waiting.none.hint")} icon={<Line size={26} />} />
      ) : (
        <ul class="wait-list">
          {waiting.map((row) => (
            <Item key={row.id} row={row} on={on.has(row.id)} />
          ))}
        </ul>
      )}
    </section>
  );
}
