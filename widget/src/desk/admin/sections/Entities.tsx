/** What the bot picks out of sentences: entities with their counts, and the patterns, lists and synonyms that help. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { number } from "../../../ui/format";
import { Plus } from "../../../ui/icons";
import { Empty } from "../../parts/common";
import { Tag } from "../../parts/icons";
import { matches } from "../model/search";
import { TERM_KINDS, type TermSummary, termId } from "../model/words";
import { query, to } from "../nav";
import { NewTermDialog } from "../parts/bot/NewTerm";
import { UndoBar } from "../parts/bot/UndoBar";
import { LoadFailed, Page, Waiting } from "../parts/Page";
import { type Column, FilterSelect, Filters, NothingFits, nameColumn, Table } from "../parts/Table";
import { terms, useLoad } from "../store";
import { t } from "../words";

type Row = TermSummary & { id: string };

const figure = (n: number) => <span class="tabular">{n > 0 ? number(n) : ""}</span>;

function columns(): Column<Row>[] {
  return [
    nameColumn(t("bot.name"), (one) => one.name),
    { key: "kind", title: t("entities.kind"), cell: (one) => t(`entities.kind.${one.kind}`) },
    { key: "marked", title: t("entities.marked"), cell: (one) => figure(one.fa + one.en) },
    { key: "values", title: t("entities.values"), cell: (one) => figure(one.values) },
    {
      key: "found",
      title: t("entities.found"),
      roomy: true,
      cell: (one) => foundBy(one),
    },
  ];
}

/** How the bot finds an entity. */
function foundBy(one: TermSummary): string {
  if (one.kind !== "entity") return "";
  const ways = [
    one.regex > 0 ? t("entities.by.regex") : "",
    one.lookup > 0 ? t("entities.by.lookup") : "",
    one.fa + one.en > 0 && one.regex + one.lookup === 0 ? t("entities.by.marks") : "",
  ].filter(Boolean);
  return ways.length > 0 ? ways.join(t("word.and")) : t("entities.by.nothing");
}

export function Entities(): JSX.Element {
  useLoad(terms);
  const [asks, setAsks] = useState(false);
  const known = terms.data.value;
  const error = terms.error.value;
  const { q = "", kind = "" } = query.value;
  const rows = (known ?? [])
    .filter((one) => (!kind || one.kind === kind) && matches(q, one.name, one.name.replaceAll("_", " ")))
    .map((one) => ({ ...one, id: termId(one) }))
    .sort((a, b) => TERM_KINDS.indexOf(a.kind) - TERM_KINDS.indexOf(b.kind) || a.name.localeCompare(b.name));
  return (
    <Page
      title={t("entities.title")}
      lead={t("entities.lead")}
      actions={
        <button type="button" class="button button-main" onClick={() => setAsks(true)}>
          <Plus size={16} />
          {t("entities.new")}
        </button>
      }
    >
      <UndoBar undone={() => void terms.load()} />
      {!known && (error ? <LoadFailed error={error} retry={() => void terms.load()} /> : <Waiting />)}
      {known && (
        <Filters>
          <FilterSelect
            name="kind"
            label={t("entities.kind")}
            options={TERM_KINDS.map((value) => ({ value, label: t(`entities.kind.${value}`) }))}
          />
        </Filters>
      )}
      {known?.length === 0 && <Empty title={t("entities.none")} icon={<Tag size={24} />} />}
      {known && known.length > 0 && rows.length === 0 && <NothingFits />}
      {rows.length > 0 && (
        <Table label={t("entities.title")} section="entities" rows={rows} columns={columns()} />
      )}
      {asks && (
        <NewTermDialog
          made={(one) => {
            setAsks(false);
            to("entities", termId(one));
          }}
          onClose={() => setAsks(false)}
        />
      )}
    </Page>
  );
}
