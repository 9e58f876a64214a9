/** Flows of calls: what callers of a number are led through. */
import type { JSX } from "preact";
import { dateTime, number } from "../../../ui/format";
import { Plus } from "../../../ui/icons";
import { Empty } from "../../parts/common";
import { Phone } from "../../parts/icons";
import type { FlowSummary } from "../model/flow";
import { follow, hrefOf } from "../nav";
import { LoadFailed, Page, Waiting } from "../parts/Page";
import { type Column, nameColumn, Table } from "../parts/Table";
import { agents, flows, inboxes, inboxName, mayChange, useLoad } from "../store";
import { t } from "../words";

function columns(): Column<FlowSummary>[] {
  return [
    nameColumn(t("flow.name"), (one) => one.name),
    {
      key: "live",
      title: t("flows.live"),
      cell: ({ version, unpublished }) =>
        version === 0
          ? t("flows.live.none")
          : t(unpublished ? "flows.live.older" : "flow.version", { n: version }),
    },
    {
      key: "numbers",
      title: t("flows.numbers"),
      cell: ({ numbers }) => (
        <bdi>{numbers.length === 0 ? "—" : numbers.map(inboxName).join(t("word.and"))}</bdi>
      ),
    },
    {
      key: "problems",
      title: t("flows.problems"),
      cell: ({ problems }) => (problems === 0 ? "—" : <span class="is-bad-text">{number(problems)}</span>),
    },
    {
      key: "changed",
      title: t("flows.changed"),
      roomy: true,
      cell: ({ changed_by, changed_at }) => (
        <>
          <bdi>{agents.data.value?.find((one) => one.id === changed_by)?.name ?? changed_by}</bdi> ·{" "}
          {dateTime(changed_at)}
        </>
      ),
    },
  ];
}

export function Flows(): JSX.Element {
  useLoad(flows, inboxes, agents);
  const all = flows.data.value;
  const error = flows.error.value;
  const add = mayChange() && (
    <a
      class="button button-main"
      href={hrefOf("flows", "new")}
      onClick={(event) => follow(event, "flows", "new")}
    >
      <Plus size={16} />
      {t("flow.new")}
    </a>
  );
  return (
    <Page title={t("nav.flows")} lead={t("flows.lead")} actions={add}>
      {!all && (error ? <LoadFailed error={error} retry={() => void flows.load()} /> : <Waiting />)}
      {all?.length === 0 && (
        <Empty title={t("flows.empty")} hint={t("flows.empty.hint")} icon={<Phone size={24} />} />
      )}
      {all && all.length > 0 && (
        <Table label={t("nav.flows")} section="flows" rows={all} columns={columns()} />
      )}
    </Page>
  );
}
