/** One service level: what is promised, to whom, and in which hours. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Empty } from "../../parts/common";
import { toast } from "../../toasts";
import { api } from "../api";
import { checkSla } from "../model/check";
import type { Sla } from "../model/records";
import { to } from "../nav";
import { ManyField, SelectField } from "../parts/choices";
import { Form } from "../parts/FormParts";
import { NumberField, SpanField, TextField } from "../parts/fields";
import { letGo } from "../parts/guard";
import { DeleteBlock, freshId } from "../parts/Named";
import { Block, LoadFailed, Page, Waiting } from "../parts/Page";
import { PromisesField } from "../parts/Promises";
import { channelName } from "../parts/say";
import { channelNames } from "../parts/Units";
import { type Draft, useDraft } from "../parts/useDraft";
import { calendars, channels, drop, inboxes, keep, mayChange, queues, slas, useLoad } from "../store";
import { t } from "../words";

const FIELDS = [
  "name",
  "targets",
  "calendar",
  "warn_seconds",
  "inboxes",
  "queues",
  "channels",
  "priority",
  "order",
] as const;

function blank(): Sla {
  return {
    id: freshId("sla"),
    name: "",
    order: 0,
    inboxes: [],
    queues: [],
    channels: [],
    priority: null,
    targets: {},
    calendar: "",
    warn_seconds: 300,
  };
}

const tidy = (one: Sla): Sla => ({ ...one, name: one.name.trim().replace(/\s+/g, " ") });

export function SlaPage({ id }: { id: string }): JSX.Element {
  useLoad(slas, calendars, inboxes, queues, channels);
  const [fresh] = useState(blank);
  const all = slas.data.value;
  const isNew = id === "new";
  const found = isNew ? fresh : all?.find((one) => one.id === id);
  const error = slas.error.value;
  if (all && found && (!isNew || mayChange())) return <SlaForm key={id} sla={found} isNew={isNew} />;
  return (
    <Page title={t(isNew ? "slas.new" : "slas.title")} parent="slas">
      {all ? (
        <Empty title={t("admin.nowhere")} hint={t("admin.nowhere.hint")} />
      ) : error ? (
        <LoadFailed error={error} retry={() => void slas.load()} />
      ) : (
        <Waiting rows={8} />
      )}
    </Page>
  );
}

function SlaForm({ sla, isNew }: { sla: Sla; isNew: boolean }): JSX.Element {
  const readOnly = !mayChange();
  const draft = useDraft<Sla>(
    {
      stored: sla,
      isNew,
      fields: FIELDS,
      tidy,
      check: checkSla,
      latest: isNew ? undefined : async () => (await api.slas()).find((one) => one.id === sla.id) ?? null,
      send: (_, whole) => api.putSla(whole),
      saved: (stored) => {
        keep(slas, stored);
        if (!isNew) return;
        toast(t("slas.created", { name: stored.name }));
        to("slas", stored.id);
      },
    },
    readOnly,
  );
  const remove = async () => {
    await api.deleteSla(sla.id);
    letGo();
    to("slas");
    drop(slas, sla.id);
    toast(t("slas.deleted", { name: sla.name }));
  };
  const { bind } = draft;
  return (
    <Page title={isNew ? t("slas.new") : sla.name} parent="slas">
      <Form draft={draft} readOnly={readOnly} onCancel={() => to("slas")}>
        <Block title={t("slas.what")}>
          <TextField {...bind("name")} label={t("slas.name")} hint={t("slas.name.hint")} />
          <PromisesField {...bind("targets")} />
        </Block>
        <Block title={t("slas.time")}>
          <SelectField
            {...bind("calendar")}
            label={t("slas.calendar")}
            options={[
              { value: "", label: t("slas.calendar.all") },
              ...(calendars.data.value ?? []).map((one) => ({ value: one.id as string, label: one.name })),
            ]}
          />
          <SpanField {...bind("warn_seconds")} label={t("slas.warn")} hint={t("slas.warn.hint")} />
        </Block>
        <Whom draft={draft} />
      </Form>
      {!isNew && !readOnly && (
        <DeleteBlock
          name={sla.name}
          lead={t("slas.delete.lead")}
          ask={t("slas.delete")}
          title={t("slas.delete.title", { name: sla.name })}
          text={t("slas.delete.text")}
          action={t("slas.delete.do")}
          run={remove}
        />
      )}
    </Page>
  );
}

/** To which conversations it is promised. */
function Whom({ draft }: { draft: Draft<Sla> }): JSX.Element {
  const { bind } = draft;
  const named = (all: readonly { id: string; name: string }[] | null) =>
    (all ?? []).map((one) => ({ value: one.id, label: one.name }));
  const urgent = bind("priority");
  return (
    <Block title={t("slas.to")} lead={t("slas.to.lead")}>
      <ManyField {...bind("inboxes")} label={t("slas.inboxes")} options={named(inboxes.data.value)} />
      <ManyField {...bind("queues")} label={t("slas.queues")} options={named(queues.data.value)} />
      <ManyField
        {...bind("channels")}
        label={t("slas.channels")}
        options={channelNames().map((one) => ({ value: one, label: channelName(one) }))}
      />
      <NumberField
        {...urgent}
        value={urgent.value ?? Number.NaN}
        onChange={(n) => urgent.onChange(Number.isNaN(n) ? null : n)}
        label={t("slas.priority")}
        hint={t("slas.priority.any")}
      />
      <NumberField {...bind("order")} label={t("field.order")} hint={t("slas.order.hint")} />
    </Block>
  );
}
