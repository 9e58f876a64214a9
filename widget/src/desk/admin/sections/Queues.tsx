/** The lines that customers wait in. */
import type { JSX } from "preact";
import { number } from "../../../ui/format";
import { Plus } from "../../../ui/icons";
import { Empty } from "../../parts/common";
import { Line } from "../../parts/icons";
import type { Queue } from "../model/records";
import { matches } from "../model/search";
import { follow, hrefOf, query } from "../nav";
import { LoadFailed, Page, Waiting } from "../parts/Page";
import { spanText } from "../parts/span";
import { type Column, Filters, NothingFits, nameColumn, Table } from "../parts/Table";
import { agents, inboxes, mayChange, queues, useLoad } from "../store";
import { t } from "../words";

function columns(): Column<Queue>[] {
  const serving = (id: string) =>
    (agents.data.value ?? []).filter((one) => one.active && one.queues.includes(id)).length;
  const leading = (id: string) =>
    (inboxes.data.value ?? []).filter((one) => one.queue === id).map((one) => one.name);
  return [
    nameColumn(t("queues.name"), (one) => one.name),
    {
      key: "people",
      title: t("queues.people"),
      cell: (one) => (
        <span class={`tabular ${serving(one.id) === 0 ? "is-warned" : ""}`}>
          {serving(one.id) === 0 ? t("word.nobody") : number(serving(one.id))}
        </span>
      ),
    },
    {
      key: "inboxes",
      title: t("queues.inboxes"),
      cell: (one) => <bdi>{leading(one.id).join(t("word.and")) || "–"}</bdi>,
    },
    { key: "offer", title: t("queues.offer"), roomy: true, cell: (one) => spanText(one.offer_seconds) },
    { key: "wait", title: t("queues.wait"), roomy: true, cell: (one) => spanText(one.max_wait_seconds) },
    {
      key: "priority",
      title: t("queues.priority"),
      cell: (one) => <span class="tabular">{number(one.priority)}</span>,
    },
  ];
}

export function Queues(): JSX.Element {
  useLoad(queues, agents, inboxes);
  const all = queues.data.value;
  const error = queues.error.value;
  const shown = (all ?? [])
    .filter((one) => matches(query.value.q ?? "", one.name, one.id))
    .sort((a, b) => b.priority - a.priority || a.name.localeCompare(b.name));
  const add = mayChange() && (
    <a
      class="button button-main"
      href={hrefOf("queues", "new")}
      onClick={(event) => follow(event, "queues", "new")}
    >
      <Plus size={16} />
      {t("queues.add")}
    </a>
  );
  return (
    <Page title={t("queues.title")} lead={t("queues.lead")} actions={add}>
      {!all && (error ? <LoadFailed error={error} retry={() => void queues.load()} /> : <Waiting />)}
      {all && all.length > 5 && <Filters />}
      {all?.length === 0 && (
        <Empty title={t("queues.empty")} hint={t("queues.empty.hint")} icon={<Line size={24} />} />
      )}
      {all && all.length > 0 && shown.length === 0 && <NothingFits />}
      {shown.length > 0 && (
        <Table label={t("queues.title")} section="queues" rows={shown} columns={columns()} />
      )}
    </Page>
  );
}
