/** Business hours with a name. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Empty } from "../../parts/common";
import { toast } from "../../toasts";
import { api } from "../api";
import { checkNamedCalendar } from "../model/check";
import { DAYS, tidy as tidyCalendar, WORKING_DAYS } from "../model/hours";
import type { NamedCalendar } from "../model/records";
import { to } from "../nav";
import { Form } from "../parts/FormParts";
import { TextField } from "../parts/fields";
import { letGo } from "../parts/guard";
import { HoursEditor } from "../parts/HoursEditor";
import { DeleteBlock, freshId } from "../parts/Named";
import { Block, LoadFailed, Page, Waiting } from "../parts/Page";
import { useDraft } from "../parts/useDraft";
import { calendars, drop, keep, mayChange, useLoad } from "../store";
import { t } from "../words";

const FIELDS = ["name", "calendar"] as const;

/** Office hours in Tehran, to begin with. */
function blank(): NamedCalendar {
  const week = Object.fromEntries(
    DAYS.map((day) => [day, WORKING_DAYS.includes(day) ? [["09:00", "17:00"]] : []]),
  );
  const calendar = { time_zone: "Asia/Tehran", week, holidays: [], always_open: false };
  return { id: freshId("hours"), name: "", calendar, open: null, next_opening: null };
}

const tidy = (one: NamedCalendar): NamedCalendar => ({
  ...one,
  name: one.name.trim().replace(/\s+/g, " "),
  calendar: tidyCalendar(one.calendar),
});

export function CalendarPage({ id }: { id: string }): JSX.Element {
  useLoad(calendars);
  const [fresh] = useState(blank);
  const all = calendars.data.value;
  const isNew = id === "new";
  const found = isNew ? fresh : all?.find((one) => one.id === id);
  const error = calendars.error.value;
  if (all && found && (!isNew || mayChange())) {
    return <CalendarForm key={id} calendar={found} isNew={isNew} />;
  }
  return (
    <Page title={t(isNew ? "calendars.new" : "calendars.title")} parent="calendars">
      {all ? (
        <Empty title={t("admin.nowhere")} hint={t("admin.nowhere.hint")} />
      ) : error ? (
        <LoadFailed error={error} retry={() => void calendars.load()} />
      ) : (
        <Waiting rows={8} />
      )}
    </Page>
  );
}

function CalendarForm({ calendar, isNew }: { calendar: NamedCalendar; isNew: boolean }): JSX.Element {
  const readOnly = !mayChange();
  const draft = useDraft<NamedCalendar>(
    {
      stored: calendar,
      isNew,
      fields: FIELDS,
      tidy,
      check: checkNamedCalendar,
      latest: isNew
        ? undefined
        : async () => (await api.calendars()).find((one) => one.id === calendar.id) ?? null,
      send: (_, whole) => api.putCalendar(whole),
      saved: (stored) => {
        keep(calendars, stored);
        if (!isNew) return;
        toast(t("calendars.created", { name: stored.name }));
        to("calendars", stored.id);
      },
    },
    readOnly,
  );
  const remove = async () => {
    await api.deleteCalendar(calendar.id);
    letGo();
    to("calendars");
    drop(calendars, calendar.id);
    toast(t("calendars.deleted", { name: calendar.name }));
  };
  return (
    <Page title={isNew ? t("calendars.new") : calendar.name} parent="calendars">
      <Form draft={draft} readOnly={readOnly} onCancel={() => to("calendars")}>
        <Block title={t("calendars.name")}>
          <TextField {...draft.bind("name")} label={t("calendars.name")} hint={t("calendars.name.hint")} />
        </Block>
        <Block title={t("calendars.hours")}>
          <HoursEditor {...draft.bind("calendar")} />
        </Block>
      </Form>
      {!isNew && !readOnly && (
        <DeleteBlock
          name={calendar.name}
          lead={t("calendars.delete.lead")}
          ask={t("calendars.delete")}
          title={t("calendars.delete.title", { name: calendar.name })}
          text={t("calendars.delete.text")}
          action={t("calendars.delete.do")}
          run={remove}
        />
      )}
    </Page>
  );
}
