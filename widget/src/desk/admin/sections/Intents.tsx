/** What customers may mean: the intents, with what must be put right and what should be looked at. */
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { number } from "../../../ui/format";
import { Alert, Download, Plus } from "../../../ui/icons";
import { Empty } from "../../parts/common";
import { Tag } from "../../parts/icons";
import { toast } from "../../toasts";
import { ApiError } from "../api";
import { botApi } from "../botApi";
import { type IntentSummary, type Knowledge, scarceIntents } from "../model/bot";
import { matches } from "../model/search";
import { follow, hrefOf, query, to } from "../nav";
import { NewIntentDialog } from "../parts/bot/asked";
import { Flaws } from "../parts/bot/Flaws";
import { LoadFailed, Page, Waiting } from "../parts/Page";
import { type Column, FilterSelect, Filters, NothingFits, Table } from "../parts/Table";
import { knowledge, useLoad } from "../store";
import { refusalText, t } from "../words";

const MOST_BYTES = 10 * 1024 ** 2;
const SHOWN = 20;

type Row = IntentSummary & { id: string };

function columns(scarce: ReadonlySet<string>, doubled: ReadonlySet<string>): Column<Row>[] {
  return [
    {
      key: "name",
      title: t("bot.intent"),
      cell: (one) => (
        <>
          <b>
            <bdi>{one.name}</bdi>
          </b>
          {scarce.has(one.name) && <em class="tag tag-warn">{t("intents.few")}</em>}
          {doubled.has(one.name) && <em class="tag tag-warn">{t("intents.doubled")}</em>}
        </>
      ),
    },
    { key: "fa", title: t("lang.fa"), cell: (one) => <span class="tabular">{number(one.fa)}</span> },
    { key: "en", title: t("lang.en"), cell: (one) => <span class="tabular">{number(one.en)}</span> },
    {
      key: "test",
      title: t("bot.split.test"),
      cell: (one) => <span class="tabular">{number(one.test)}</span>,
    },
    {
      key: "answer",
      title: t("intents.answered"),
      roomy: true,
      cell: (one) => t(one.faq ? "intents.by.answer" : "intents.by.rule"),
    },
  ];
}

export function Intents(): JSX.Element {
  useLoad(knowledge);
  const [asks, setAsks] = useState(false);
  const known = knowledge.data.value;
  const error = knowledge.error.value;
  return (
    <Page
      title={t("intents.title")}
      lead={t("intents.lead")}
      actions={
        <button type="button" class="button button-main" onClick={() => setAsks(true)}>
          <Plus size={16} />
          {t("bot.new")}
        </button>
      }
    >
      <Traffic />
      {known ? (
        <List known={known} />
      ) : error ? (
        <LoadFailed error={error} retry={() => void knowledge.load()} />
      ) : (
        <Waiting />
      )}
      {asks && (
        <NewIntentDialog
          action={t("form.create")}
          made={(name) => {
            setAsks(false);
            to("intents", name);
          }}
          onClose={() => setAsks(false)}
        />
      )}
    </Page>
  );
}

function List({ known }: { known: Knowledge }): JSX.Element {
  const { q = "", only = "" } = query.value;
  const scarce = scarceIntents(known.intents);
  const doubled = new Set(known.conflicts.flatMap((one) => one.intents));
  const rows = known.intents
    .filter((one) => matches(q, one.name, one.name.replaceAll("_", " ")))
    .filter((one) => !only || (only === "few" ? scarce : doubled).has(one.name))
    .map((one) => ({ ...one, id: one.name }))
    .sort((a, b) => a.name.localeCompare(b.name));
  return (
    <>
      <Flaws problems={known.problems} />
      {known.conflicts.length > 0 && <Conflicts known={known} />}
      <Filters>
        <FilterSelect
          name="only"
          label={t("intents.only")}
          options={(["few", "doubled"] as const).map((value) => ({ value, label: t(`intents.${value}`) }))}
        />
      </Filters>
      {known.intents.length === 0 ? (
        <Empty title={t("intents.none")} icon={<Tag size={24} />} />
      ) : rows.length === 0 ? (
        <NothingFits />
      ) : (
        <Table label={t("intents.title")} section="intents" rows={rows} columns={columns(scarce, doubled)} />
      )}
    </>
  );
}

function Conflicts({ known }: { known: Knowledge }): JSX.Element {
  const shown = known.conflicts.slice(0, SHOWN);
  return (
    <details class="more flaws is-warned">
      <summary>{t("intents.conflicts", { n: known.conflicts.length })}</summary>
      <ul>
        {shown.map((one) => (
          <li key={one.text}>
            <bdi>{one.text}</bdi>
            <span class="quiet">{t(one.near ? "intents.near" : "intents.same")}</span>
            {one.intents.map((name) => (
              <a
                key={name}
                href={hrefOf("intents", name)}
                onClick={(event) => follow(event, "intents", name)}
              >
                <bdi>{name}</bdi>
              </a>
            ))}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** In and out as data sets. A file that is refused says where; nothing of it is kept. */
function Traffic(): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<{ code: string; place: string | null } | null>(null);
  const take = async (file: File) => {
    setBusy(true);
    setRefusal(null);
    try {
      if (file.size > MOST_BYTES) throw new ApiError("too_large", null, file.name);
      const { added } = await botApi.importFile(file);
      const n = Object.values(added).reduce((sum, one) => sum + one, 0);
      toast(t("intents.imported", { n }));
      await knowledge.load();
    } catch (error) {
      const { code, place } = error instanceof ApiError ? error : new ApiError("unknown");
      setRefusal({ code, place });
    } finally {
      setBusy(false);
    }
  };
  return (
    <div class="traffic">
      <input
        ref={input}
        type="file"
        class="visually-hidden"
        tabIndex={-1}
        aria-label={t("intents.import")}
        accept=".csv,.jsonl,.ndjson,.yml,.yaml"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = "";
          if (file) void take(file);
        }}
      />
      <button type="button" class="button" disabled={busy} onClick={() => input.current?.click()}>
        {t(busy ? "intents.importing" : "intents.import")}
      </button>
      {(["csv", "yml", "zip"] as const).map((kind) => (
        <a key={kind} class="button" href={botApi.exportOf(kind)} download>
          <Download size={16} />
          {t(`intents.export.${kind}`)}
        </a>
      ))}
      {refusal && (
        <p class="entry-problem" role="alert">
          <Alert size={15} />
          <span>
            {refusal.place && <bdi class="place-name">{refusal.place}</bdi>} {refusalText(refusal.code)}{" "}
            {t("intents.import.none")}
          </span>
        </p>
      )}
    </div>
  );
}
