/** One rule: when it holds, and where it then sends a conversation. */
import type { ComponentChildren, JSX } from "preact";
import { number } from "../../../ui/format";
import { Close } from "../../../ui/icons";
import type { Condition, Rule } from "../model/records";
import { isAlways, MOST_PRIORITY, readAttribute } from "../model/routes";
import { calendars, inboxes, queueName, queues, workplace } from "../store";
import { t } from "../words";
import { ManyField, SelectField } from "./choices";
import { Frame, NumberField, TextField } from "./fields";
import { Arrow } from "./icons";
import { Adder } from "./Lists";
import { Needs } from "./Rings";
import type { RuleFields } from "./RuleList";
import { channelName, whenText } from "./say";
import { channelNames } from "./Units";
import type { Bound } from "./useDraft";

export function RouteFields(props: RuleFields<Rule>): JSX.Element {
  const { rule, place, count, readOnly, tried, problemAt } = props;
  const n = number(place + 1);
  const set = (part: Partial<Rule>) => props.onChange({ ...rule, ...part });
  const bound = boundBy(readOnly, `${place}`, problemAt);
  const priority = Number.isInteger(rule.priority) && Math.abs(rule.priority) <= MOST_PRIORITY;
  return (
    <>
      <TextField
        {...bound("name", rule.name, (name) => set({ name }))}
        label={t("routes.name", { n })}
        problem={tried && !rule.name.trim() ? t("check.required") : problemAt("name")}
      />
      <When when={rule.when} bound={bound} onChange={(when) => set({ when })} />
      {isAlways(rule.when) && place < count - 1 && <p class="remark is-warned">{t("routes.always")}</p>}
      <div class="route-then">
        <b>{t("routes.then")}</b>
      </div>
      <SelectField
        {...bound("queue", rule.queue ?? "", (queue) => set({ queue: queue || null }))}
        label={t("routes.queue")}
        options={[
          { value: "", label: t("routes.queue.own") },
          ...(queues.data.value ?? []).map((one) => ({ value: one.id as string, label: one.name })),
        ]}
      />
      <NumberField
        {...bound("priority", rule.priority, (next) => set({ priority: next }))}
        label={t("routes.priority")}
        problem={
          priority ? problemAt("priority") : t("check.range", { least: -MOST_PRIORITY, most: MOST_PRIORITY })
        }
      />
      <Frame label={t("routes.needs")} problem={problemAt("needs")} group>
        {(wiring) => (
          <Needs
            wrong={wiring["aria-invalid"]}
            needs={rule.needs}
            skills={workplace.data.value?.skills ?? []}
            readOnly={readOnly}
            onChange={(needs) => set({ needs })}
          />
        )}
      </Frame>
    </>
  );
}

/** When it holds and where it leads, in a line. */
export function routeInLine(rule: Rule): JSX.Element {
  return (
    <>
      <span>{whenText(rule.when) ?? t("routes.every")}</span>
      <Arrow size={14} />
      <bdi>{rule.queue ? queueName(rule.queue) : t("routes.queue.own")}</bdi>
    </>
  );
}

export type Binder = <V>(part: string, value: V, onChange: (value: V) => void) => Bound<V>;

/** Makes fields of parts of a value that the form knows as one. */
export function boundBy(readOnly: boolean, name: string, problemAt: (part: string) => string | null): Binder {
  return (part, value, onChange) => ({
    value,
    name: `${name}.${part}`,
    problem: problemAt(part),
    readOnly,
    onChange,
    onLeave: () => {},
  });
}

function IconButton(props: {
  label: string;
  off?: boolean;
  run: () => void;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={props.label}
      disabled={props.off}
      onClick={props.run}
    >
      {props.children}
    </button>
  );
}

interface WhenProps {
  when: Condition;
  bound: Binder;
  onChange: (when: Condition) => void;
}

function When({ when, bound, onChange }: WhenProps): JSX.Element {
  const set = (part: Partial<Condition>) => onChange({ ...when, ...part });
  return (
    <>
      <ManyField
        {...bound("inboxes", when.inboxes, (chosen) => set({ inboxes: chosen }))}
        label={t("routes.inboxes")}
        hint={t("routes.when.hint")}
        options={(inboxes.data.value ?? []).map((one) => ({ value: one.id as string, label: one.name }))}
      />
      <ManyField
        {...bound("channels", when.channels, (channels) => set({ channels }))}
        label={t("field.channels")}
        options={channelNames().map((one) => ({ value: one, label: channelName(one) }))}
      />
      <ManyField
        {...bound("locales", when.locales, (locales) => set({ locales }))}
        label={t("field.languages")}
        options={(["fa", "en"] as const).map((one) => ({ value: one as string, label: t(`lang.${one}`) }))}
      />
      <WordsField
        bound={bound("intents", when.intents, (intents) => set({ intents }))}
        label={t("routes.intents")}
        add={t("routes.intents.add")}
      />
      <Attributes bound={bound("attributes", when.attributes, (attributes) => set({ attributes }))} />
      <HoursField bound={bound} calendar={when.calendar} open={when.open} onChange={set} />
    </>
  );
}

interface HoursProps {
  bound: Binder;
  calendar: string;
  open: boolean;
  onChange: (hours: { calendar: string; open: boolean }) => void;
}

/** While which hours are open, or are not; or at any time. */
export function HoursField({ bound, calendar, open, onChange }: HoursProps): JSX.Element {
  const hours = (calendars.data.value ?? []).flatMap((one) => [
    { value: `open ${one.id}`, label: t("routes.calendar.open", { name: one.name }) },
    { value: `closed ${one.id}`, label: t("routes.calendar.closed", { name: one.name }) },
  ]);
  return (
    <SelectField
      {...bound("calendar", calendar && `${open ? "open" : "closed"} ${calendar}`, (choice) => {
        const [state, ...id] = choice.split(" ");
        onChange({ calendar: id.join(" "), open: state !== "closed" });
      })}
      label={t("routes.calendar")}
      options={[{ value: "", label: t("routes.calendar.any") }, ...hours]}
    />
  );
}

interface WordsProps {
  bound: Bound<string[]>;
  label: string;
  hint?: string;
  add: string;
  /** What is kept of what was typed; null for what cannot be kept, which is then said (`unread`). */
  read?: (text: string) => string | null;
  unread?: string;
}

export function WordsField({ bound, label, hint, add, read, unread }: WordsProps): JSX.Element {
  const { value } = bound;
  return (
    <Frame label={label} hint={hint} problem={bound.problem} group>
      {() => (
        <>
          <Items
            items={value.map((one) => [one, one])}
            readOnly={bound.readOnly}
            remove={(one) => bound.onChange(value.filter((other) => other !== one))}
          />
          {!bound.readOnly && (
            <Adder
              label={add}
              action={t("list.add")}
              add={(text) => {
                const word = read ? read(text) : text.trim();
                if (word === null) return unread ?? null;
                if (value.includes(word)) return t("list.twice");
                bound.onChange([...value, word]);
                return null;
              }}
            />
          )}
        </>
      )}
    </Frame>
  );
}

function Attributes({ bound }: { bound: Bound<Record<string, string[]>> }): JSX.Element {
  const { value } = bound;
  return (
    <Frame label={t("routes.attributes")} problem={bound.problem} group>
      {() => (
        <>
          <Items
            items={Object.entries(value).map(([name, values]) => [name, `${name} = ${values.join(", ")}`])}
            readOnly={bound.readOnly}
            remove={(name) => {
              const { [name]: _, ...others } = value;
              bound.onChange(others);
            }}
          />
          {!bound.readOnly && (
            <Adder
              label={t("routes.attributes.add")}
              action={t("list.add")}
              add={(text) => {
                const read = readAttribute(text);
                if (!read) return t("routes.attributes.bad");
                bound.onChange({ ...value, [read.name]: read.values });
                return null;
              }}
            />
          )}
        </>
      )}
    </Frame>
  );
}

function Items(props: {
  items: readonly (readonly [key: string, text: string])[];
  readOnly: boolean;
  remove: (key: string) => void;
}): JSX.Element | null {
  if (props.items.length === 0) return null;
  return (
    <ul class="items">
      {props.items.map(([key, text]) => (
        <li key={key}>
          <span class="list-text">
            <bdi>{text}</bdi>
          </span>
          {!props.readOnly && (
            <IconButton label={t("list.remove", { name: text })} run={() => props.remove(key)}>
              <Close size={16} />
            </IconButton>
          )}
        </li>
      ))}
    </ul>
  );
}
