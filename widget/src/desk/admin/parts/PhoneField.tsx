/** What rings when somebody accepts a call: nothing, a telephone, or their browser. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { t } from "../words";
import { ChoiceField } from "./choices";
import { TextField } from "./fields";
import type { Bound } from "./useDraft";

/** As `BROWSER` in `channels/calls.py`. */
const BROWSER = "browser";
const KINDS = ["none", "sip", "browser"] as const;
type Kind = (typeof KINDS)[number];

function kindOf(phone: string): Kind {
  return phone === BROWSER ? "browser" : phone ? "sip" : "none";
}

export function PhoneField(bound: Bound<string>): JSX.Element {
  const { value, onChange } = bound;
  // A telephone that is chosen has no address yet.
  const [chosen, setChosen] = useState(false);
  const kind = value ? kindOf(value) : chosen ? "sip" : "none";
  const choose = (next: Kind) => {
    setChosen(next === "sip");
    onChange(next === "browser" ? BROWSER : next === "sip" && kindOf(value) === "sip" ? value : "");
  };
  return (
    <>
      <ChoiceField
        {...bound}
        value={kind}
        problem={kind === "sip" ? null : bound.problem}
        onChange={choose}
        label={t("field.phone")}
        options={KINDS.map((one) => ({
          value: one,
          label: t(`phone.${one}`),
          hint: t(`phone.${one}.hint`),
        }))}
      />
      {kind === "sip" && <TextField {...bound} label={t("phone.sip.to")} hint={t("people.phone.hint")} ltr />}
    </>
  );
}
