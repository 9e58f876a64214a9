/** Steps of flows in words. */
import { number } from "../../../../ui/format";
import { locale } from "../../../../ui/i18n";
import { type Beginning, PARTS, type Part, type Step, type Words } from "../../model/flow";
import { hoursName, queueName } from "../../store";
import { t, type WordKey } from "../../words";
import { spanText } from "../span";

/** Parts that mean something of their own in a type of step. */
const OWN = new Set([
  "bot.then",
  "collect.then",
  "collect.name",
  "language.choices",
  "queue.then",
  "voicemail.queue",
]);

/** The name of a part of a step. */
export function partText(type: Step["type"], part: string): string {
  return t(`flow.part.${OWN.has(`${type}.${part}`) ? `${type}.` : ""}${part}` as WordKey);
}

/** The first words that a step says, in the reader's language where it has them. */
export function saidIn(step: Step): string {
  const words = step.text as Words | null | undefined;
  return words ? words[locale.value] || words.fa || words.en : "";
}

/** All of a step, a part a line. */
export function stepText(step: Step): string {
  const parts = PARTS[step.type].flatMap((part) => {
    const said = partValue(part, step[part.name]);
    return said === "" ? [] : [`${partText(step.type, part.name)}: ${said}`];
  });
  return [t(`flow.type.${step.type}`), ...parts].join("\n");
}

function partValue(part: Part, value: unknown): string {
  if (value === null || value === undefined) return "";
  switch (part.kind) {
    case "words":
    case "words?":
      return [(value as Words).fa, (value as Words).en].filter(Boolean).join(" / ");
    case "keys":
    case "languages":
      return Object.entries(value as Record<string, string>)
        .map(([key, to]) => `${key} → ${to}`)
        .join(t("word.and"));
    case "queue":
      return value ? queueName(String(value)) : t("flow.queue.own");
    case "calendar":
      return value === "inbox" ? t("flow.calendar.own") : hoursName(String(value));
    case "number":
      return number(Number(value));
    case "seconds":
    case "seconds?":
      return spanText(Number(value));
    case "switch":
      return value ? t("word.yes") : "";
    default:
      return String(value);
  }
}

/** Where callers come in. */
export function beginningText({ node, locale: language }: Beginning): string {
  return `${node} · ${t(`lang.${language}`)}`;
}
