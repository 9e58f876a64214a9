/** What the bot says: all responses. */
import type { JSX } from "preact";
import { Chat } from "../../../ui/icons";
import { Empty } from "../../parts/common";
import { matches } from "../model/search";
import { query } from "../nav";
import { LoadFailed, Page, Waiting } from "../parts/Page";
import { Filters, NothingFits, nameColumn, Table } from "../parts/Table";
import { knowledge, useLoad } from "../store";
import { t } from "../words";

export function Responses(): JSX.Element {
  useLoad(knowledge);
  const known = knowledge.data.value;
  const error = knowledge.error.value;
  const rows = (known?.responses ?? [])
    .map((id) => ({ id, said: known?.said[id] ?? [] }))
    .filter(({ id, said }) => matches(query.value.q ?? "", id, id.replaceAll("_", " "), ...said))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  return (
    <Page title={t("responses.title")} lead={t("responses.lead")}>
      {known && <Filters />}
      {!known && (error ? <LoadFailed error={error} retry={() => void knowledge.load()} /> : <Waiting />)}
      {known?.responses.length === 0 && <Empty title={t("responses.none")} icon={<Chat size={24} />} />}
      {known && known.responses.length > 0 && rows.length === 0 && <NothingFits />}
      {rows.length > 0 && (
        <Table
          label={t("responses.title")}
          section="responses"
          rows={rows}
          columns={[
            nameColumn<(typeof rows)[number]>(t("bot.name"), (one) => one.id),
            { key: "said", title: t("responses.text"), cell: (one) => <Said texts={one.said} /> },
          ]}
        />
      )}
    </Page>
  );
}

/** The beginning of what is said, once in each language. */
function Said({ texts }: { texts: readonly string[] }): JSX.Element {
  return (
    <>
      {texts.map((text, n) => (
        <span key={n} class="said" dir="auto">
          {text}
        </span>
      ))}
    </>
  );
}
