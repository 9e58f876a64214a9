/** Questions over the wallboard: to which queue, to whom, and whether to sign somebody out. */
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { AgentBoard, Summary } from "../../wire/desk.types";
import { dialog, agents as everybody, me, queues } from "../desk";
import { statusText } from "../i18n";
import { Face } from "../parts/common";
import { Dialog } from "../parts/Dialog";
import { Foot } from "../parts/Dialogs";
import { Finder, type Found, QueueSign, Target } from "../parts/Finder";
import { statusTone } from "../parts/Presence";
import { fold } from "../state/composer";
import { assign, move, signOutAgent } from "./acts";
import { picked } from "./store";
import { t } from "./words";

type Question =
  | { what: "queue"; rows: readonly Summary[] }
  | { what: "agent"; conversation: string; fence: number }
  | { what: "sign_out"; agent: AgentBoard };

const asking = signal<Question | null>(null);

/** Asks over whatever is on the screen. */
export function ask(question: Question): void {
  asking.value = question;
  // A menu that closes gives the focus back first.
  queueMicrotask(() => {
    dialog.value = "board";
  });
}

const close = () => {
  dialog.value = null;
};

interface Choice extends Found {
  id: string;
  name: string;
}

/** A list to choose one of, found by typing. */
function Pick(props: { title: string; choices: readonly Choice[]; run: (one: Choice) => void }): JSX.Element {
  const [query, setQuery] = useState("");
  const wanted = fold(query).trim();
  const found = props.choices.filter((one) => fold(one.name).includes(wanted));
  const take = (n: number) => {
    const one = found[n];
    close();
    if (one) props.run(one);
  };
  return (
    <Dialog title={props.title} onClose={close}>
      <Finder
        label={t("pick.search")}
        query={query}
        search={setQuery}
        found={found}
        take={take}
        none={<p class="quiet">{t("pick.none")}</p>}
      />
    </Dialog>
  );
}

function ToQueue({ rows }: { rows: readonly Summary[] }): JSX.Element {
  const from = new Set(rows.map((one) => one.owner.queue));
  const choices = queues.value
    .filter((one) => from.size > 1 || !from.has(one.id))
    .map((one) => ({
      key: one.id,
      id: one.id,
      name: one.name,
      look: (
        <Target sign={<QueueSign />} name={one.name}>
          {t("queue.waiting", { n: one.waiting })}
        </Target>
      ),
    }));
  const run = async (one: Choice) => {
    const done = await move(
      rows.map((row) => row.id),
      one,
    );
    if (done) picked.value = new Set();
  };
  return <Pick title={t("pick.queue")} choices={choices} run={(one) => void run(one)} />;
}

function ToAgent({ conversation, fence }: { conversation: string; fence: number }): JSX.Element {
  const mine = me.value?.id;
  const away = (one: { id: string; connected: boolean; status: string }) =>
    one.id !== mine && (!one.connected || one.status === "offline" || one.status === "not_responding");
  const choices = [...everybody.value]
    .sort((a, b) => Number(away(a)) - Number(away(b)) || a.name.localeCompare(b.name))
    .map((one) => ({
      key: one.id,
      id: one.id,
      name: one.name,
      away: away(one),
      look: (
        <Target sign={<Face id={one.id} name={one.name} size={26} />} name={one.name}>
          <i class={`status-dot is-${statusTone(one.status)}`} />{" "}
          {away(one) ? t("pick.away") : statusText(one.status)}
        </Target>
      ),
    }));
  return (
    <Pick
      title={t("pick.agent")}
      choices={choices}
      run={(one) => void assign(conversation, fence, { id: one.id, name: one.name })}
    />
  );
}

function Leaving({ agent }: { agent: AgentBoard }): JSX.Element {
  return (
    <Dialog title={t("sign_out.title", { name: agent.name })} onClose={close}>
      <p class="quiet">{t("sign_out.hint")}</p>
      <Foot
        label={t("sign_out.do")}
        danger
        cancel={close}
        run={() => {
          close();
          void signOutAgent(agent);
        }}
      />
    </Dialog>
  );
}

/** The question that was asked. */
export function Asking(): JSX.Element | null {
  const now = asking.value;
  switch (now?.what) {
    case "queue":
      return <ToQueue rows={now.rows} />;
    case "agent":
      return <ToAgent conversation={now.conversation} fence={now.fence} />;
    case "sign_out":
      return <Leaving agent={now.agent} />;
    case undefined:
      return null;
  }
}
