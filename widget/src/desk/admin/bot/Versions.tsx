/** Versions of the bot: train what it knows now, see how far it is, which one answers, go back. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { dateTime, number } from "../../../ui/format";
import { Alert, Retry, Spark } from "../../../ui/icons";
import { Empty } from "../../parts/common";
import { toast } from "../../toasts";
import { follow, hrefOf } from "../nav";
import { LoadFailed, Page, Waiting } from "../parts/Page";
import { isWord, t } from "../words";
import { botApi, type Rollout, type Version, type VersionList } from "./api";
import { percent, useAct, useLoaded } from "./parts";

const LOOK_MS = 1000;

interface Shown {
  list: VersionList;
  rollout: Rollout;
}

async function loadBoth(): Promise<Shown> {
  const [list, rollout] = await Promise.all([botApi.versions(), botApi.rollout()]);
  return { list, rollout };
}

/** Whether something moves that the reader waits for. */
function moves({ list, rollout }: Shown): boolean {
  return (
    rollout.loading !== null ||
    list.versions.some((one) => one.state === "queued" || one.state === "training")
  );
}

export function Versions(): JSX.Element {
  const shown = useLoaded(loadBoth);
  const live = shown.data !== null && moves(shown.data);
  useEffect(() => {
    if (!live) return;
    const timer = setInterval(() => void shown.again(), LOOK_MS);
    return () => clearInterval(timer);
  }, [live]);
  return (
    <Page title={t("versions.title")} lead={t("versions.lead")}>
      {shown.error && <LoadFailed error={shown.error} retry={() => void shown.again()} />}
      {!shown.data && !shown.error && <Waiting />}
      {shown.data && (
        <>
          <Now rollout={shown.data.rollout} again={shown.again} />
          <Train again={shown.again} />
          {shown.data.list.versions.length === 0 && (
            <Empty title={t("versions.none")} hint={t("versions.none.hint")} icon={<Spark size={24} />} />
          )}
          <ul class="version-list">
            {shown.data.list.versions.map((one) => (
              <Line
                key={one.number}
                version={one}
                lastSeconds={shown.data?.list.last_seconds ?? 0}
                again={shown.again}
              />
            ))}
          </ul>
        </>
      )}
    </Page>
  );
}

/** The name of a version; the one that comes with the product has none. */
export function versionName(one: number): string {
  return one === 0 ? t("versions.built_in") : t("versions.name", { n: one });
}

function Now({ rollout, again }: { rollout: Rollout; again: () => Promise<void> }): JSX.Element {
  const act = useAct();
  const back = () =>
    act.run(async () => {
      const after = await botApi.rollBack();
      toast(t("versions.back.done", { name: versionName(after.active) }));
      await again();
    });
  return (
    <section class="rollout" aria-live="polite">
      <p>
        <strong>{t("versions.now", { name: versionName(rollout.active) })}</strong>
        {rollout.loading !== null && (
          <span>{t("versions.loading", { name: versionName(rollout.loading) })}</span>
        )}
        {rollout.loading === null && rollout.share < 100 && (
          <span>{t("versions.shared", { share: percent(rollout.share / 100) })}</span>
        )}
      </p>
      {rollout.can_roll_back && (
        <button type="button" class="button button-warn" disabled={act.busy} onClick={() => void back()}>
          <Retry size={16} />
          {t("versions.back")}
        </button>
      )}
      {act.problem && <Problem text={act.problem} />}
    </section>
  );
}

export function Problem({ text }: { text: string }): JSX.Element {
  return (
    <p class="entry-problem" role="alert">
      <Alert size={15} />
      {text}
    </p>
  );
}

function Train({ again }: { again: () => Promise<void> }): JSX.Element {
  const [note, setNote] = useState("");
  const act = useAct();
  const train = () =>
    act.run(async () => {
      await botApi.train(note);
      setNote("");
      await again();
    });
  return (
    <form
      class="train"
      onSubmit={(event) => {
        event.preventDefault();
        void train();
      }}
    >
      <input
        class="control"
        dir="auto"
        maxLength={200}
        placeholder={t("versions.note")}
        aria-label={t("versions.note")}
        value={note}
        onInput={(event) => setNote(event.currentTarget.value)}
      />
      <button type="submit" class="button button-main" disabled={act.busy}>
        <Spark size={16} />
        {t("versions.train")}
      </button>
      {act.problem && <Problem text={act.problem} />}
    </form>
  );
}

function Line(props: { version: Version; lastSeconds: number; again: () => Promise<void> }): JSX.Element {
  const { version } = props;
  const id = String(version.number);
  const running = version.state === "queued" || version.state === "training";
  return (
    <li class="version">
      <div class="aside-words">
        <p class="version-name">
          <a href={hrefOf("versions", id)} onClick={(event) => follow(event, "versions", id)}>
            {versionName(version.number)}
          </a>
          {version.role && (
            <span class={`tag ${version.role === "active" ? "tag-strong" : ""}`}>
              {t(`versions.role.${version.role}`)}
            </span>
          )}
          {version.state !== "ready" && (
            <span class={`tag ${version.state === "failed" ? "tag-warn" : ""}`}>
              {t(`versions.state.${version.state}`)}
            </span>
          )}
          {version.note && <bdi dir="auto">{version.note}</bdi>}
        </p>
        <p class="aside-facts">
          <bdi>{version.by_name}</bdi>
          <time class="tabular" dateTime={new Date(version.at).toISOString()}>
            {dateTime(version.at)}
          </time>
          <span>{t("versions.examples", { n: version.counts.examples ?? 0 })}</span>
          {version.accuracy !== null && (
            <span>{t("versions.accuracy", { share: percent(version.accuracy, 1) })}</span>
          )}
        </p>
        {version.failure && <p class="aside-facts is-warned">{failureText(version)}</p>}
        {running && <Progress version={version} lastSeconds={props.lastSeconds} />}
      </div>
      {running && <Stop number={version.number} again={props.again} />}
    </li>
  );
}

/** Why there is no model, and the bot's own words where they help. */
export function failureText(version: Version): string {
  const key = `versions.failure.${version.failure}`;
  const why = isWord(key) ? t(key) : version.failure;
  return version.failure_text ? `${why} ${version.failure_text}` : why;
}

function Stop({ number: version, again }: { number: number; again: () => Promise<void> }): JSX.Element {
  const act = useAct();
  const stop = () =>
    act.run(async () => {
      await botApi.stop(version);
      await again();
    });
  return (
    <button type="button" class="button" disabled={act.busy} onClick={() => void stop()}>
      {t("versions.stop")}
    </button>
  );
}

function Progress({ version, lastSeconds }: { version: Version; lastSeconds: number }): JSX.Element {
  const gone = version.began_at === null ? 0 : (Date.now() - version.began_at) / 1000;
  const left = Math.ceil(lastSeconds - gone);
  const key = `versions.stage.${version.stage}`;
  const stage = version.state === "training" && isWord(key) ? t(key) : t("versions.state.queued");
  return (
    <p class="aside-facts" role="status">
      <progress max={Math.max(lastSeconds, gone, 1)} value={gone} aria-label={stage} />
      <span>{stage}</span>
      {version.of > 0 && (
        <span class="tabular">
          {number(version.done)} / {number(version.of)}
        </span>
      )}
      {version.state === "training" && left > 0 && <span>{t("versions.left", { n: left })}</span>}
    </p>
  );
}
