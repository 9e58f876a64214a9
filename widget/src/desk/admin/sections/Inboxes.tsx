/** Where customers write. */
import type { JSX } from "preact";
import { Chat, Plus } from "../../../ui/icons";
import { ChannelGlyph, Empty } from "../../parts/common";
import { whereOf } from "../model/channel";
import { openAt } from "../model/hours";
import type { Inbox } from "../model/records";
import { follow, hrefOf } from "../nav";
import { LoadFailed, Page, Waiting } from "../parts/Page";
import { kindName } from "../parts/say";
import { type Column, Table } from "../parts/Table";
import { channels, inboxes, mayChange, queueName, queues, useLoad } from "../store";
import { t } from "../words";

function columns(): Column<Inbox>[] {
  return [
    {
      key: "name",
      title: t("inboxes.name"),
      cell: (one) => (
        <span class="person">
          <span class="card-glyph is-small">
            <ChannelGlyph channel={one.channel} size={16} />
          </span>
          <span>
            <bdi>{one.name}</bdi>
            <small>
              <bdi>{kindName(one.channel, one.settings.dialect)}</bdi>
              {one.missing.length > 0 && <em class="tag tag-warn">{t("inboxes.incomplete")}</em>}
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
      key: "where",
      title: t("inboxes.where"),
      roomy: true,
      cell: (one) => (
        <bdi dir="ltr">
          {whereOf(
            channels.data.value?.find((it) => it.name === one.channel),
            one,
          ) || "–"}
        </bdi>
      ),
    },
  ];
}

export function Inboxes(): JSX.Element {
  useLoad(inboxes, queues, channels);
  const all = inboxes.data.value;
  const error = inboxes.error.value;
  const add = mayChange() && (
    <a
      class="button button-main"
      href={hrefOf("inboxes", "new")}
      onClick={(event) => follow(event, "inboxes", "new")}
    >
      <Plus size={16} />
      {t("inboxes.add")}
    </a>
  );
  return (
    <Page title={t("inboxes.title")} lead={t("inboxes.lead")} actions={add}>
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
