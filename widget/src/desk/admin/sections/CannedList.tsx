/** Canned replies, all of them. */
import type { JSX } from "preact";
import { Plus } from "../../../ui/icons";
import { Empty } from "../../parts/common";
import { Quick } from "../../parts/icons";
import type { Canned } from "../model/records";
import { matches } from "../model/search";
import { follow, hrefOf, query } from "../nav";
import { LoadFailed, Page, Waiting } from "../parts/Page";
import { type Column, FilterSelect, Filters, NothingFits, Table } from "../parts/Table";
import { canned, mayChange, useLoad } from "../store";
import { t } from "../words";

const LOCALES = ["fa", "en"] as const;

function columns(): Column<Canned>[] {
  return [
    {
      key: "shortcut",
      title: t("canned.shortcut"),
      cell: (one) => (
        <b class="shortcut" dir="auto">
          /{one.shortcut}
        </b>
      ),
    },
    {
      key: "text",
      title: t("canned.text"),
      cell: (one) => (
        <span class="excerpt" dir="auto">
          {one.text}
        </span>
      ),
    },
    { key: "locale", title: t("canned.locale"), cell: (one) => t(`lang.${one.locale}`) },
  ];
}

export function CannedList(): JSX.Element {
  useLoad(canned);
  const all = canned.data.value;
  const error = canned.error.value;
  const { q = "", locale = "" } = query.value;
  const shown = (all ?? [])
    .filter((one) => matches(q, one.shortcut, one.text) && (!locale || one.locale === locale))
    .sort((a, b) => a.shortcut.localeCompare(b.shortcut) || a.locale.localeCompare(b.locale));
  const add = mayChange() && (
    <a
      class="button button-main"
      href={hrefOf("canned", "new")}
      onClick={(event) => follow(event, "canned", "new")}
    >
      <Plus size={16} />
      {t("canned.add")}
    </a>
  );
  return (
    <Page title={t("canned.title")} lead={t("canned.lead")} actions={add}>
      {!all && (error ? <LoadFailed error={error} retry={() => void canned.load()} /> : <Waiting />)}
      {all && all.length > 0 && (
        <Filters>
          <FilterSelect
            name="locale"
            label={t("canned.locale")}
            options={LOCALES.map((value) => ({ value, label: t(`lang.${value}`) }))}
          />
        </Filters>
      )}
      {all?.length === 0 && (
        <Empty title={t("canned.empty")} hint={t("canned.empty.hint")} icon={<Quick size={24} />} />
      )}
      {all && all.length > 0 && shown.length === 0 && <NothingFits />}
      {shown.length > 0 && (
        <Table label={t("canned.title")} section="canned" rows={shown} columns={columns()} />
      )}
    </Page>
  );
}
