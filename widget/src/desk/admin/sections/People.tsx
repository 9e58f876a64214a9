/** Everybody who has an account. */
import type { JSX } from "preact";
import { number } from "../../../ui/format";
import { People as PeopleIcon, Plus } from "../../../ui/icons";
import { deskConfig } from "../../config";
import { Empty, Face } from "../../parts/common";
import { type Agent, ROLES } from "../model/records";
import { matches } from "../model/search";
import { follow, hrefOf, query } from "../nav";
import { LoadFailed, Page, Waiting } from "../parts/Page";
import { type Column, FilterSelect, Filters, NothingFits, Table } from "../parts/Table";
import { agents, mayChange, queueName, queues, useLoad } from "../store";
import { t } from "../words";

function columns(): Column<Agent>[] {
  const myId = deskConfig().me.id;
  return [
    {
      key: "person",
      title: t("people.person"),
      cell: (one) => (
        <span class="person">
          <Face id={one.id} name={one.name} size={32} />
          <span>
            <bdi>{one.name}</bdi>
            {one.id === myId && <em class="tag">{t("people.you")}</em>}
            <small dir="ltr">{one.login}</small>
          </span>
        </span>
      ),
    },
    {
      key: "role",
      title: t("people.role"),
      cell: (one) => (
        <span class={one.role === "agent" ? "" : "tag tag-strong"}>{t(`role.${one.role}`)}</span>
      ),
    },
    {
      key: "queues",
      title: t("people.queues"),
      cell: (one) =>
        one.queues.length === 0 ? (
          <span class="quiet">{t("people.noqueues")}</span>
        ) : (
          <bdi>{one.queues.map(queueName).join(t("word.and"))}</bdi>
        ),
    },
    {
      key: "languages",
      title: t("people.languages"),
      roomy: true,
      cell: (one) => one.languages.map((it) => t(`lang.${it}`)).join(t("word.and")),
    },
    {
      key: "capacity",
      title: t("people.capacity"),
      roomy: true,
      cell: (one) => <span class="tabular">{number(one.capacity)}</span>,
    },
    {
      key: "state",
      title: t("people.state"),
      cell: (one) => (
        <span class="state">
          <i class={`status-dot ${one.active ? "is-on" : "is-off"}`} />
          {t(one.active ? "people.active" : "people.inactive")}
        </span>
      ),
    },
  ];
}

/** Whether a person fits the filters of the address. */
function fits(one: Agent): boolean {
  const { q = "", role = "", queue = "", state = "" } = query.value;
  return (
    matches(q, one.name, one.login) &&
    (!role || one.role === role) &&
    (!queue || one.queues.includes(queue)) &&
    (!state || one.active === (state === "active"))
  );
}

export function People(): JSX.Element {
  useLoad(agents, queues);
  const all = agents.data.value;
  const error = agents.error.value;
  const shown = (all ?? [])
    .filter(fits)
    .sort((a, b) => Number(b.active) - Number(a.active) || a.name.localeCompare(b.name));
  const add = mayChange() && (
    <a
      class="button button-main"
      href={hrefOf("people", "new")}
      onClick={(event) => follow(event, "people", "new")}
    >
      <Plus size={16} />
      {t("people.add")}
    </a>
  );
  return (
    <Page title={t("people.title")} lead={t("people.lead")} actions={add}>
      {!all && (error ? <LoadFailed error={error} retry={() => void agents.load()} /> : <Waiting />)}
      {all && (
        <>
          <Filters>
            <FilterSelect
              name="role"
              label={t("people.role")}
              options={ROLES.map((value) => ({ value, label: t(`role.${value}`) }))}
            />
            <FilterSelect
              name="queue"
              label={t("people.queues")}
              options={(queues.data.value ?? []).map((one) => ({ value: one.id, label: one.name }))}
            />
            <FilterSelect
              name="state"
              label={t("people.state")}
              options={[
                { value: "active", label: t("people.active") },
                { value: "inactive", label: t("people.inactive") },
              ]}
            />
          </Filters>
          {all.length === 0 && (
            <Empty title={t("people.empty")} hint={t("people.empty.hint")} icon={<PeopleIcon size={24} />} />
          )}
          {all.length > 0 && shown.length === 0 && <NothingFits />}
          {shown.length > 0 && (
            <Table
              label={t("people.title")}
              section="people"
              rows={shown}
              columns={columns()}
              dimmed={(one) => !one.active}
            />
          )}
        </>
      )}
    </Page>
  );
}
