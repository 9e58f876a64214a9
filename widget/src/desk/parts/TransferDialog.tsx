import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Summary } from "../../wire/desk.types";
import { latest, transfer } from "../actions";
import { agents, dialog, me, queues } from "../desk";
import { statusText, t } from "../i18n";
import { fold } from "../state/composer";
import { Face, plainNumber } from "./common";
import { arrowIndex, Dialog } from "./Dialog";
import { Foot, NoteField } from "./Dialogs";
import { Line } from "./icons";
import { statusTone } from "./Presence";

interface Target {
  key: string;
  name: string;
  agent?: string;
  queue?: string;
  /** A colleague who takes no conversations now can be seen but not chosen. */
  away: boolean;
  sign: JSX.Element;
  hint: JSX.Element | string;
}

/** Whom a conversation can go to: colleagues that are there first, then queues. */
function targets(query: string): Target[] {
  const wanted = fold(query).trim();
  const people = agents.value
    .filter((one) => one.id !== me.value?.id && fold(one.name).includes(wanted))
    .sort(
      (a, b) => Number(b.status === "online") - Number(a.status === "online") || a.name.localeCompare(b.name),
    )
    .map((one) => ({
      key: `a${one.id}`,
      name: one.name,
      agent: one.id,
      away: one.status !== "online" || !one.connected,
      sign: <Face id={one.id} name={one.name} size={26} />,
      hint: (
        <>
          <i class={`status-dot is-${statusTone(one.status)}`} /> {statusText(one.status)}
        </>
      ),
    }));
  const lines = queues.value
    .filter((one) => fold(one.name).includes(wanted))
    .map((one) => ({
      key: `q${one.id}`,
      name: one.name,
      queue: one.id,
      away: false,
      sign: (
        <span class="queue-sign">
          <Line size={15} />
        </span>
      ),
      hint: `${t("transfer.waiting", { n: one.waiting })} · ${t("transfer.online", { n: one.online })}`,
    }));
  return [...people, ...lines];
}

/** Gives the conversation to a colleague or a queue, with a note. */
export function TransferDialog({ row }: { row: Summary }): JSX.Element {
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const [chosen, setChosen] = useState<Target | null>(null);
  const [note, setNote] = useState("");
  const found = targets(query);
  const to = chosen ?? null;
  const close = () => {
    dialog.value = null;
  };
  const choose = (one: Target | undefined) => {
    if (one && !one.away) setChosen(one);
  };
  const run = () => {
    if (!to) return;
    close();
    void transfer(latest(row), to, note.trim());
  };
  return (
    <Dialog title={t("transfer.title", { number: plainNumber(row.number) })} onClose={close}>
      <input
        class="input"
        type="text"
        dir="auto"
        data-first=""
        role="combobox"
        aria-expanded="true"
        aria-controls="targets"
        aria-activedescendant={found[at] ? `target-${found[at].key}` : undefined}
        aria-label={t("transfer.search")}
        placeholder={t("transfer.search")}
        value={query}
        onInput={(event) => {
          setQuery(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          const next =
            event.key === "Home" || event.key === "End" ? null : arrowIndex(event, at, found.length);
          if (next !== null) {
            event.preventDefault();
            setAt(next);
          } else if (event.key === "Enter" && !event.isComposing) {
            event.preventDefault();
            if (to && found[at]?.key === to.key) run();
            else choose(found[at]);
          }
        }}
      />
      <div class="targets" role="listbox" id="targets" aria-label={t("transfer.search")}>
        {found.length === 0 && <p class="quiet">{t("transfer.none")}</p>}
        {found.map((one, n) => (
          <button
            key={one.key}
            type="button"
            id={`target-${one.key}`}
            role="option"
            aria-selected={to?.key === one.key}
            tabIndex={-1}
            class={`target ${n === at ? "is-at" : ""} ${to?.key === one.key ? "is-chosen" : ""}`}
            onPointerMove={() => setAt(n)}
            aria-disabled={one.away}
            onClick={() => choose(one)}
          >
            {one.sign}
            <bdi>{one.name}</bdi>
            <span class="target-hint">{one.hint}</span>
          </button>
        ))}
      </div>
      <NoteField label={t("transfer.note")} value={note} set={setNote} onSend={run} />
      <Foot label={t("transfer.do")} run={run} disabled={!to} />
    </Dialog>
  );
}
