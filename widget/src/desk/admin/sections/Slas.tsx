/** What customers are promised, in the order in which it is looked at. */
import type { JSX } from "preact";
import { number } from "../../../ui/format";
import { Plus } from "../../../ui/icons";
import { Empty } from "../../parts/common";
import type { Sla } from "../model/records";
import { follow, hrefOf } from "../nav";
import { Pledge } from "../parts/icons";
import { LoadFailed, Page, Waiting } from "../parts/Page";
import { channelName, promisesText } from "../parts/say";
import { type Column, nameColumn, Table } from "../parts/Table";
import {
  calendars,
  hoursName,
  inboxes,
  inboxName,
  mayChange,
  queueName,
  queues,
  slas,
  useLoad,
} from "../store";
import { t } from "../words";

/** To whom it is made: everybody, or what is named. */
function whoText(one: Sla): string {
  const named = [
    ...one.inboxes.map(inboxName),
    ...one.queues.map(queueName),
    ...one.channels.map(channelName),
    ...(one.priority === null ? [] : [t("slas.urgent", { n: one.priority })]),
  ];
  return named.length === 0 ? t("slas.everybody") : named.join(t("word.and"));
}

function columns(): Column<Sla>[] {
  return [
    nameColumn(t("slas.name"), (one) => one.name),
    { key: "targets", title: t("field.targets"), cell: (one) => promisesText(one.targets) },
    { key: "who", title: t("slas.to"), cell: (one) => <bdi>{whoText(one)}</bdi> },
    {
      key: "hours",
      title: t("slas.calendar"),
      roomy: true,
      cell: (one) => <bdi>{one.calendar ? hoursName(one.calendar) : t("slas.calendar.all")}</bdi>,
    },
    {
      key: "order",
      title: t("field.order"),
      roomy: true,
      cell: (one) => <span class="tabular">{number(one.order)}</span>,
    },
  ];
}

export function Slas(): JSX.Element {
  useLoad(slas, calendars, inboxes, queues);
  const all = slas.data.value;
  const error = slas.error.value;
  const sorted = [...(all ?? [])].sort((a, b) => a.order - b.order || a.name.localeCompare(b.name));
  const add = mayChange() && (
    <a
      class="button button-main"
      href={hrefOf("slas", "new")}
      onClick={(event) => follow(event, "slas", "new")}
    >
      <Plus size={16} />
      {t("slas.add")}
    </a>
  );
  return (
    <Page title={t("slas.title")} lead={t("slas.lead")} actions={add}>
      {!all && (error ? <LoadFailed error={error} retry={() => void slas.load()} /> : <Waiting />)}
      {all?.length === 0 && (
        <Empty title={t("slas.empty")} hint={t("slas.empty.hint")} icon={<Pledge size={24} />} />
      )}
      {sorted.length > 0 && (
        <Table label={t("slas.title")} section="slas" rows={sorted} columns={columns()} />
      )}
    </Page>
  );
}
