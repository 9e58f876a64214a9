/** Nobody is there: name, e-mail and message, checked in words; sent, it becomes a conversation. */
import type { JSX, TargetedSubmitEvent } from "preact";
import { useState } from "preact/hooks";
import { number } from "../ui/format";
import { send } from "./client";
import { t } from "./words";

type Field = "name" | "email" | "phone" | "message";
const FIELDS: Field[] = ["name", "email", "message"];
const CALLBACK: Field[] = ["name", "phone"];
const PHONE = /^[+\d][\d\s().-]{4,30}$/u;
const ASCII = /[۰-۹]/g;
/** The hub keeps this much of a field. */
const MOST = 1000;
const EMAIL = /^[^\s@,;<>()]+@[^\s@.,;<>()]+(\.[^\s@.,;<>()]+)+$/;

/** What is wrong with a value, in words; null when nothing is. */
export function complaint(field: Field, value: string, limit: number): string | null {
  const text = value.trim();
  const words = t.value;
  if (field === "name") return text ? long(text, 120) : words.needName;
  if (field === "phone") return PHONE.test(digits(text)) ? null : words.needPhone;
  if (field === "message") return text ? long(text, limit) : words.needMessage;
  if (!text) return words.needEmail;
  return EMAIL.test(text) && text.length <= 254 ? null : words.badEmail;
}

/** A number as a machine reads it, whichever digits it was typed in. */
const digits = (text: string): string => text.replace(ASCII, (one) => String(one.charCodeAt(0) - 0x6f0));

const long = (text: string, limit: number): string | null =>
  text.length > limit ? t.value.longText(number(limit)) : null;

export function OfflineForm({ form }: { form: string }): JSX.Element {
  const words = t.value;
  const [values, setValues] = useState<Record<Field, string>>({
    name: "",
    email: "",
    phone: "",
    message: "",
  });
  const fields = form === "callback" ? CALLBACK : FIELDS;
  const [checked, setChecked] = useState<Partial<Record<Field, boolean>>>({});
  const wrong = (field: Field) => (checked[field] ? complaint(field, values[field], MOST) : null);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const bad = fields.find((field) => complaint(field, values[field], MOST));
    setChecked({ name: true, email: true, phone: true, message: true });
    if (bad) event.currentTarget.querySelector<HTMLElement>(`[name=${bad}]`)?.focus();
    else send({ form, values: Object.fromEntries(fields.map((field) => [field, said(field)])) });
  };
  const said = (field: Field) => (field === "phone" ? digits(values.phone) : values[field]).trim();
  const props = (field: Field) => ({
    id: `form-${field}`,
    name: field,
    dir:
      field === "email" || field === "phone"
        ? ("ltr" as const)
        : values[field]
          ? ("auto" as const)
          : undefined,
    value: values[field],
    "aria-required": true,
    "aria-invalid": wrong(field) !== null,
    "aria-describedby": `form-${field}-problem`,
    onInput: (event: { currentTarget: { value: string } }) =>
      setValues({ ...values, [field]: event.currentTarget.value }),
    onBlur: () => {
      if (values[field] !== "") setChecked({ ...checked, [field]: true });
    },
  });
  return (
    <form class="card form" noValidate onSubmit={submit}>
      <h2>{form === "callback" ? words.callbackTitle : words.formTitle}</h2>
      <p>{form === "callback" ? words.callbackText : words.formText}</p>
      {fields.map((field) => (
        <div class="field" key={field}>
          <label for={`form-${field}`}>{words[field]}</label>
          {field === "message" ? (
            <textarea rows={4} {...props(field)} />
          ) : (
            <input
              type="text"
              autocomplete={field === "phone" ? "tel" : field}
              inputmode={field === "email" ? "email" : field === "phone" ? "tel" : undefined}
              {...props(field)}
            />
          )}
          <p class="problem" id={`form-${field}-problem`} aria-live="polite">
            {wrong(field)}
          </p>
        </div>
      ))}
      <button type="submit" class="solid wide">
        {words.submit}
      </button>
    </form>
  );
}
