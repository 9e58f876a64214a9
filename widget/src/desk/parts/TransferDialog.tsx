import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Summary } from "../../wire/desk.types";
import { latest, transfer } from "../actions";
import { agents, dialog, me, queues } from "../desk";
import { statusText, t } from "../i18n";
import { fold } from "../state/composer";
import { Face, plainNumber } from "./common";
import { Dialog } from "./Dialog";
import { Foot, NoteField } from "./Dialogs";
import { Finder, QueueSign, Target } from "./Finder";
import { statusTone } from "./Presence";

interface Place {
  key: string;
  name: string;
  agent?: string;
  queue?: string;
  /** A colleague who takes no conversations now can be seen but not chosen. */
  away: boolean;
  look: JSX.Element;
}

/** Whom a conversation can go to: colleagues that are there first, then queues. */
function targets(query: string): Place[] {
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
      look: (
        <Target sign={<Face id={one.id} name={one.name} size={26} />} name={one.name}>
          <i class={`status-dot is-${statusTone(one.status)}`} /> {statusText(one.status)}
        </Target>
      ),
    }));
  const lines = queues.value
    .filter((one) => fold(one.name).includes(wanted))
    .map((one) => ({
      key: `q${one.id}`,
      name: one.name,
      queue: one.id,
      away: false,
      look: (
        <Target sign={<QueueSign />} name={one.name}>
          {t("transfer.waiting", { n: one.waiting })} · {t("transfer.online", { n: one.online })}
        </Target>
      ),
    }));
  return [...people, ...lines];
}

/** Gives the conversation to a colleague or a queue, with a note. */
export function TransferDialog({ row }: { row: Summary }): JSX.Element {
  const [query, setQuery] = useState("");
  const [to, setChosen] = useState<Place | null>(null);
  const [note, setNote] = useState("");
  const found = targets(query);
  const close = () => {
    dialog.value = null;
  };
  const run = () => {
    if (!to) return;
    close();
    void transfer(latest(row), to, note.trim());
  };
  return (
    <Dialog title={t("transfer.title", { number: plainNumber(row.number) })} onClose={close}>
      <Finder
        label={t("transfer.search")}
        query={query}
        search={setQuery}
        found={found.map((one) => ({ ...one, chosen: to?.key === one.key }))}
        take={(n) => setChosen(found[n] ?? null)}
        again={run}
        none={<p class="quiet">{t("transfer.none")}</p>}
      />
      <NoteField label={t("transfer.note")} value={note} set={setNote} onSend={run} />
      <Foot label={t("transfer.do")} run={run} disabled={!to} />
    </Dialog>
  );
}
