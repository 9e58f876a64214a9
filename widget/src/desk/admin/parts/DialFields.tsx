/** One rule of dialling: whom and which numbers it is for, when, and whether it allows or refuses. */
import type { JSX } from "preact";
import { number } from "../../../ui/format";
import { isForAll, readNumbers } from "../model/dialling";
import { type DialRule, ROLES } from "../model/records";
import { BLANK_CONDITION } from "../model/routes";
import { t } from "../words";
import { ChoiceField, ManyField } from "./choices";
import { TextField } from "./fields";
import { boundBy, HoursField, WordsField } from "./RouteFields";
import type { RuleFields } from "./RuleList";
import { whenText } from "./say";

export function DialFields(props: RuleFields<DialRule>): JSX.Element {
  const { rule, place, count, readOnly, tried, problemAt, onChange } = props;
  const set = (part: Partial<DialRule>) => onChange({ ...rule, ...part });
  const bound = boundBy(readOnly, `${place}`, problemAt);
  return (
    <>
      <TextField
        {...bound("name", rule.name, (name) => set({ name }))}
        label={t("dialling.name", { n: number(place + 1) })}
        problem={tried && !rule.name.trim() ? t("check.required") : problemAt("name")}
      />
      <ChoiceField
        {...bound("allow", rule.allow ? "allowed" : "refused", (choice) =>
          set({ allow: choice === "allowed" }),
        )}
        label={t("dialling.allow")}
        options={(["allowed", "refused"] as const).map((one) => ({
          value: one as string,
          label: t(`dialling.${one}`),
        }))}
      />
      <WordsField
        bound={bound("numbers", rule.numbers, (numbers) => set({ numbers }))}
        label={t("dialling.numbers")}
        hint={t("dialling.numbers.hint")}
        add={t("dialling.numbers.add")}
        read={readNumbers}
        unread={t("dialling.numbers.bad")}
      />
      <ManyField
        {...bound("roles", rule.roles, (roles) => set({ roles }))}
        label={t("dialling.roles")}
        hint={t("dialling.roles.hint")}
        options={ROLES.map((one) => ({ value: one, label: t(`role.${one}`) }))}
      />
      <HoursField bound={bound} calendar={rule.calendar} open={rule.open} onChange={set} />
      {isForAll(rule) && place < count - 1 && <p class="remark is-warned">{t("dialling.always")}</p>}
    </>
  );
}

/** What it does, in a line. */
export function inWords(rule: DialRule): string {
  const hours = whenText({ ...BLANK_CONDITION, calendar: rule.calendar, open: rule.open });
  const numbers = rule.numbers.length > 3 ? [...rule.numbers.slice(0, 3), "…"] : rule.numbers;
  return [
    t(rule.allow ? "dialling.allowed" : "dialling.refused"),
    numbers.length > 0 ? numbers.map((one) => `\u2066${one}\u2069`).join(t("word.and")) : t("dialling.every"),
    rule.roles.length > 0
      ? rule.roles.map((one) => t(`role.${one}`)).join(t("word.and"))
      : t("dialling.everybody"),
    hours,
  ]
    .filter(Boolean)
    .join(" · ");
}
