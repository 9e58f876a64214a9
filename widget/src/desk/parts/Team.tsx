import type { JSX } from "preact";
import { number, percent, span } from "../../ui/format";
import type { QueueView } from "../../wire/desk.types";
import { agents, queues, serverNow, tick } from "../desk";
import { statusText, t } from "../i18n";
import { waitLevel } from "../state/lists";
import { Empty } from "./common";
import { RingedFace, statusTone } from "./Presence";
import { shortWhen } from "./when";

/** How many have been served since midnight, and how many of them in time. */
function Today({ queue }: { queue: QueueView }): JSX.Element {
  const [answered, abandoned, short] = [queue.answered ?? 0, queue.abandoned ?? 0, queue.short ?? 0];
  const counted = answered + abandoned - short;
  const level = counted > 0 ? (queue.in_time ?? 0) / counted : null;
  const target = queue.target_percent ?? 80;
  const behind = level !== null && level * 100 < target;
  return (
    <dl class="queue-today" aria-label={t("team.today")}>
      <div>
        <dt>{t("team.level")}</dt>
        <dd class={`tabular ${behind ? "is-late" : ""}`}>{level === null ? "–" : percent(level)}</dd>
        <small>
          {t("team.target", {
            percent: percent(target / 100),
            span: span((queue.target_seconds ?? 20) * 1000),
          })}
        </small>
      </div>
      <div>
        <dt>{t("team.answered")}</dt>
        <dd class="tabular">{number(answered)}</dd>
      </div>
      <div>
        <dt>{t("team.abandoned")}</dt>
        <dd class="tabular">{number(abandoned)}</dd>
        {short > 0 && <small>{t("team.short", { n: short })}</small>}
      </div>
      <div>
        <dt>{t("team.flow_out")}</dt>
        <dd class="tabular">{number(queue.flow_out ?? 0)}</dd>
      </div>
    </dl>
  );
}

/** Who is here and who waits, now. */
export function Team(): JSX.Element {
  tick.value;
  const now = serverNow();
  const people = [...agents.value].sort(
    (a, b) => Number(b.status === "online") - Number(a.status === "online") || a.name.localeCompare(b.name),
  );
  return (
    <main class="team">
      <h1>{t("team.title")}</h1>
      <section>
        <h2>{t("team.queues")}</h2>
        {queues.value.length === 0 && <Empty title={t("team.noqueues")} />}
        <ul class="queue-cards">
          {queues.value.map((one) => {
            const waited = one.oldest_at ? now - one.oldest_at : 0;
            return (
              <li key={one.id} class="queue-card">
                <h3>
                  <bdi>{one.name}</bdi>
                </h3>
                <dl>
                  <div>
                    <dt>{t("team.waiting")}</dt>
                    <dd class="tabular">{number(one.waiting)}</dd>
                  </div>
                  <div>
                    <dt>{t("team.oldest")}</dt>
                    <dd class={`tabular is-${waitLevel(true, waited)}`}>
                      {one.oldest_at ? span(waited) : "–"}
                    </dd>
                  </div>
                  <div>
                    <dt>{t("team.online")}</dt>
                    <dd class="tabular">{number(one.online)}</dd>
                  </div>
                </dl>
                <Today queue={one} />
              </li>
            );
          })}
        </ul>
      </section>
      <section>
        <h2>{t("team.people")}</h2>
        <ul class="people">
          {people.map((one) => (
            <li key={one.id}>
              <RingedFace agent={one} size={32} />
              <span class="people-name">
                <bdi>{one.name}</bdi>
                <small>{t(`team.role.${one.role}`)}</small>
              </span>
              <span class={`people-status is-${statusTone(one.status)}`}>
                {statusText(one.status)}
                {one.status_since ? (
                  <small>{t("status.since", { time: shortWhen(one.status_since, now) })}</small>
                ) : null}
              </span>
              <span class="people-load tabular" title={t("team.load")}>
                {number(one.load ?? 0)} / {number(one.capacity ?? 100)}
              </span>
            </li>
          ))}
        </ul>
      </section>
    </main>
  );
}
