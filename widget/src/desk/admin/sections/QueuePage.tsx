/** One queue. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Trash } from "../../../ui/icons";
import { Empty, Face } from "../../parts/common";
import { toast } from "../../toasts";
import { api } from "../api";
import { checkQueue } from "../model/check";
import { type Queue, STRATEGIES } from "../model/records";
import { follow, hrefOf, to } from "../nav";
import { ManyField, SelectField, Switch } from "../parts/choices";
import { ConfirmDialog } from "../parts/dialogs";
import { Form } from "../parts/FormParts";
import { NumberField, SpanField, TextField } from "../parts/fields";
import { letGo } from "../parts/guard";
import { Block, LoadFailed, Page, Waiting } from "../parts/Page";
import { RingsField } from "../parts/Rings";
import { channelName } from "../parts/say";
import { channelNames } from "../parts/Units";
import { type Draft, useDraft } from "../parts/useDraft";
import { agents, channels, drop, inboxes, keep, mayChange, queues, useLoad, workplace } from "../store";
import { t } from "../words";
import { TryOut } from "./TryOut";

const FIELDS = [
  "name",
  "offer_seconds",
  "max_wait_seconds",
  "priority",
  "channels",
  "languages",
  "auto_accept",
  "target",
  "strategy",
  "rings",
  "preferred_seconds",
  "return_seconds",
  "pick",
  "exit",
  "exit_queue",
] as const;
const BLANK: Queue = {
  id: "",
  name: "",
  offer_seconds: 20,
  priority: 0,
  max_wait_seconds: 900,
  channels: [],
  languages: [],
  target: { percent: 80, seconds: 20, short_abandon_seconds: 5 },
  strategy: "longest_idle",
  rings: [],
  exit: "form",
  exit_queue: null,
  preferred_seconds: 0,
  return_seconds: 300,
  pick: true,
  auto_accept: [],
};
const tidy = (one: Queue): Queue => ({ ...one, name: one.name.trim().replace(/\s+/g, " ") });

export function QueuePage({ id }: { id: string }): JSX.Element {
  useLoad(queues, agents, inboxes, workplace, channels);
  const all = queues.data.value;
  const isNew = id === "new";
  const found = isNew ? BLANK : all?.find((one) => one.id === id);
  const error = queues.error.value;
  if (all && found && (!isNew || mayChange())) return <QueueForm key={id} queue={found} isNew={isNew} />;
  return (
    <Page title={t(isNew ? "queues.new" : "queues.title")} parent="queues">
      {all ? (
        <Empty title={t("admin.nowhere")} hint={t("admin.nowhere.hint")} />
      ) : error ? (
        <LoadFailed error={error} retry={() => void queues.load()} />
      ) : (
        <Waiting />
      )}
    </Page>
  );
}

function QueueForm({ queue, isNew }: { queue: Queue; isNew: boolean }): JSX.Element {
  const readOnly = !mayChange();
  const draft = useDraft<Queue>(
    {
      stored: queue,
      isNew,
      fields: FIELDS,
      tidy,
      check: checkQueue,
      latest: isNew ? undefined : async () => (await api.queues()).find((one) => one.id === queue.id) ?? null,
      send: (changes, { name, offer_seconds, max_wait_seconds, priority }) =>
        isNew
          ? api.createQueue({ name, offer_seconds, max_wait_seconds, priority })
          : api.changeQueue(queue.id, changes),
      saved: (stored) => {
        keep(queues, stored);
        if (!isNew) return;
        toast(t("queues.created", { name: stored.name }));
        to("queues", stored.id);
      },
    },
    readOnly,
  );
  const { bind, value } = draft;
  const others = (queues.data.value ?? []).filter((one) => one.id !== queue.id);
  const leading = (inboxes.data.value ?? []).find((one) => one.queue === queue.id);
  return (
    <Page title={isNew ? t("queues.new") : queue.name} parent="queues">
      <Form draft={draft} readOnly={readOnly} onCancel={() => to("queues")}>
        <Block title={t("queues.rules")}>
          <TextField {...bind("name")} label={t("queues.name")} hint={t("queues.name.hint")} />
          <SpanField {...bind("offer_seconds")} label={t("queues.offer")} hint={t("queues.offer.hint")} />
          <SpanField {...bind("max_wait_seconds")} label={t("queues.wait")} hint={t("queues.wait.hint")} />
          <NumberField {...bind("priority")} label={t("queues.priority")} hint={t("queues.priority.hint")} />
        </Block>
        {!isNew && (
          <>
            <Takes draft={draft} />
            <Target draft={draft} />
            <Block title={t("queues.asked")} lead={t("queues.asked.lead")}>
              <SelectField
                {...bind("strategy")}
                label={t("field.strategy")}
                hint={t(`queues.strategy.${value.strategy}`)}
                options={STRATEGIES.map((one) => ({ value: one, label: t(`strategy.${one}`) }))}
              />
              <RingsField
                {...bind("rings")}
                skills={workplace.data.value?.skills ?? []}
                teams={workplace.data.value?.teams ?? []}
              />
              <SpanField
                {...bind("preferred_seconds")}
                label={t("field.preferred_seconds")}
                hint={t("queues.preferred.hint")}
              />
              <SpanField
                {...bind("return_seconds")}
                label={t("field.return_seconds")}
                hint={t("queues.return.hint")}
              />
              <Switch
                label={t("field.pick")}
                hint={t("queues.pick.hint")}
                value={value.pick}
                readOnly={readOnly}
                onChange={(pick) => draft.set({ pick })}
              />
            </Block>
            <Block title={t("queues.exit")} lead={t("queues.exit.lead")}>
              <SelectField
                {...bind("exit")}
                label={t("field.exit")}
                options={(["form", "callback", "queue"] as const).map((one) => ({
                  value: one,
                  label: t(`exit.${one}`),
                }))}
              />
              {value.exit === "queue" && (
                <SelectField
                  {...bind("exit_queue")}
                  value={value.exit_queue ?? ""}
                  onChange={(exit_queue) => draft.set({ exit_queue })}
                  label={t("field.exit_queue")}
                  options={[
                    { value: "", label: t("form.empty") },
                    ...others.map((one) => ({ value: one.id, label: one.name })),
                  ]}
                />
              )}
            </Block>
          </>
        )}
      </Form>
      {!isNew && <TryOut queue={value} inbox={leading} />}
      {!isNew && <Around queue={queue} />}
    </Page>
  );
}

/** Which conversations may stand in it. */
function Takes({ draft }: { draft: Draft<Queue> }): JSX.Element {
  const ways = channelNames().map((one) => ({ value: one, label: channelName(one) }));
  return (
    <Block title={t("queues.takes")} lead={t("queues.takes.lead")}>
      <ManyField
        {...draft.bind("channels")}
        label={t("field.channels")}
        hint={t("queues.takes.hint")}
        options={ways}
      />
      <ManyField
        {...draft.bind("languages")}
        label={t("field.languages")}
        hint={t("queues.languages.hint")}
        options={(["fa", "en"] as const).map((one) => ({ value: one as string, label: t(`lang.${one}`) }))}
      />
      <ManyField
        {...draft.bind("auto_accept")}
        label={t("field.auto_accept")}
        hint={t("queues.auto.hint")}
        options={ways}
      />
    </Block>
  );
}

/** What it is measured by. */
function Target({ draft }: { draft: Draft<Queue> }): JSX.Element {
  const { target } = draft.value;
  const set = (part: Partial<Queue["target"]>) => draft.set({ target: { ...target, ...part } });
  const bound = draft.bind("target");
  return (
    <Block title={t("queues.target")} lead={t("queues.target.lead")}>
      <NumberField
        {...bound}
        value={target.percent}
        label={t("queues.target.percent")}
        after="%"
        onChange={(percent) => set({ percent })}
      />
      <SpanField
        {...bound}
        problem={null}
        value={target.seconds}
        label={t("queues.target.seconds")}
        onChange={(seconds) => set({ seconds })}
      />
      <SpanField
        {...bound}
        problem={null}
        value={target.short_abandon_seconds}
        label={t("queues.target.short")}
        onChange={(short_abandon_seconds) => set({ short_abandon_seconds })}
      />
    </Block>
  );
}

/** Who serves it, what leads to it, and its end. */
function Around({ queue }: { queue: Queue }): JSX.Element {
  const [asks, setAsks] = useState(false);
  const people = (agents.data.value ?? []).filter((one) => one.queues.includes(queue.id));
  const leading = (inboxes.data.value ?? []).filter((one) => one.queue === queue.id);
  const used = people.length + leading.length > 0;
  const remove = async () => {
    await api.deleteQueue(queue.id);
    letGo();
    to("queues");
    drop(queues, queue.id);
    toast(t("queues.deleted", { name: queue.name }));
  };
  return (
    <>
      <Block title={t("queues.serves")}>
        {people.length === 0 && <p class="remark is-warned">{t("queues.serves.none")}</p>}
        <ul class="links">
          {people.map((one) => (
            <li key={one.id}>
              <a
                class={`link-chip ${one.active ? "" : "is-dimmed"}`}
                href={hrefOf("people", one.id)}
                onClick={(event) => follow(event, "people", one.id)}
              >
                <Face id={one.id} name={one.name} size={22} />
                <bdi>{one.name}</bdi>
              </a>
            </li>
          ))}
        </ul>
      </Block>
      <Block title={t("queues.inboxes")}>
        {leading.length === 0 && <p class="remark">{t("queues.inboxes.none")}</p>}
        <ul class="links">
          {leading.map((one) => (
            <li key={one.id}>
              <a
                class="link-chip"
                href={hrefOf("inboxes", one.id)}
                onClick={(event) => follow(event, "inboxes", one.id)}
              >
                <bdi>{one.name}</bdi>
              </a>
            </li>
          ))}
        </ul>
      </Block>
      {mayChange() && (
        <Block title={t("queues.delete.do")} lead={t("queues.delete.lead")}>
          <div>
            <button
              type="button"
              class="button button-warn"
              disabled={used}
              aria-describedby={used ? "queue-used" : undefined}
              onClick={() => setAsks(true)}
            >
              <Trash size={16} />
              {t("queues.delete")}
            </button>
            {used && (
              <p class="entry-hint" id="queue-used">
                {t("queues.delete.used")}
              </p>
            )}
          </div>
        </Block>
      )}
      {asks && (
        <ConfirmDialog
          title={t("queues.delete.title", { name: queue.name })}
          text={t("queues.delete.text")}
          word={queue.name}
          action={t("queues.delete.do")}
          run={remove}
          onClose={() => setAsks(false)}
        />
      )}
    </>
  );
}
