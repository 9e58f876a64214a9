/** A version's report: what it understands, what got better and worse, and its activation. */
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { number } from "../../../ui/format";
import { Check, Close } from "../../../ui/icons";
import { toast } from "../../toasts";
import { to } from "../nav";
import { Arrow } from "../parts/icons";
import { Block, LoadFailed, Page, Waiting } from "../parts/Page";
import { t } from "../words";
import { botApi, type Changed, type Report } from "./api";
import { Name, percent, useAct, useLoaded } from "./parts";
import { failureText, Problem, versionName } from "./Versions";

const SHARES = [100, 50, 25, 10] as const;
const SHOWN = 100;
const REASON = 10;

export function ReportPage({ id }: { id: string }): JSX.Element {
  const loaded = useLoaded(() => botApi.report(id), id);
  const report = loaded.data;
  return (
    <Page
      title={report ? versionName(report.version.number) : id}
      parent="versions"
      lead={report?.version.note}
    >
      {loaded.error && <LoadFailed error={loaded.error} retry={() => void loaded.again()} />}
      {!report && !loaded.error && <Waiting />}
      {report && report.version.state !== "ready" && (
        <p class="page-lead">
          {report.version.failure ? failureText(report.version) : t(`versions.state.${report.version.state}`)}
        </p>
      )}
      {report?.version.state === "ready" && <Whole report={report} again={loaded.again} />}
    </Page>
  );
}

function Whole({ report, again }: { report: Report; again: () => Promise<void> }): JSX.Element {
  const { version } = report;
  return (
    <>
      <dl class="figures">
        <Figure name={t("report.accuracy")} value={percent(version.accuracy ?? 0, 1)} />
        <Figure name={t("report.f1")} value={percent(version.macro_f1 ?? 0, 1)} />
        {Object.entries(report.per_lang).map(([lang, share]) => (
          <Figure key={lang} name={t(`lang.${lang === "fa" ? "fa" : "en"}`)} value={percent(share, 1)} />
        ))}
        <Figure name={t("report.trained")} value={number(version.n_train)} />
        <Figure name={t("report.tested")} value={number(version.n_test)} />
      </dl>
      <Activate report={report} again={again} />
      <Block title={t("report.changes")} lead={t("report.changes.hint", { name: versionName(version.base) })}>
        <Changes title={t("report.broken", { n: report.broken.length })} rows={report.broken} />
        <Changes title={t("report.fixed", { n: report.fixed.length })} rows={report.fixed} />
      </Block>
      <Block title={t("report.thresholds")} lead={t("report.thresholds.hint")}>
        <Rows heads={[t("report.threshold"), t("report.answered"), t("report.right")]}>
          {report.thresholds.map((one) => (
            <tr key={one.threshold}>
              <td class="tabular">{percent(one.threshold)}</td>
              <td class="tabular">
                <Bar share={one.answered} />
              </td>
              <td class="tabular">
                <Bar share={one.right} />
              </td>
            </tr>
          ))}
        </Rows>
      </Block>
      <Block title={t("report.confused")} lead={t("report.confused.hint")}>
        <Rows heads={[t("report.intent"), t("report.taken"), t("report.often")]}>
          {report.confused.slice(0, SHOWN).map((one) => (
            <tr key={`${one.intent} ${one.predicted}`}>
              <td>
                <Name of={one.intent} />
              </td>
              <td>
                <Name of={one.predicted} />
              </td>
              <td class="tabular">{number(one.times)}</td>
            </tr>
          ))}
        </Rows>
        <ul class="wrong-list">
          {report.errors.slice(0, SHOWN).map((one) => (
            <li key={`${one.intent} ${one.text}`}>
              <bdi dir="auto">{one.text}</bdi>
              <small>
                <Name of={one.intent} />
                <Arrow size={13} />
                <Name of={one.predicted} />
                <span>{percent(one.confidence)}</span>
              </small>
            </li>
          ))}
        </ul>
      </Block>
      <Block title={t("report.intents")}>
        <Rows
          heads={[
            t("report.intent"),
            t("report.precision"),
            t("report.recall"),
            t("report.f1"),
            t("report.often"),
          ]}
        >
          {Object.entries(report.per_intent)
            .sort(([, one], [, other]) => one.f1 - other.f1)
            .map(([name, one]) => (
              <tr key={name}>
                <td>
                  <Name of={name} />
                </td>
                <td class="tabular">{percent(one.precision)}</td>
                <td class="tabular">{percent(one.recall)}</td>
                <td class="tabular">{percent(one.f1)}</td>
                <td class="tabular">{number(one.support)}</td>
              </tr>
            ))}
        </Rows>
      </Block>
    </>
  );
}

function Figure({ name, value }: { name: string; value: string }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd class="tabular">{value}</dd>
    </div>
  );
}

function Bar({ share }: { share: number }): JSX.Element {
  return (
    <span class="share">
      <i style={{ inlineSize: `${Math.round(share * 100)}%` }} />
      <b>{percent(share)}</b>
    </span>
  );
}

function Rows({ heads, children }: { heads: readonly string[]; children: ComponentChildren }): JSX.Element {
  return (
    <div class="rows-scroll">
      <table class="rows">
        <thead>
          <tr>
            {heads.map((one) => (
              <th key={one} scope="col">
                {one}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

function Changes({ title, rows }: { title: string; rows: readonly Changed[] }): JSX.Element {
  return (
    <details class="conflicts" open={rows.length > 0 && rows.length < SHARES.length * 2}>
      <summary>{title}</summary>
      <ul>
        {rows.slice(0, SHOWN).map((one) => (
          <li key={one.text}>
            <bdi dir="auto">{one.text}</bdi>
            <small>
              <Name of={one.before} />
              <Arrow size={13} />
              <Name of={one.after} />
            </small>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Activate({ report, again }: { report: Report; again: () => Promise<void> }): JSX.Element {
  const [share, setShare] = useState(100);
  const [reason, setReason] = useState("");
  const act = useAct();
  const { role, number: version } = report.version;
  const held = report.gates.some((one) => !one.passed);
  const activate = () =>
    act.run(async () => {
      await botApi.activate(version, share, reason);
      toast(t("report.activated"));
      await again();
      to("versions");
    });
  return (
    <Block title={t("report.activate")} lead={t("report.activate.hint")}>
      <ul class="gates">
        {report.gates.map((one) => (
          <li key={one.name} class={one.passed ? "is-passed" : "is-held"}>
            {one.passed ? <Check size={16} /> : <Close size={16} />}
            {t(`gate.${one.name}`, {
              figure: one.name === "broken" ? number(one.figure) : percent(one.figure, 1),
              wanted: one.name === "broken" ? number(one.wanted) : percent(one.wanted, 1),
            })}
          </li>
        ))}
      </ul>
      <form
        class="train"
        onSubmit={(event) => {
          event.preventDefault();
          void activate();
        }}
      >
        <select
          class="control"
          aria-label={t("report.share")}
          value={String(share)}
          onChange={(event) => setShare(Number(event.currentTarget.value))}
        >
          {SHARES.map((one) => (
            <option key={one} value={one}>
              {t("report.share.of", { share: percent(one / 100) })}
            </option>
          ))}
        </select>
        {held && (
          <input
            class="control"
            dir="auto"
            required
            minLength={REASON}
            placeholder={t("report.reason")}
            aria-label={t("report.reason")}
            value={reason}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
        )}
        <button
          type="submit"
          class="button button-main"
          disabled={act.busy || (role === "active" && share === 100)}
        >
          {t("report.activate.do")}
        </button>
        {act.problem && <Problem text={act.problem} />}
      </form>
    </Block>
  );
}
