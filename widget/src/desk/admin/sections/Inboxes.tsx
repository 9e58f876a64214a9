/** Where customers write. */
import type { JSX } from "preact";
import { Chat } from "../../../ui/icons";
import { Empty } from "../../parts/common";
import { openAt } from "../model/hours";
import type { Inbox } from "../model/records";
import { LoadFailed, Page, Waiting } from "../parts/Page";
import { type Column, Table } from "../parts/Table";
import { inboxes, queueName, queues, useLoad } from "../store";
import { t } from "../words";

function columns(): Column<Inbox>[] {
  return [
    {
      key: "name",
      title: t("inboxes.name"),
      cell: (one) => (
        <span class="person">
          <i class="swatch" style={{ background: one.accent }} aria-hidden="true" />
          <span>
            <bdi>{one.name}</bdi>
            <small>
              <bdi>{one.brand}</bdi>
            </small>
          </span>
        </span>
      ),
    },
    { key: "queue", title: t("inboxes.queue"), cell: (one) => <bdi>{queueName(one.queue)}</bdi> },
    { key: "bot", title: t("field.bot_enabled"), cell: (one) => t(one.bot_enabled ? "word.on" : "word.off") },
    {
      key: "now",
      title: t("inboxes.status"),
      cell: (one) => {
        const { open } = openAt(one.calendar, Date.now());
        return (
          <span class="state">
            <i class={`status-dot ${open ? "is-on" : "is-off"}`} />
            {t(open ? "inboxes.open" : "inboxes.closed")}
          </span>
        );
      },
    },
    {
      key: "origins",
      title: t("inboxes.origins"),
      roomy: true,
      cell: (one) => <bdi dir="ltr">{one.origins.join(", ") || "–"}</bdi>,
    },
  ];
}

export function Inboxes(): JSX.Element {
  useLoad(inboxes, queues);
  const all = inboxes.data.value;
  const error = inboxes.error.value;
  return (
    <Page title={t("inboxes.title")} lead={t("inboxes.lead")}>
      {!all &&
        (error ? <LoadFailed error={error} retry={() => void inboxes.load()} /> : <Waiting rows={3} />)}
      {all?.length === 0 && (
        <Empty title={t("inboxes.empty")} hint={t("inboxes.empty.hint")} icon={<Chat size={24} />} />
      )}
      {all && all.length > 0 && (
        <Table label={t("inboxes.title")} section="inboxes" rows={all} columns={columns()} />
      )}
    </Page>
  );
}
