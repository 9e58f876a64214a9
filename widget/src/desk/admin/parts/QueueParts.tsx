/** What a queue takes, how it asks, and what follows: the parts of its form. */
import type { JSX } from "preact";
import { EXITS, type Queue, RECORDINGS, STRATEGIES, WRAP_UPS } from "../model/records";
import { calendars, workplace } from "../store";
import { t } from "../words";
import { ManyField, SelectField, Switch } from "./choices";
import { NumberField, SpanField } from "./fields";
import { Block } from "./Page";
import { RingsField } from "./Rings";
import { channelName } from "./say";
import { channelNames } from "./Units";
import type { Draft } from "./useDraft";

interface PartProps {
  draft: Draft<Queue>;
  readOnly: boolean;
}

/** Which conversations may stand in it. */
export function Takes({ draft }: PartProps): JSX.Element {
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
      <SelectField
        {...draft.bind("calendar")}
        label={t("field.calendar")}
        hint={t("queues.calendar.hint")}
        options={[
          { value: "", label: t("queues.calendar.inbox") },
          ...(calendars.data.value ?? []).map((one) => ({ value: one.id as string, label: one.name })),
        ]}
      />
    </Block>
  );
}

/** What it is measured by. */
export function Target({ draft }: PartProps): JSX.Element {
  const { target } = draft.value;
  const set = (part: Partial<Queue["target"]>) => draft.set({ target: { ...target, ...part } });
  const bound = draft.bind("target");
  return (
    <Block title={t("queues.target")} lead={t("queues.target.lead")}>
      <NumberField
        {...bound}
        value={target.percent}
        label={t("queues.target.percent")}
        after={t("gates.percent")}
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

/** Who is asked, in which order, and who goes first. */
export function Asked({ draft, readOnly }: PartProps): JSX.Element {
  const { bind, value } = draft;
  return (
    <Block title={t("queues.asked")} lead={t("queues.asked.lead")}>
      <SelectField
        {...bind("strategy")}
        label={t("field.strategy")}
        hint={t(`queues.strategy.${value.strategy}`)}
        options={STRATEGIES.map((one) => ({ value: one, label: t(`strategy.${one}`) }))}
      />
      <RingsField
        {...bind("rings")}
        problemAt={draft.problemAt}
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
  );
}

/** Where a wait that is too long leads. */
export function Exit({ draft, others }: PartProps & { others: readonly Queue[] }): JSX.Element {
  const { bind, value } = draft;
  return (
    <Block title={t("queues.exit")} lead={t("queues.exit.lead")}>
      <SelectField
        {...bind("exit")}
        label={t("field.exit")}
        options={EXITS.map((one) => ({ value: one, label: t(`exit.${one}`) }))}
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
  );
}

/** What an agent has to do, and how long, after a conversation. */
export function AfterWork({ draft, readOnly }: PartProps): JSX.Element {
  const { wrap_up: wrapUp } = draft.value;
  const set = (part: Partial<Queue["wrap_up"]>) => draft.set({ wrap_up: { ...wrapUp, ...part } });
  const bound = draft.bind("wrap_up");
  return (
    <Block title={t("field.wrap_up")} lead={t("wrap.lead")}>
      <SelectField
        {...bound}
        problem={null}
        value={wrapUp.mode}
        label={t("wrap.mode")}
        hint={t(`wrap.${wrapUp.mode}.hint`)}
        options={WRAP_UPS.map((one) => ({ value: one, label: t(`wrap.${one}`) }))}
        onChange={(mode) => set({ mode })}
      />
      {wrapUp.mode !== "none" && (
        <SpanField
          {...bound}
          value={wrapUp.seconds}
          label={t(`wrap.seconds.${wrapUp.mode}`)}
          onChange={(seconds) => set({ seconds })}
        />
      )}
      <Switch
        label={t("wrap.disposition")}
        hint={t("wrap.disposition.hint")}
        value={wrapUp.disposition_required}
        readOnly={readOnly}
        onChange={(disposition_required) => set({ disposition_required })}
      />
    </Block>
  );
}

/** Which calls of the queue are recorded. */
export function Recording({ draft, readOnly }: PartProps): JSX.Element {
  const { recording } = draft.value;
  const set = (part: Partial<Queue["recording"]>) => draft.set({ recording: { ...recording, ...part } });
  return (
    <Block title={t("field.recording")} lead={t("recording.lead")}>
      <SelectField
        {...draft.bind("recording")}
        value={recording.mode}
        label={t("recording.mode")}
        hint={t(`recording.${recording.mode}.hint`)}
        options={RECORDINGS.map((one) => ({ value: one, label: t(`recording.${one}`) }))}
        onChange={(mode) => set({ mode })}
      />
      {recording.mode !== "none" && (
        <Switch
          label={t("recording.announced")}
          hint={t("recording.announced.hint")}
          value={recording.announced}
          readOnly={readOnly}
          onChange={(announced) => set({ announced })}
        />
      )}
    </Block>
  );
}
