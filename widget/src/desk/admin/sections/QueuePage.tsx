/** One queue. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Trash } from "../../../ui/icons";
import { Empty, Face } from "../../parts/common";
import { toast } from "../../toasts";
import { api } from "../api";
import { checkQueue } from "../model/check";
import type { Queue } from "../model/records";
import { follow, hrefOf, to } from "../nav";
import { ConfirmDialog } from "../parts/dialogs";
import { Form } from "../parts/FormParts";
import { NumberField, SpanField, TextField } from "../parts/fields";
import { letGo } from "../parts/guard";
import { Block, LoadFailed, Page, Waiting } from "../parts/Page";
import { AfterWork, Asked, Exit, Recording, Takes, Target } from "../parts/QueueParts";
import { TryOut } from "../parts/TryOut";
import { useDraft } from "../parts/useDraft";
import {
  agents,
  calendars,
  channels,
  drop,
  inboxes,
  keep,
  mayChange,
  queues,
  useLoad,
  workplace,
} from "../store";
import { t } from "../words";

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
  "wrap_up",
  "calendar",
  "recording",
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
  wrap_up: { mode: "none", seconds: 120, disposition_required: false },
  calendar: "",
  recording: { mode: "inbox", announced: false },
};
const tidy = (one: Queue): Queue => ({
  ...one,
  name: one.name.trim().replace(/\s+/g, " "),
  // Seconds that nobody sees are never in the way.
  wrap_up:
    one.wrap_up.mode === "none" && Number.isNaN(one.wrap_up.seconds)
      ? { ...one.wrap_up, seconds: BLANK.wrap_up.seconds }
      : one.wrap_up,
});

export function QueuePage({ id }: { id: string }): JSX.Element {
  useLoad(queues, agents, inboxes, workplace, channels, calendars);
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
            <Takes draft={draft} readOnly={readOnly} />
            <Target draft={draft} readOnly={readOnly} />
            <Asked draft={draft} readOnly={readOnly} />
            <Exit draft={draft} readOnly={readOnly} others={others} />
            <AfterWork draft={draft} readOnly={readOnly} />
            <Recording draft={draft} readOnly={readOnly} />
          </>
        )}
      </Form>
      {!isNew && <TryOut queue={tidy(value)} />}
      {!isNew && <Around queue={queue} />}
    </Page>
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
