/** The rules of the house. */
import type { JSX } from "preact";
import { word } from "../../i18n";
import { api } from "../api";
import { checkWorkplace, type SecondsField } from "../model/check";
import type { Workplace } from "../model/records";
import { Form } from "../parts/FormParts";
import { NumberField, SpanField } from "../parts/fields";
import { CodesField } from "../parts/Lists";
import { Block, LoadFailed, Page, Waiting } from "../parts/Page";
import { tooDear, UnitsField } from "../parts/Units";
import { useDraft } from "../parts/useDraft";
import { agents, channels, inboxes, mayChange, useLoad, workplace } from "../store";
import { t } from "../words";

const GROUPS: readonly { key: "times" | "ending" | "bot"; fields: readonly SecondsField[] }[] = [
  { key: "times", fields: ["grace_seconds", "silent_seconds", "cooling_seconds"] },
  { key: "ending", fields: ["wrap_up_seconds", "agent_idle_seconds", "bot_idle_seconds"] },
  { key: "bot", fields: ["bot_turn_seconds", "default_handle_seconds"] },
];
const FIELDS = [
  ...GROUPS.flatMap((one) => one.fields),
  "snooze_max_days",
  "starving_seconds",
  "misses_before_alarm",
  "costs",
  "parked_costs",
  "maxima",
  "skills",
  "teams",
  "break_reasons",
  "dispositions",
] as const;

export function Rules(): JSX.Element {
  useLoad(workplace, channels, agents, inboxes);
  const rules = workplace.data.value;
  const error = workplace.error.value;
  return (
    <Page title={t("rules.title")} lead={t("rules.lead")}>
      {rules ? (
        <RulesForm rules={rules} />
      ) : error ? (
        <LoadFailed error={error} retry={() => void workplace.load()} />
      ) : (
        <Waiting rows={8} />
      )}
    </Page>
  );
}

/** Channels of which nobody could take even one conversation, in words; null where there is none. */
function nobodyTakes(costs: Workplace["costs"]): string | null {
  const capacities = (agents.data.value ?? []).filter((one) => one.active).map((one) => one.capacity);
  const most = Math.max(...capacities);
  const which = capacities.length > 0 && tooDear(costs, most);
  return which ? t("rules.costs.nobody", { channels: which, n: most }) : null;
}

function RulesForm({ rules }: { rules: Workplace }): JSX.Element {
  const readOnly = !mayChange();
  const draft = useDraft<Workplace>(
    {
      stored: rules,
      fields: FIELDS,
      check: checkWorkplace,
      latest: api.workplace,
      send: api.changeWorkplace,
      saved: workplace.set,
    },
    readOnly,
  );
  const { bind } = draft;
  return (
    <Form draft={draft} readOnly={readOnly}>
      {GROUPS.map((group) => (
        <Block key={group.key} title={t(`rules.${group.key}`)}>
          {group.fields.map((field) => (
            <SpanField
              key={field}
              {...bind(field)}
              label={t(`rules.${field}`)}
              hint={t(`rules.${field}.hint`)}
            />
          ))}
          {group.key === "ending" && (
            <NumberField
              {...bind("snooze_max_days")}
              label={t("rules.snooze_max_days")}
              hint={t("rules.snooze_max_days.hint")}
              after={t("unit.day")}
            />
          )}
        </Block>
      ))}
      <Block title={t("rules.routing")}>
        <SpanField
          {...bind("starving_seconds")}
          label={t("rules.starving_seconds")}
          hint={t("rules.starving_seconds.hint")}
        />
        <NumberField
          {...bind("misses_before_alarm")}
          label={t("rules.misses_before_alarm")}
          hint={t("rules.misses_before_alarm.hint")}
        />
        <CodesField
          {...bind("skills")}
          label={t("rules.skills")}
          hint={t("rules.skills.hint")}
          say={(code) => code.replaceAll("_", " ")}
        />
        <CodesField
          {...bind("teams")}
          label={t("rules.teams")}
          hint={t("rules.teams.hint")}
          say={(code) => code.replaceAll("_", " ")}
        />
      </Block>
      <Block title={t("rules.capacity")} lead={t("rules.capacity.lead")}>
        <UnitsField
          {...bind("costs")}
          label={t("field.costs")}
          hint={t("rules.costs.hint")}
          warning={nobodyTakes(draft.value.costs)}
          others
        />
        <UnitsField
          {...bind("parked_costs")}
          label={t("field.parked_costs")}
          hint={t("rules.parked_costs.hint")}
          others
        />
        <UnitsField {...bind("maxima")} label={t("field.maxima")} hint={t("rules.maxima.hint")} />
      </Block>
      <Block title={t("rules.lists")}>
        <CodesField
          {...bind("break_reasons")}
          label={t("rules.break_reasons")}
          hint={t("rules.break_reasons.hint")}
          say={(code) => word("break", code)}
        />
        <CodesField
          {...bind("dispositions")}
          label={t("rules.dispositions")}
          hint={t("rules.dispositions.hint")}
          say={(code) => word("disposition", code)}
        />
      </Block>
    </Form>
  );
}
