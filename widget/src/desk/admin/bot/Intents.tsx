/** What the bot knows: its intents with their numbers, and sentences that contradict one another. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { number } from "../../../ui/format";
import { Alert, Download, Plus } from "../../../ui/icons";
import { toast } from "../../toasts";
import { ApiError } from "../api";
import { matches } from "../model/search";
import { follow, hrefOf, query } from "../nav";
import { LoadFailed, Page, Waiting } from "../parts/Page";
import { type Column, Filters, NothingFits, Table } from "../parts/Table";
import { refusalText, t } from "../words";
import { botApi, type IntentSummary, type Knowledge } from "./api";
import { Name, useLoaded } from "./parts";

const FEW = 5;
const SHOWN = 8;

type Line = IntentSummary & { id: string };

function columns(): Column<Line>[] {
  const count = (n: number) => <span class={n < FEW ? "tag tag-warn tabular" : "tabular"}>{number(n)}</span>;
  return [
    { key: "name", title: t("intents.name"), cell: (one) => <Name of={one.name} /> },
    { key: "fa", title: t("lang.fa"), cell: (one) => count(one.fa) },
    { key: "en", title: t("lang.en"), cell: (one) => count(one.en) },
    {
      key: "test",
      title: t("intents.aside"),
      cell: (one) => <span class="tabular">{number(one.test)}</span>,
      roomy: true,
    },
    {
      key: "kind",
      title: t("intents.kind"),
      cell: (one) => t(one.faq ? "intents.faq" : "intents.ruled"),
      roomy: true,
    },
  ];
}

export function Intents(): JSX.Element {
  const known = useLoaded(botApi.knowledge);
  const rows = (known.data?.intents ?? [])
    .filter((one) => matches(query.value.q ?? "", one.name))
    .map((one) => ({ ...one, id: one.name }));
  const actions = (
    <>
      <Import done={known.again} />
      <a class="button" href={botApi.exportAs("zip")} download>
        <Download size={16} />
        {t("intents.export")}
      </a>
      <a
        class="button button-main"
        href={hrefOf("intents", "new:")}
        onClick={(event) => follow(event, "intents", "new:")}
      >
        <Plus size={16} />
        {t("intents.add")}
      </a>
    </>
  );
  return (
    <Page title={t("intents.title")} lead={t("intents.lead")} actions={actions}>
      {known.error && <LoadFailed error={known.error} retry={() => void known.again()} />}
      {!known.data && !known.error && <Waiting />}
      {known.data && <Conflicts known={known.data} />}
      {known.data && <Filters />}
      {known.data && rows.length === 0 && <NothingFits />}
      {rows.length > 0 && (
        <Table label={t("intents.title")} section="intents" rows={rows} columns={columns()} />
      )}
    </Page>
  );
}

function Conflicts({ known }: { known: Knowledge }): JSX.Element | null {
  if (known.conflicts.length === 0) return null;
  return (
    <details class="conflicts">
      <summary>
        <Alert size={16} />
        {t("intents.conflicts", { n: known.conflicts.length })}
      </summary>
      <ul>
        {known.conflicts.slice(0, SHOWN).map((one) => (
          <li key={one.text}>
            <bdi dir="auto">{one.text}</bdi>
            <small>
              {one.intents.map((intent) => (
                <Name key={intent} of={intent} />
              ))}
            </small>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Takes a data set: all of it, or none with the place that is wrong. */
function Import({ done }: { done: () => Promise<void> }): JSX.Element {
  const [busy, setBusy] = useState(false);
  const take = async (file: File | undefined) => {
    if (!file || busy) return;
    setBusy(true);
    try {
      const { added } = await botApi.importFile(file);
      toast(t("intents.imported", { n: Object.values(added).reduce((sum, one) => sum + one, 0) }));
      await done();
    } catch (error) {
      const known = error instanceof ApiError ? error : new ApiError("unknown");
      toast([refusalText(known.code), known.place].filter(Boolean).join(" "), "error");
    } finally {
      setBusy(false);
    }
  };
  return (
    <label class={`button import ${busy ? "is-busy" : ""}`}>
      {t("intents.import")}
      <input
        type="file"
        class="visually-hidden"
        accept=".csv,.jsonl,.yml,.yaml"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = "";
          void take(file);
        }}
      />
    </label>
  );
}
