/** What customers may mean: the intents, with what must be put right and what should be looked at. */
import type { JSX } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { number } from "../../../ui/format";
import { Download, Plus } from "../../../ui/icons";
import { Empty } from "../../parts/common";
import { Tag } from "../../parts/icons";
import { toast } from "../../toasts";
import { ApiError, asRefusal } from "../api";
import { botApi } from "../botApi";
import { type IntentSummary, type Knowledge, scarceIntents } from "../model/bot";
import { matches } from "../model/search";
import { follow, hrefOf, query, to } from "../nav";
import { NewIntentDialog } from "../parts/bot/asked";
import { Flaws } from "../parts/bot/Flaws";
import { UndoBar } from "../parts/bot/UndoBar";
import { ConfirmDialog } from "../parts/dialogs";
import { LoadFailed, Page, Waiting } from "../parts/Page";
import { type Column, FilterSelect, Filters, NothingFits, Table } from "../parts/Table";
import { Wrong } from "../parts/Wrong";
import { knowledge, lastAct, useLoad } from "../store";
import { refusalText, t, withMasked } from "../words";

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
      <UndoBar />
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
  const { all, scarce, doubled } = useMemo(
    () => ({
      all: known.intents
        .map((one) => ({ ...one, id: one.name }))
        .sort((a, b) => a.name.localeCompare(b.name)),
      scarce: scarceIntents(known.intents),
      doubled: new Set(known.conflicts.flatMap((one) => one.intents)),
    }),
    [known],
  );
  const rows = all
    .filter((one) => matches(q, one.name, one.name.replaceAll("_", " ")))
    .filter((one) => !only || (only === "few" ? scarce : doubled).has(one.name));
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
  const [project, setProject] = useState<File | null>(null);
  const take = async (file: File, read: (file: File) => Promise<string>) => {
    setBusy(true);
    setRefusal(null);
    try {
      if (file.size > MOST_BYTES) throw new ApiError("too_large", null, file.name);
      toast(await read(file));
      await Promise.all([knowledge.load(), lastAct.load()]);
    } catch (error) {
      const { code, place } = asRefusal(error);
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
        accept=".csv,.tsv,.jsonl,.ndjson,.yml,.yaml,.zip"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = "";
          if (file?.name.toLowerCase().endsWith(".zip")) setProject(file);
          else if (file) void take(file, addSet);
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
        <Wrong role="alert">
          <span>
            {refusal.place && (
              <b>
                <bdi dir="ltr">{refusal.place}</bdi>
              </b>
            )}{" "}
            {refusalText(refusal.code)} {t("intents.import.none")}
          </span>
        </Wrong>
      )}
      {project && (
        <ConfirmDialog
          title={t("intents.project.title", { name: project.name })}
          text={t("intents.project.text")}
          word={project.name}
          action={t("intents.project")}
          run={async () => {
            setProject(null);
            await take(project, putProject);
          }}
          onClose={() => setProject(null)}
        />
      )}
    </div>
  );
}

async function addSet(file: File): Promise<string> {
  const { added, masked } = await botApi.importFile(file);
  const n = Object.values(added).reduce((sum, one) => sum + one, 0);
  return withMasked(t("intents.imported", { n }), masked);
}

async function putProject(file: File): Promise<string> {
  const { intents, masked } = await botApi.importProject(file);
  return withMasked(t("intents.project.done", { n: intents }), masked);
}
