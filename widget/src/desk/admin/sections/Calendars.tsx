/** Business hours by name: for rules, queues and promises. */
import type { JSX } from "preact";
import { Plus } from "../../../ui/icons";
import { Empty } from "../../parts/common";
import { localMoment, minutesPerWeek } from "../model/hours";
import type { NamedCalendar } from "../model/records";
import { follow, hrefOf } from "../nav";
import { Calendar as CalendarIcon } from "../parts/icons";
import { LoadFailed, Page, Waiting } from "../parts/Page";
import { clockText, dayText } from "../parts/say";
import { type Column, nameColumn, Table } from "../parts/Table";
import { calendars, mayChange, useLoad } from "../store";
import { t } from "../words";

/** Open now, or when it opens next. */
export function openingText({ open, next_opening: next, calendar }: NamedCalendar): string {
  if (open) return t("hours.now.open");
  if (next === null) return t("hours.now.closed");
  const { iso, clock } = localMoment(next, calendar.time_zone);
  return t("hours.next", { day: dayText(iso), time: clockText(clock) });
}

function columns(): Column<NamedCalendar>[] {
  return [
    nameColumn(t("calendars.name"), (one) => one.name),
    { key: "now", title: t("calendars.now"), cell: openingText },
    {
      key: "week",
      title: t("hours.week"),
      roomy: true,
      cell: ({ calendar }) =>
        calendar.always_open
          ? t("hours.always")
          : t("hours.total", { hours: minutesPerWeek(calendar.week) / 60 }),
    },
    {
      key: "zone",
      title: t("hours.zone"),
      roomy: true,
      cell: ({ calendar }) => <bdi dir="ltr">{calendar.time_zone.replaceAll("_", " ")}</bdi>,
    },
  ];
}

export function Calendars(): JSX.Element {
  useLoad(calendars);
  const all = calendars.data.value;
  const error = calendars.error.value;
  const add = mayChange() && (
    <a
      class="button button-main"
      href={hrefOf("calendars", "new")}
      onClick={(event) => follow(event, "calendars", "new")}
    >
      <Plus size={16} />
      {t("calendars.add")}
    </a>
  );
  return (
    <Page title={t("calendars.title")} lead={t("calendars.lead")} actions={add}>
      {!all && (error ? <LoadFailed error={error} retry={() => void calendars.load()} /> : <Waiting />)}
      {all?.length === 0 && (
        <Empty
          title={t("calendars.empty")}
          hint={t("calendars.empty.hint")}
          icon={<CalendarIcon size={24} />}
        />
      )}
      {all && all.length > 0 && (
        <Table label={t("calendars.title")} section="calendars" rows={all} columns={columns()} />
      )}
    </Page>
  );
}
