import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { number } from "../../ui/format";
import { People as Faces, More } from "../../ui/icons";
import type { AgentBoard, HeldView } from "../../wire/desk.types";
import { openRow } from "../actions";
import { channels, me, settings } from "../desk";
import { t as desk, nameOf, statusText, word } from "../i18n";
import { ChannelGlyph, Empty, Numeral } from "../parts/common";
import { Menu, type MenuItem } from "../parts/Menu";
import { memo } from "../parts/memo";
import { RingedFace, statusTone } from "../parts/Presence";
import { ask } from "./Asking";
import { force, takeOver, watchCall } from "./acts";
import { ordered } from "./model";
import { Since } from "./Since";
import { agents } from "./store";
import { t } from "./words";

/** From how many colleagues on one may look for a name. */
const MANY = 10;

/** How a supervisor can be in a live call of a colleague's. */
function watchItems(held: HeldView): MenuItem[] {
  if (held.state !== "active" || !channels.value[held.channel]?.calls) return [];
  return (["listen", "whisper", "barge", "leave"] as const).map((how) => ({
    key: how,
    label: t(`watch.${how}`),
    apart: how === "listen",
    run: () => void watchCall(held, how),
  }));
}

function heldItems(held: HeldView): MenuItem[] {
  const item = { conversation: held.conversation, fence: held.fence };
  const acts: MenuItem[] =
    held.state === "wrap_up"
      ? []
      : [
          { key: "take", label: t("held.take"), run: () => void takeOver(held) },
          {
            key: "give",
            label: t("held.give"),
            run: () => {
              ask({ what: "agent", ...item });
            },
          },
        ];
  return [
    { key: "open", label: t("held.open"), run: () => openRow(held.conversation, "all") },
    ...acts,
    ...watchItems(held),
  ];
}

/** A conversation that somebody has: opens a menu of what one can do with it. */
function Held({ held }: { held: HeldView }): JSX.Element {
  const [menu, setMenu] = useState(false);
  const name = nameOf(held);
  return (
    <span class="menu-anchor">
      <button
        type="button"
        class={`held is-${held.state}`}
        aria-haspopup="menu"
        aria-expanded={menu}
        title={`${name} · ${t(`held.${held.state}`)}`}
        onClick={() => setMenu(!menu)}
      >
        <ChannelGlyph channel={held.channel} size={12} />
        <Numeral n={held.number} />
        <span class="visually-hidden">
          {name}, {t(`held.${held.state}`)}
        </span>
      </button>
      {held.watch && (
        <small class="held-ear">{t(`watch.now.${held.watch}`, { name: held.watched_by ?? "" })}</small>
      )}
      {menu && <Menu label={name} items={heldItems(held)} place="below-end" onClose={() => setMenu(false)} />}
    </span>
  );
}

function actItems(agent: AgentBoard): MenuItem[] {
  const here = agent.connected;
  const to = (status: "online" | "finishing" | "offline", label: string): MenuItem[] =>
    agent.status === status ? [] : [{ key: status, label, run: () => void force(agent, status) }];
  const silent = agent.status === "not_responding";
  return [
    ...(here ? to("online", t(silent ? "force.back" : "force.online")) : []),
    ...(here ? to("finishing", t("force.finishing")) : []),
    ...(here
      ? settings.value.break_reasons.map((reason, n) => ({
          key: reason,
          label: t("force.break", { reason: word("break", reason) }),
          apart: n === 0,
          run: () => void force(agent, "break", reason),
        }))
      : []),
    ...to("offline", t("force.offline")).map((one) => ({ ...one, apart: here })),
    {
      key: "sign_out",
      label: t("force.sign_out"),
      danger: true,
      apart: true,
      run: () => {
        ask({ what: "sign_out", agent });
      },
    },
  ];
}

/** Whether one's state is mine to set: not my own, and a supervisor doesn't set an admin's. */
function mayForce(agent: AgentBoard): boolean {
  const mine = me.value;
  return agent.id !== mine?.id && (agent.role !== "admin" || mine?.role === "admin");
}

const Person = memo(function Person({ agent }: { agent: AgentBoard }): JSX.Element {
  const [menu, setMenu] = useState(false);
  const gone = !agent.connected && agent.status !== "offline";
  const tone = gone ? "bad" : statusTone(agent.status);
  const held = agent.held ?? [];
  return (
    <li class="person" data-agent={agent.id}>
      <RingedFace agent={{ ...agent, load: agent.load ?? 0, capacity: agent.capacity ?? 100 }} size={32} />
      <span class="person-name">
        <bdi>{agent.name}</bdi>
        {agent.role !== "agent" && <small>{desk(`team.role.${agent.role}`)}</small>}
        {(agent.misses ?? 0) > 0 && (
          <small class="is-bad">{t("people.misses", { n: agent.misses ?? 0 })}</small>
        )}
      </span>
      <span class={`person-state is-${tone}`}>
        <span>
          {gone ? t("people.gone") : statusText(agent.status)} {agent.since > 0 && <Since at={agent.since} />}
        </span>
        {agent.active_at !== undefined && <Active at={agent.active_at} />}
      </span>
      <span
        class="person-load tabular"
        title={t("people.units", { load: agent.load ?? 0, capacity: agent.capacity ?? 100 })}
      >
        {number(agent.load ?? 0)}
        <small> / {number(agent.capacity ?? 100)}</small>
        {Object.entries(agent.channels ?? {}).map(([channel, n]) => (
          <span key={channel}>
            <ChannelGlyph channel={channel} size={12} /> {number(n)}
          </span>
        ))}
      </span>
      <span class="person-held">
        {held.length === 0 && <span class="quiet">{t("people.nothing")}</span>}
        {held.map((one) => (
          <Held key={one.conversation} held={one} />
        ))}
      </span>
      <span class="menu-anchor person-more">
        {mayForce(agent) && (
          <button
            type="button"
            class="icon-button"
            aria-haspopup="menu"
            aria-expanded={menu}
            aria-label={t("people.actions", { name: agent.name })}
            onClick={() => setMenu(!menu)}
          >
            <More size={18} />
          </button>
        )}
        {menu && (
          <Menu label={agent.name} items={actItems(agent)} place="below-end" onClose={() => setMenu(false)} />
        )}
      </span>
    </li>
  );
});

function Active({ at }: { at: number }): JSX.Element {
  const [before, after] = t("people.active", { time: "\u0000" }).split("\u0000");
  return (
    <small>
      {before}
      <Since at={at} />
      {after}
    </small>
  );
}

/** Everybody, with what wants looking at first. */
export function People(): JSX.Element {
  const [query, setQuery] = useState("");
  const all = agents.value;
  const found = ordered(all.values(), query);
  const nobody = ![...all.values()].some((one) => one.connected && one.status !== "offline");
  return (
    <>
      <header class="board-part">
        <h2>{t("board.people")}</h2>
        {all.size > MANY && (
          <input
            class="input"
            type="search"
            dir="auto"
            aria-label={t("board.find")}
            placeholder={t("board.find")}
            value={query}
            onInput={(event) => setQuery(event.currentTarget.value)}
          />
        )}
      </header>
      {nobody && <Empty title={t("board.nobody")} hint={t("board.nobody.hint")} icon={<Faces size={28} />} />}
      {found.length === 0 && <p class="quiet">{t("board.nobody.found")}</p>}
      <ul class="persons">
        {found.map((one) => (
          <Person key={one.id} agent={one} />
        ))}
      </ul>
    </>
  );
}
