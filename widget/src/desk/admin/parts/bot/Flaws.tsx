/** What must be put right before a training, in words and with the place. */
import type { JSX } from "preact";
import { Alert } from "../../../../ui/icons";
import type { Flaw } from "../../model/bot";
import { follow, hrefOf } from "../../nav";
import { refusalText, t } from "../../words";

export function Flaws({ problems }: { problems: readonly Flaw[] }): JSX.Element | null {
  if (problems.length === 0) return null;
  return (
    <div class="flaws is-bad" role="status">
      <h2>
        <Alert size={16} />
        {t("bot.flaws", { n: problems.length })}
      </h2>
      <ul>
        {problems.map((one) => {
          const intent = /^intent (.+)$/.exec(one.place)?.[1];
          return (
            <li key={one.place + one.code}>
              {intent ? (
                <a href={hrefOf("intents", intent)} onClick={(event) => follow(event, "intents", intent)}>
                  <bdi>{intent}</bdi>
                </a>
              ) : (
                <bdi dir="ltr">{one.place}</bdi>
              )}
              <span>{refusalText(one.code)}</span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
