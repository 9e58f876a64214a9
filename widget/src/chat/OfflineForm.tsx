/** Nobody is there: name, e-mail and message, checked in words; sent, it becomes a conversation. */
import type { JSX, TargetedSubmitEvent } from "preact";
import { useState } from "preact/hooks";
import { number } from "../ui/format";
import { send } from "./client";
import { t } from "./words";

type Field = "name" | "email" | "message";
const FIELDS: Field[] = ["name", "email", "message"];
/** The hub keeps this much of a field. */
const MOST = 1000;
const EMAIL = /^[^\s@,;<>()]+@[^\s@.,;<>()]+(\.[^\s@.,;<>()]+)+$/;

/** What is wrong with a value, in words; null when nothing is. */
export function complaint(field: Field, value: string, limit: number): string | null {
  const text = value.trim();
  const words = t.value;
  if (field === "name") return text ? long(text, 120) : words.needName;
  if (field === "message") return text ? long(text, limit) : words.needMessage;
  if (!text) return words.needEmail;
  return EMAIL.test(text) && text.length <= 254 ? null : words.badEmail;
}

const long = (text: string, limit: number): string | null =>
  text.length > limit ? t.value.longText(number(limit)) : null;

export function OfflineForm({ form }: { form: string }): JSX.Element {
  const words = t.value;
  const [values, setValues] = useState<Record<Field, string>>({ name: "", email: "", message: "" });
  const [checked, setChecked] = useState<Partial<Record<Field, boolean>>>({});
  const wrong = (field: Field) => (checked[field] ? complaint(field, values[field], MOST) : null);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const bad = FIELDS.find((field) => complaint(field, values[field], MOST));
    setChecked({ name: true, email: true, message: true });
    if (bad) event.currentTarget.querySelector<HTMLElement>(`[name=${bad}]`)?.focus();
    else send({ form, values: Object.fromEntries(FIELDS.map((field) => [field, values[field].trim()])) });
  };
  const props = (field: Field) => ({
    id: `form-${field}`,
    name: field,
    dir: field === "email" ? ("ltr" as const) : values[field] ? ("auto" as const) : undefined,
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
      <h2>{words.formTitle}</h2>
      <p>{words.formText}</p>
      {FIELDS.map((field) => (
        <div class="field" key={field}>
          <label for={`form-${field}`}>{words[field]}</label>
          {field === "message" ? (
            <textarea rows={4} {...props(field)} />
          ) : (
            <input
              type="text"
              autocomplete={field}
              inputmode={field === "email" ? "email" : undefined}
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
