/** The form of a channel, drawn from what the channel asks for. */
import type { JSX } from "preact";
import type { InboxDraft, SecretValue } from "../model/channel";
import { asked, isLong, isRare, tidySetting } from "../model/channel";
import type { Channel, Inbox, SettingField } from "../model/records";
import { flows, useLoad } from "../store";
import { isWord, t } from "../words";
import { ChoiceField, SelectField, Switch } from "./choices";
import { Frame, NumberField, TextField } from "./fields";
import { MadeField, SecretField } from "./SecretField";
import { fieldText, valueText } from "./say";
import type { Bound, Draft } from "./useDraft";

/** So many choices stand side by side; more become a list. */
const FEW = 3;

interface Props {
  channel: Channel;
  draft: Draft<InboxDraft>;
  /** As it is stored; null while it is new. */
  inbox: Inbox | null;
  readOnly: boolean;
  /** Makes one of the hub's own secrets anew. */
  onAgain?: (field: SettingField) => void;
}

/** All fields that are asked now; those that few need are folded. */
export function ChannelFields(props: Props): JSX.Element {
  const fields = asked(props.channel, props.draft.value).filter((one) => shows(props, one));
  const rare = fields.filter(isRare);
  const pressing = rare.some((one) => props.draft.bind(`${props.channel.name}.${one.name}`).problem !== null);
  return (
    <>
      {fields
        .filter((one) => !isRare(one))
        .map((one) => (
          <OneField key={one.name} {...props} field={one} />
        ))}
      {rare.length > 0 && (
        <details class="more" open={pressing}>
          <summary>{t("inboxes.more")}</summary>
          <div class="stack">
            {rare.map((one) => (
              <OneField key={one.name} {...props} field={one} />
            ))}
          </div>
        </details>
      )}
    </>
  );
}

/** A secret of the hub's own is only of interest when the provider must know it, or when it is there. */
function shows({ inbox }: Props, field: SettingField): boolean {
  return field.kind !== "generated" || field.shown || (inbox !== null && field.name in inbox.secrets);
}

function hintOf(key: string): string | undefined {
  const hint = `channel.${key}.hint`;
  return isWord(hint) ? t(hint) : undefined;
}

function OneField({
  channel,
  field,
  draft,
  inbox,
  readOnly,
  onAgain,
}: Props & { field: SettingField }): JSX.Element {
  const key = `${channel.name}.${field.name}`;
  const bound = draft.bind(key);
  const label = fieldText(key);
  const hint = hintOf(key);
  switch (field.kind) {
    case "generated":
      return (
        <MadeField
          label={label}
          hint={hint}
          made={inbox !== null && field.name in inbox.secrets}
          held={draft.dirty}
          onAgain={onAgain && !readOnly ? () => onAgain(field) : undefined}
        />
      );
    case "secret":
      return (
        <SecretField
          {...(bound as Bound<SecretValue>)}
          label={label}
          hint={hint}
          required={field.required}
          long={isLong(field)}
          stored={inbox?.secrets[field.name] ?? "none"}
        />
      );
    case "switch":
      return (
        <Switch
          label={label}
          hint={hint}
          value={bound.value === true}
          readOnly={readOnly}
          onChange={(value) => bound.onChange(value)}
        />
      );
    case "number":
      return <NumberField {...(bound as Bound<number>)} label={label} hint={hint} />;
    case "list":
      return <LinesField {...(bound as Bound<string[]>)} label={label} hint={hint} />;
    case "flow":
      return <FlowField {...(bound as Bound<string>)} label={label} hint={hint} />;
    case "choice": {
      const options = field.choices.map((value) => ({ value, label: valueText(key, value) }));
      const Field = options.length > FEW ? SelectField : ChoiceField;
      return <Field {...(bound as Bound<string>)} label={label} hint={hint} options={options} />;
    }
    default:
      return isLong(field) ? (
        <WordsField {...(bound as Bound<string>)} label={label} hint={hint} />
      ) : (
        <TextField
          {...(bound as Bound<string>)}
          label={label}
          hint={hint}
          ltr={field.name !== "display_name"}
          neat={(text) => String(tidySetting(field, text))}
        />
      );
  }
}

/** One of the flows that were published. */
function FlowField(props: Bound<string> & { label: string; hint?: string }): JSX.Element {
  useLoad(flows);
  const published = (flows.data.value ?? []).filter((one) => one.version > 0 || one.id === props.value);
  return (
    <SelectField
      {...props}
      options={[
        { value: "", label: t("flow.usual") },
        ...published.map((one) => ({ value: one.id, label: one.name })),
      ]}
    />
  );
}

/** One thing a line. */
function LinesField({
  label,
  hint,
  ...bound
}: Bound<string[]> & { label: string; hint?: string }): JSX.Element {
  return (
    <WordsField
      {...bound}
      value={bound.value.join("\n")}
      onChange={(text) => bound.onChange(text.split("\n"))}
      label={label}
      hint={hint}
      ltr
    />
  );
}

/** Several lines of words. */
function WordsField(props: Bound<string> & { label: string; hint?: string; ltr?: boolean }): JSX.Element {
  return (
    <Frame label={props.label} hint={props.hint} problem={props.problem}>
      {(wiring) => (
        <textarea
          {...wiring}
          class="control"
          rows={3}
          dir={props.ltr ? "ltr" : "auto"}
          name={props.name}
          readOnly={props.readOnly}
          value={props.value}
          spellcheck={false}
          onInput={(event) => props.onChange(event.currentTarget.value)}
          onBlur={props.onLeave}
        />
      )}
    </Frame>
  );
}
