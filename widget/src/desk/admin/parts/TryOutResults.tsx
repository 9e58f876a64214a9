/** What a dry run says: where it goes, who gets it, who is asked when, and everybody's yes or no. */
import type { JSX } from "preact";
import { number } from "../../../ui/format";
import { Check, Close } from "../../../ui/icons";
import { word } from "../../i18n";
import type { TriedOut } from "../model/records";
import { agents, queueName } from "../store";
import { t } from "../words";
import { spanText } from "./span";

export function Results({ found, byRules }: { found: TriedOut; byRules: boolean }): JSX.Element {
  return (
    <>
      {byRules && <p class="remark">{decided(found)}</p>}
      <p class={`remark ${found.ever ? "" : "is-warned"}`}>
        {found.gets.length > 0
          ? t("tryout.gets", { names: found.gets.join(t("word.and")) })
          : t(found.ever ? "tryout.nobody" : "tryout.never")}
      </p>
      <ol class="tryout-rings">
        {found.rings.map((ring, n) => (
          <li key={n} aria-current={n === found.ring ? "step" : undefined}>
            <b>
              {ring.until_seconds === null
                ? t("tryout.then")
                : t("queues.ring.until", { until: spanText(ring.until_seconds) })}
            </b>
            <span>{ring.names.length > 0 ? ring.names.join(t("word.and")) : t("tryout.none")}</span>
          </li>
        ))}
        <li>
          <b>{t("tryout.after", { span: spanText(found.exit_seconds) })}</b>
          <span>{found.exit === "queue" ? queueName(found.exit_queue ?? "") : t(`exit.${found.exit}`)}</span>
        </li>
      </ol>
      <ul class="tryout-people">
        {found.verdicts.map((one) => (
          <li key={one.agent} class={one.fits ? "is-yes" : undefined}>
            <bdi>
              {one.fits ? <Check size={15} /> : <Close size={15} />}
              <span class="visually-hidden">{t(one.fits ? "word.yes" : "word.no")}: </span>
              {one.name}
            </bdi>
            <span>{whyText(one)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function decided({ rule, queue }: TriedOut): string {
  if (queue === null) return t("tryout.nowhere");
  const line = queueName(queue);
  return rule === null ? t("tryout.norule", { queue: line }) : t("tryout.rule", { name: rule, queue: line });
}

/** A reason with what it is about: the skill that is missing, who else it is kept for. */
function whyText({ reason, detail }: TriedOut["verdicts"][number]): string {
  const why = word("why", reason);
  if (reason === "lacks_skill") {
    const [skill = "", level = ""] = detail.split(":");
    const named = skill.replaceAll("_", " ");
    return `${why}: ${level ? `${named} ≥ ${number(Number(level))}` : named}`;
  }
  if (reason === "too_small") return `${why} (${t("units.n", { n: Number(detail) })})`;
  const person = agents.data.value?.find((one) => one.id === detail);
  return person ? `${why}: ${person.name}` : why;
}
