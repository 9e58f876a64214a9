/** Who changed what, and when. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { dateTime, number } from "../../../ui/format";
import { Check, Down } from "../../../ui/icons";
import { Empty, Face } from "../../parts/common";
import { type ApiError, api, asRefusal } from "../api";
import type { AuditRecord } from "../model/records";
import { inTrail, KINDS, nameWithin, targetOf } from "../model/trail";
import { query } from "../nav";
import { ChangeList } from "../parts/FormParts";
import { Book, Shield } from "../parts/icons";
import { LoadFailed, Page, Waiting } from "../parts/Page";
import { explain, type Line } from "../parts/say";
import { FilterSelect, Filters, NothingFits } from "../parts/Table";
import { agents, canned, flows, inboxes, queues, useLoad } from "../store";
import { isWord, t } from "../words";

/** With a filter, so many pages are looked through before the reader is asked. */
const PAGES_AT_ONCE = 10;
const ENOUGH = 20;

interface Trail {
  records: AuditRecord[];
  /** Where the next page begins; null at the end, undefined before the first one. */
  before: number | null | undefined;
  error: ApiError | null;
  busy: boolean;
  more: () => void;
}

function useTrail(): Trail {
  const [records, setRecords] = useState<AuditRecord[]>([]);
  const [before, setBefore] = useState<number | null | undefined>(undefined);
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const run = useRef(0);
  const { who = "", kind = "" } = query.value;
  const fetchOn = async (known: AuditRecord[], from: number | null | undefined) => {
    const mine = ++run.current;
    setBusy(true);
    setError(null);
    try {
      let all = known;
      let next = from;
      let fresh = 0;
      for (let n = 0; n < PAGES_AT_ONCE && next !== null && fresh < ENOUGH; n++) {
        const page = await api.audit(next ?? null);
        if (mine !== run.current) return;
        all = [...all, ...page.records];
        next = page.before;
        fresh += page.records.filter((one) => inTrail(one, { who, kind })).length;
      }
      setRecords(all);
      setBefore(next);
    } catch (thrown) {
      if (mine === run.current) setError(asRefusal(thrown));
    } finally {
      if (mine === run.current) setBusy(false);
    }
  };
  useEffect(() => {
    const shown = records.filter((one) => inTrail(one, { who, kind })).length;
    if (before === undefined || (shown < ENOUGH && before !== null)) void fetchOn(records, before);
    return () => {
      run.current++;
    };
  }, [who, kind]);
  return { records, before, error, busy, more: () => void fetchOn(records, before) };
}

export function Audit(): JSX.Element {
  useLoad(agents, queues, inboxes, canned, flows);
  const trail = useTrail();
  const { who = "", kind = "" } = query.value;
  const shown = trail.records.filter((one) => inTrail(one, { who, kind }));
  const people = (agents.data.value ?? []).map((one) => ({ value: one.id, label: one.name }));
  return (
    <Page title={t("audit.title")} lead={t("audit.lead")} actions={<Verify />}>
      <Filters search={false}>
        <FilterSelect
          name="who"
          label={t("audit.person")}
          options={[...people, { value: "-", label: t("audit.stranger") }]}
        />
        <FilterSelect
          name="kind"
          label={t("audit.kind")}
          options={KINDS.map((value) => ({ value, label: t(`audit.kind.${value}`) }))}
        />
      </Filters>
      <ol class="trail">
        {shown.map((one) => (
          <Deed key={one.seq} record={one} />
        ))}
      </ol>
      {trail.error && <LoadFailed error={trail.error} retry={trail.more} />}
      {trail.busy && <Waiting rows={shown.length === 0 ? 8 : 2} />}
      {!trail.busy && !trail.error && (
        <div class="trail-foot">
          {trail.records.length === 0 && (
            <Empty title={t("audit.none")} hint={t("audit.none.hint")} icon={<Book size={24} />} />
          )}
          {trail.records.length > 0 && shown.length === 0 && trail.before === null && <NothingFits />}
          {(who || kind) && trail.before !== null && (
            <p class="quiet">{t("audit.further", { n: trail.records.length })}</p>
          )}
          {trail.before !== null && trail.before !== undefined && (
            <button type="button" class="button" onClick={trail.more}>
              {t("audit.older")}
            </button>
          )}
          {trail.before === null && shown.length > 0 && <p class="quiet">{t("audit.end")}</p>}
        </div>
      )}
    </Page>
  );
}

/** The present name of what a deed was done to, or the name that the record knows, or the id. */
function targetName(record: AuditRecord): string {
  const { kind, id: target } = targetOf(record.target);
  const id = kind === "aside" ? String(record.changes.inbox?.[0] ?? target) : target;
  const named: readonly { id: string; name: string }[] =
    (kind === "agent" && agents.data.value) ||
    (kind === "queue" && queues.data.value) ||
    (kind === "flow" && flows.data.value) ||
    ((kind === "inbox" || kind === "aside") && inboxes.data.value) ||
    (kind === "canned" &&
      (canned.data.value ?? []).map((one) => ({ id: one.id, name: `/${one.shortcut}` }))) ||
    [];
  return named.find((one) => one.id === id)?.name ?? nameWithin(record) ?? id;
}

/** What a record says was changed. What was made has no "before" and what was deleted no "after": such lines hold one value. */
function linesOf(record: AuditRecord): Line[] {
  const made = /\.(create|seed)$/.test(record.action);
  const deleted = record.action.endsWith(".delete");
  return Object.entries(record.changes)
    .filter(([field, values]) => field !== "id" && !((made || deleted) && values.every(isNothing)))
    .flatMap(([field, [before, after]]) => explain(field, before, after))
    .map((one) => (made ? { ...one, before: one.after } : deleted ? { ...one, after: one.before } : one));
}

function isNothing(value: unknown): boolean {
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

function Deed({ record }: { record: AuditRecord }): JSX.Element {
  const [open, setOpen] = useState(false);
  const key = `audit.do.${record.action}`;
  const name =
    record.actor_name || (record.actor ? record.actor : t(record.ip ? "audit.stranger" : "audit.hub"));
  const telling = linesOf(record);
  const details = `deed-${record.seq}`;
  return (
    <li class={`deed ${open ? "is-open" : ""}`}>
      <button
        type="button"
        class="deed-line"
        aria-expanded={open}
        aria-controls={details}
        onClick={() => setOpen(!open)}
      >
        <Face id={record.actor || "?"} name={name} size={28} />
        <span class="deed-words">
          {record.action === "session.refused" ? null : (
            <b>
              <bdi>{name}</bdi>
            </b>
          )}{" "}
          {isWord(key) ? t(key, { target: `\u2068${targetName(record)}\u2069` }) : record.action}
        </span>
        <time class="tabular" dateTime={new Date(record.at).toISOString()}>
          {dateTime(record.at)}
        </time>
        <Down size={16} />
      </button>
      {open && (
        <div class="deed-details" id={details}>
          {telling.length > 0 ? (
            <ChangeList lines={telling} whole />
          ) : (
            <p class="quiet">{t("audit.nothing")}</p>
          )}
          <p class="deed-facts">
            <span>{t("audit.number", { n: record.seq })}</span>
            {record.ip && (
              <span>
                {t("audit.from")}: <bdi dir="ltr">{record.ip}</bdi>
              </span>
            )}
            <span>
              {t("audit.seal")}: <code dir="ltr">{record.seal.slice(0, 16)}…</code>
            </span>
          </p>
        </div>
      )}
    </li>
  );
}

/** Asks the hub whether the trail is as it was written. */
function Verify(): JSX.Element {
  const [state, setState] = useState<"idle" | "busy" | "good" | "failed" | { broken: number }>("idle");
  const run = async () => {
    setState("busy");
    try {
      const verdict = await api.verifyAudit();
      setState(verdict.intact ? "good" : { broken: verdict.broken_at ?? 0 });
    } catch {
      setState("failed");
    }
  };
  return (
    <div class="verify">
      <span role="status" class={`verify-said ${typeof state === "object" ? "is-bad" : ""}`}>
        {state === "good" && (
          <>
            <Check size={16} /> {t("audit.verify.good")}
          </>
        )}
        {state === "failed" && t("load.failed")}
        {typeof state === "object" && t("audit.verify.bad", { n: number(state.broken) })}
      </span>
      <button type="button" class="button" disabled={state === "busy"} onClick={() => void run()}>
        <Shield size={16} />
        {t(state === "busy" ? "audit.verify.busy" : "audit.verify")}
      </button>
    </div>
  );
}
