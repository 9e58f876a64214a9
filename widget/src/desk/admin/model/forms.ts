/** Forms of the studio, as `hub/web/bot_forms.py` sends and takes them. */
import type { Locale } from "../../../wire/desk.types";
import type { Problems } from "./check";

export const FILLS = ["text", "entity", "choice", "number"] as const;
export type Fill = (typeof FILLS)[number];
export const CHECKS = ["", "email", "phone", "digits", "date"] as const;
export const ENDS = ["answer", "handoff", "action"] as const;
export type Texts = Partial<Record<Locale, string>>;

export interface FormChoice {
  value: string;
  titles: Texts;
}

export interface FormSlot {
  name: string;
  fill: Fill;
  ask: Texts;
  wrong: Texts;
  entity: string;
  choices: FormChoice[];
  check: (typeof CHECKS)[number];
  least: number | null;
  most: number | null;
}

export interface FormEnd {
  kind: (typeof ENDS)[number];
  says: Texts;
  queue: string;
  action: string;
}

export interface BotForm {
  name: string;
  intent: string;
  slots: FormSlot[];
  end: FormEnd;
  version: number;
}

export interface FormList {
  forms: BotForm[];
  actions: string[];
  queues: { id: string; name: string }[];
}

export const BLANK_SLOT: FormSlot = {
  name: "",
  fill: "text",
  ask: {},
  wrong: {},
  entity: "",
  choices: [],
  check: "",
  least: null,
  most: null,
};

export const BLANK_FORM: BotForm = {
  name: "",
  intent: "",
  slots: [BLANK_SLOT],
  end: { kind: "answer", says: {}, queue: "", action: "" },
  version: 0,
};

function filled(texts: Texts): Texts {
  const said = Object.entries(texts).filter(([, text]) => text?.trim());
  return Object.fromEntries(said.map(([lang, text]) => [lang, text.trim()]));
}

/** As it is sent: without what does not belong to the kind of a slot or of an end. */
export function tidyForm(form: BotForm): BotForm {
  const { end } = form;
  return {
    ...form,
    name: form.name.trim(),
    slots: form.slots.map((one) => ({
      ...one,
      name: one.name.trim(),
      ask: filled(one.ask),
      wrong: filled(one.wrong),
      entity: one.fill === "entity" ? one.entity : "",
      check: one.fill === "text" || one.fill === "entity" ? one.check : "",
      choices:
        one.fill === "choice"
          ? one.choices
              .map((it) => ({ ...it, titles: filled(it.titles) }))
              .filter((it) => Object.keys(it.titles).length > 0)
              .map((it) => ({ ...it, value: it.titles.en ?? it.titles.fa ?? "" }))
          : [],
    })),
    end: {
      ...end,
      says: filled(end.says),
      queue: end.kind === "handoff" ? end.queue : "",
      action: end.kind === "action" ? end.action : "",
    },
  };
}

const NAME = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;

/** What must be put right before it is sent; the hub looks once more. */
export function checkForm(form: BotForm): Problems<BotForm> {
  const problems: Problems<BotForm> = {};
  if (!NAME.test(form.name)) problems.name = { key: "form.name" };
  if (!form.intent) problems.intent = { key: "required" };
  if (form.slots.some((one) => !NAME.test(one.name))) problems.slots = { key: "form.slot.name" };
  else if (form.slots.some((one) => Object.keys(one.ask).length === 0))
    problems.slots = { key: "form.slot.ask" };
  if (form.end.kind !== "action" && Object.keys(form.end.says).length === 0)
    problems.end = { key: "required" };
  return problems;
}
