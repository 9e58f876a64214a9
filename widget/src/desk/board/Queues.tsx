import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { number, percent, span } from "../../ui/format";
import type { QueueBoard } from "../../wire/desk.types";
import { ChannelGlyph } from "../parts/common";
import { memo } from "../parts/memo";
import { breached, level } from "./model";
import { Since } from "./Since";
import { agents, picked, queues, shown } from "./store";
import { t } from "./words";

/** The figures of the whole house: few and big, to be read from afar. */
export function Sums(): JSX.Element {
  const all = queues.value;
  const waiting = all.reduce((sum, one) => sum + (one.waiting ?? 0), 0);
  const oldest = all.flatMap((one) => (one.oldest_at ? [one.oldest_at] : []));
  const { share, inTime, of } = level(all);
  const working = [...agents.value.values()].filter((one) => one.connected && one.status === "online").length;
  return (
    <dl class="sums">
      <div>
        <dt>{t("sum.waiting")}</dt>
        <dd class="tabular">{number(waiting)}</dd>
      </div>
      <div>
        <dt>{t("sum.oldest")}</dt>
        <dd>{oldest.length > 0 ? <Since at={Math.min(...oldest)} pressing /> : t("sum.nothing")}</dd>
      </div>
      <div>
        <dt>{t("sum.level")}</dt>
        <dd class="tabular">
          {share === null ? t("sum.nothing") : percent(share)}
          {share !== null && <small>{t("sum.of", { in_time: inTime, of })}</small>}
        </dd>
      </div>
      <div>
        <dt>{t("sum.working")}</dt>
        <dd class="tabular">{number(working)}</dd>
      </div>
    </dl>
  );
}

/** Today's share answered in time, against the target; where it comes from shows on hover and focus. */
function Level({ queue }: { queue: QueueBoard }): JSX.Element {
  const how = useId();
  const { share, inTime, of } = level([queue]);
  const time = span(queue.target_seconds * 1000);
  const target = queue.target_percent / 100;
  const text =
    share === null
      ? t("queue.level.none")
      : t("queue.level.how", {
          share: percent(share),
          in_time: inTime,
          of,
          time,
          answered: queue.answered ?? 0,
          abandoned: queue.abandoned ?? 0,
          short: queue.short ?? 0,
        });
  return (
    <div class="level" data-breached={breached(queue) ?? undefined}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what stands behind the figure opens on focus, too */}
      <p class="level-share" tabIndex={0} aria-describedby={how}>
        <span class="tabular">{share === null ? t("sum.nothing") : percent(share)}</span>
        <small>
          {t("queue.level")} · {t("queue.target", { percent: percent(target), time })}
        </small>
      </p>
      <span class="level-bar" aria-hidden="true">
        <i style={{ inlineSize: `${(share ?? 0) * 100}%` }} />
        <b style={{ insetInlineStart: `${target * 100}%` }} />
      </span>
      <p class="level-how" id={how} role="tooltip">
        {text}
      </p>
    </div>
  );
}

const Card = memo(function Card({ queue, open }: { queue: QueueBoard; open: boolean }): JSX.Element {
  const waiting = queue.waiting ?? 0;
  return (
    <li class={`line-card ${open ? "is-open" : ""}`} data-queue={queue.id}>
      <h3>
        <button
          type="button"
          class="line-name"
          aria-expanded={open}
          aria-label={t("queue.show", { name: queue.name })}
          onClick={() => {
            shown.value = open ? null : queue.id;
            picked.value = new Set();
          }}
        >
          <bdi>{queue.name}</bdi>
        </button>
      </h3>
      <div class="line-now">
        <p class="line-waiting tabular" data-waiting={waiting}>
          {number(waiting)}
        </p>
        <p class="line-words">
          {waiting > 0 ? t("queue.waiting", { n: waiting }) : t("queue.calm")}
          {queue.oldest_at && (
            <span class="line-oldest">
              <Oldest at={queue.oldest_at} />
            </span>
          )}
        </p>
        <p class="line-channels">
          {Object.entries(queue.channels ?? {}).map(([channel, n]) => (
            <span key={channel} class="tabular">
              <ChannelGlyph channel={channel} /> {number(n)}
            </span>
          ))}
          {(queue.offered ?? 0) > 0 && (
            <span class="chip">{t("queue.offered", { n: queue.offered ?? 0 })}</span>
          )}
        </p>
      </div>
      <Level queue={queue} />
      <dl class="line-day">
        <Figure name={t("queue.answered")} value={queue.answered} key_="answered" />
        <Figure name={t("queue.abandoned")} value={queue.abandoned} key_="abandoned" />
        <Figure
          name={t("queue.flow_out")}
          value={queue.flow_out}
          key_="flow_out"
          title={t("queue.flow_out.how")}
        />
        <Figure
          name={t("queue.working")}
          value={queue.working}
          key_="working"
          more={queue.working ? t("queue.free", { n: queue.free ?? 0 }) : undefined}
        />
      </dl>
    </li>
  );
});

function Oldest({ at }: { at: number }): JSX.Element {
  const [before, after] = t("queue.oldest", { time: "\u0000" }).split("\u0000");
  return (
    <>
      {before}
      <Since at={at} pressing />
      {after}
    </>
  );
}

function Figure(props: {
  name: string;
  value: number | undefined;
  key_: string;
  more?: string | undefined;
  title?: string;
}): JSX.Element {
  return (
    <div title={props.title}>
      <dt>{props.name}</dt>
      <dd class="tabular" data-figure={props.key_} data-value={props.value ?? 0}>
        {number(props.value ?? 0)}
        {props.more && <small>{props.more}</small>}
      </dd>
    </div>
  );
}

/** A card per queue. */
export function Queues(): JSX.Element {
  return (
    <ul class="line-cards">
      {queues.value.map((one) => (
        <Card key={one.id} queue={one} open={shown.value === one.id} />
      ))}
    </ul>
  );
}
