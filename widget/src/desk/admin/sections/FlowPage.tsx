/** One flow of calls: its steps, what is wrong with them, what a caller meets, and its versions. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { locale } from "../../../ui/i18n";
import { toast } from "../../toasts";
import { flowApi } from "../flowApi";
import { line, type Problems as Wrong } from "../model/check";
import {
  contentOf,
  draftOf,
  type FlowContent,
  type FlowDraft,
  type FlowRecord,
  fieldsOf,
  inReadingOrder,
  isWhole,
  partsOf,
  stepField,
  stepsOf,
  tidyFlow,
} from "../model/flow";
import { to } from "../nav";
import { Form } from "../parts/FormParts";
import { TextField } from "../parts/fields";
import { BeginningFields } from "../parts/flow/Beginning";
import { BenchProvider } from "../parts/flow/bench";
import { FlowVersions } from "../parts/flow/FlowVersions";
import { Preview } from "../parts/flow/Preview";
import { Problems } from "../parts/flow/Problems";
import { PublishButton, Standing } from "../parts/flow/Publish";
import { Steps } from "../parts/flow/Steps";
import { TryFlow } from "../parts/flow/TryFlow";
import { useCards } from "../parts/flow/useCards";
import { type Reviewed, useReview } from "../parts/flow/useReview";
import { letGo } from "../parts/guard";
import { DeleteBlock } from "../parts/Named";
import { LoadFailed, Page, Waiting } from "../parts/Page";
import { type Draft, useDraft } from "../parts/useDraft";
import { useFetched } from "../parts/useFetched";
import { agents, calendars, flows, inboxes, mayChange, queues, useLoad } from "../store";
import { refusalText, t } from "../words";
import { NewFlow } from "./NewFlow";

export function FlowPage({ id }: { id: string }): JSX.Element {
  if (id === "new") return <NewFlow />;
  return <KnownFlow id={id} />;
}

function KnownFlow({ id }: { id: string }): JSX.Element {
  useLoad(queues, calendars, inboxes, agents);
  const { data, error, load } = useFetched(() => flowApi.one(id));
  if (data) return <Editor first={data} />;
  return (
    <Page title={t("flow.title")} parent="flows">
      {error ? <LoadFailed error={error} retry={() => void load()} /> : <Waiting rows={8} />}
    </Page>
  );
}

function checkFlow(draft: FlowDraft): Wrong<FlowDraft> {
  const steps = [...stepsOf(draft)].flatMap(([name, one]) =>
    isWhole(one) ? [] : [[stepField(name), { key: "required" as const }] as const],
  );
  const name = line(String(draft.name), 60);
  return { ...(name ? { name } : {}), ...Object.fromEntries(steps) };
}

function Editor({ first }: { first: FlowRecord }): JSX.Element {
  const readOnly = !mayChange();
  const [record, setRecord] = useState(first);
  const [order, setOrder] = useState(() => inReadingOrder(first.draft));
  // Steps that were made here, so that the form knows of them before they are stored.
  const [made, setMade] = useState<readonly string[]>([]);
  const fields = [...new Set([...fieldsOf(draftOf(record)), ...made.map(stepField)])];
  const draft = useDraft<FlowDraft>(
    {
      stored: draftOf(first),
      fields,
      tidy: tidyFlow,
      check: checkFlow,
      latest: async () => {
        const latest = await flowApi.one(first.id);
        setRecord(latest);
        return draftOf(latest);
      },
      send: async (_, whole) => {
        const changed = await flowApi.change(first.id, {
          revision: Number(whole.revision),
          name: String(whole.name),
          draft: contentOf(whole, order),
        });
        setRecord(changed);
        return draftOf(changed);
      },
    },
    readOnly,
  );
  const tidied = tidyFlow(draft.value);
  const content = contentOf(tidied, order);
  const ready = Object.keys(checkFlow(tidied)).length === 0;
  const reviewed = useReview(content, ready);
  const cards = useCards(draft, content, readOnly, setOrder, setMade);
  const remove = async () => {
    await flowApi.remove(first.id);
    letGo();
    to("flows");
    void flows.load();
    toast(t("flow.deleted", { name: record.name }));
  };
  const take = (version: FlowContent) => {
    const gone = [...stepsOf(draft.value).keys()].map((name) => [stepField(name), undefined]);
    setMade((now) => [...now, ...Object.keys(version.nodes)]);
    draft.set({ ...Object.fromEntries(gone), ...partsOf(version) });
  };
  return (
    <Page
      title={record.name}
      parent="flows"
      lead={<Standing record={record} />}
      actions={
        !readOnly && (
          <PublishButton record={record} held={heldBecause(draft, record, reviewed)} onDone={setRecord} />
        )
      }
    >
      <BenchProvider value={cards.bench}>
        <div class="flow-work">
          <Form draft={draft} readOnly={readOnly}>
            <div class="stack">
              <TextField {...draft.bind("name")} value={String(draft.value.name)} label={t("flow.name")} />
              <BeginningFields draft={draft} />
              <FlowProblems reviewed={reviewed} />
            </div>
            <Steps draft={draft} content={content} cards={cards} problems={reviewed.review?.problems ?? []} />
          </Form>
          <aside class="flow-aside">
            <TryFlow
              content={content}
              ready={ready}
              inbox={record.numbers[0] ?? ""}
              show={cards.bench.show}
            />
            <Preview review={reviewed.review} />
          </aside>
        </div>
      </BenchProvider>
      <FlowVersions record={record} draft={content} onReturn={setRecord} onTake={take} />
      {!readOnly && record.numbers.length === 0 && (
        <DeleteBlock
          name={record.name}
          lead={t("flow.delete.lead")}
          ask={t("flow.delete")}
          title={t("flow.delete.title", { name: record.name })}
          text={t("flow.delete.text")}
          action={t("flow.delete.do")}
          run={remove}
        />
      )}
    </Page>
  );
}

/** Why the draft cannot be published now; null when it can. */
function heldBecause(draft: Draft<FlowDraft>, record: FlowRecord, reviewed: Reviewed): string | null {
  const wrong = reviewed.review?.problems.length ?? 0;
  if (wrong > 0) return t("flow.held.problems", { n: wrong });
  if (draft.dirty) return t("flow.held.dirty");
  if (!record.unpublished) return t("flow.held.same");
  return reviewed.current ? null : t("flow.held.looking");
}

/** What is wrong with the flow as a whole. */
function FlowProblems({ reviewed }: { reviewed: Reviewed }): JSX.Element {
  const own = (reviewed.review?.problems ?? []).filter((one) => one.step === "");
  const said = own.map((one) => one[locale.value]);
  return <Problems texts={reviewed.error ? [refusalText(reviewed.error), ...said] : said} />;
}
