/** Pinned conversations: tests that every version must pass. */
import type { JSX } from "preact";
import { dateTime } from "../../../ui/format";
import { Empty } from "../../parts/common";
import { matches } from "../model/search";
import { follow, hrefOf, query } from "../nav";
import { Bookmark } from "../parts/icons";
import { LoadFailed, Page, Waiting } from "../parts/Page";
import { Filters, NothingFits, nameColumn, Table } from "../parts/Table";
import { useFetched } from "../parts/useFetched";
import { storiesApi } from "../storiesApi";
import { t } from "../words";

export function Stories(): JSX.Element {
  const found = useFetched(storiesApi.all);
  const all = found.data?.stories;
  const rows = (all ?? []).filter((one) =>
    matches(query.value.q ?? "", one.name, ...one.turns.map((turn) => turn.text)),
  );
  return (
    <Page
      title={t("stories.title")}
      lead={t("stories.lead")}
      actions={
        <a
          class="button button-main"
          href={hrefOf("stories", "new")}
          onClick={(event) => follow(event, "stories", "new")}
        >
          {t("stories.new")}
        </a>
      }
    >
      {all && all.length > 0 && <Filters />}
      {!all &&
        (found.error ? <LoadFailed error={found.error} retry={() => void found.load()} /> : <Waiting />)}
      {all?.length === 0 && (
        <Empty title={t("stories.none")} hint={t("stories.none.hint")} icon={<Bookmark size={24} />} />
      )}
      {all && all.length > 0 && rows.length === 0 && <NothingFits />}
      {rows.length > 0 && (
        <Table
          label={t("stories.title")}
          section="stories"
          rows={rows}
          columns={[
            nameColumn<(typeof rows)[number]>(t("bot.name"), (one) => one.name),
            {
              key: "turns",
              title: t("stories.turns"),
              cell: (one) => t("stories.turns.n", { n: one.turns.length }),
            },
            {
              key: "by",
              title: t("stories.by"),
              roomy: true,
              cell: (one) => (
                <>
                  <bdi>{one.by_name}</bdi> <small class="quiet">{dateTime(one.at)}</small>
                </>
              ),
            },
          ]}
        />
      )}
    </Page>
  );
}
