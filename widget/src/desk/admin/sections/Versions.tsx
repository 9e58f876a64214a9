/** The bot's versions: which one answers, training a new one, and all of them with who and when. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { dateTime, exactPercent, span } from "../../../ui/format";
import { Close, Spark } from "../../../ui/icons";
import { Empty } from "../../parts/common";
import { Bot } from "../../parts/icons";
import { type ApiError, asRefusal } from "../api";
import { botApi } from "../botApi";
import type { Version } from "../model/bot";
import { follow, hrefOf } from "../nav";
import { Answering, versionName } from "../parts/bot/Answering";
import { Flaws } from "../parts/bot/Flaws";
import { GatesBlock } from "../parts/bot/GatesForm";
import { failureText, moves, Progress, stateText, useFollowing } from "../parts/bot/progress";
import { LoadFailed, Page, Waiting } from "../parts/Page";
import { type Column, Table } from "../parts/Table";
import { Wrong } from "../parts/Wrong";
import { knowledge, rollout, useLoad, versions } from "../store";
import { refusalText, t } from "../words";

type Row = Version & { id: string };

function columns(): Column<Row>[] {
  return [
    {
      key: "number",
      title: t("versions.version"),
      cell: (one) => (
        <>
          <b>{versionName(one.number)}</b>
          {one.role && (
            <em class={`tag ${one.role === "active" ? "tag-strong" : ""}`}>
              {t(`versions.role.${one.role}`)}
            </em>
          )}
          {one.pinned && <em class="tag">{t("versions.pinned")}</em>}
          {one.pruned && <em class="tag">{t("versions.pruned")}</em>}
          {one.note && (
            <small class="excerpt">
              <bdi>{one.note}</bdi>
            </small>
          )}
        </>
      ),
    },
    {
      key: "state",
      title: t("versions.state"),
      cell: (one) => (
        <span class={one.state === "failed" ? "is-warned" : ""}>
          {one.state === "failed" ? failureText(one) : stateText(one)}
        </span>
      ),
    },
    {
      key: "accuracy",
      title: t("report.accuracy"),
      cell: (one) => <span class="tabular">{one.accuracy === null ? "–" : exactPercent(one.accuracy)}</span>,
    },
    {
      key: "f1",
      title: t("report.f1"),
      roomy: true,
      cell: (one) => <span class="tabular">{one.macro_f1 === null ? "–" : exactPercent(one.macro_f1)}</span>,
    },
    {
      key: "who",
      title: t("versions.who"),
      cell: (one) => (
        <span>
          <bdi>{one.by_name}</bdi> <time class="quiet tabular">{dateTime(one.at)}</time>
        </span>
      ),
    },
  ];
}

export function Versions(): JSX.Element {
  useLoad(knowledge);
  useFollowing();
  const all = versions.data.value;
  const error = versions.error.value;
  return (
    <Page title={t("versions.title")} lead={t("versions.lead")}>
      {!all && (error ? <LoadFailed error={error} retry={() => void versions.load()} /> : <Waiting />)}
      {all && (
        <>
          {rollout.data.value && <Answering now={rollout.data.value} />}
          <Training versions={all.versions} lastSeconds={all.last_seconds} />
          {all.versions.length === 0 ? (
            <Empty title={t("versions.none")} hint={t("versions.none.hint")} icon={<Bot size={24} />} />
          ) : (
            <Table
              label={t("versions.title")}
              section="versions"
              rows={all.versions.map((one) => ({ ...one, id: String(one.number) }))}
              columns={columns()}
              dimmed={(one) => one.state === "failed" || one.state === "cancelled"}
            />
          )}
          {all.versions.length > 0 && <p class="quiet versions-kept">{t("versions.kept")}</p>}
          <GatesBlock />
        </>
      )}
    </Page>
  );
}

/** Starts a training, or shows the one that runs. */
function Training(props: { versions: Version[]; lastSeconds: number }): JSX.Element {
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<ApiError | null>(null);
  const known = knowledge.data.value;
  const running = props.versions.filter(moves);
  const act = async (what: () => Promise<unknown>) => {
    setBusy(true);
    setRefusal(null);
    try {
      await what();
      await versions.load();
    } catch (error) {
      setRefusal(asRefusal(error));
    } finally {
      setBusy(false);
    }
  };
  const train = () =>
    act(async () => {
      await botApi.train(note.trim());
      setNote("");
    });
  return (
    <section class="training" aria-label={t("versions.train")}>
      {known && <Flaws problems={known.problems} />}
      {running.map((one) => (
        <div key={one.number} class="training-run">
          <a
            href={hrefOf("versions", String(one.number))}
            onClick={(event) => follow(event, "versions", String(one.number))}
          >
            {versionName(one.number)}
          </a>
          <Progress version={one} lastSeconds={props.lastSeconds} />
          <button
            type="button"
            class="button"
            disabled={busy}
            onClick={() => void act(() => botApi.stop(one.number))}
          >
            <Close size={16} />
            {t("versions.stop")}
          </button>
        </div>
      ))}
      {running.length === 0 && (
        <form
          class="control-row"
          onSubmit={(event) => {
            event.preventDefault();
            if (!busy && known?.problems.length === 0) void train();
          }}
        >
          <input
            class="control"
            dir="auto"
            name="note"
            maxLength={200}
            autocomplete="off"
            aria-label={t("versions.note")}
            placeholder={t("versions.note")}
            value={note}
            onInput={(event) => setNote(event.currentTarget.value)}
          />
          <button
            type="submit"
            class="button button-main"
            disabled={busy || !known || known.problems.length > 0}
          >
            <Spark size={16} />
            {t("versions.train")}
          </button>
          {known && known.conflicts.length > 0 && (
            <a class="is-warned" href={hrefOf("intents")} onClick={(event) => follow(event, "intents")}>
              {t("intents.conflicts", { n: known.conflicts.length })}
            </a>
          )}
          {props.lastSeconds > 0 && (
            <span class="quiet">{t("versions.last", { span: span(props.lastSeconds * 1000) })}</span>
          )}
        </form>
      )}
      {refusal && (
        <Wrong role="alert">
          {refusal.place && <bdi>{refusal.place}</bdi>} {refusalText(refusal.code)}
        </Wrong>
      )}
      <p class="quiet">{known ? t("versions.examples", { n: total(known.intents) }) : "\u00a0"}</p>
    </section>
  );
}

const total = (intents: readonly { fa: number; en: number }[]) =>
  intents.reduce((sum, one) => sum + one.fa + one.en, 0);
