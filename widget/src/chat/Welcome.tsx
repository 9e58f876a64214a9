/** Before anything is said: a greeting and a few first words to choose from. */
import type { JSX } from "preact";
import { locale } from "../ui/i18n";
import { chat, send } from "./client";
import { config } from "./config";
import { t } from "./words";

export function Welcome(): JSX.Element {
  const { desk } = chat.value;
  if (!desk) return <Skeleton />;
  const starters = config.starters?.[locale.value] ?? Object.values(t.value.starters);
  return (
    <div class="welcome">
      <h2>{t.value.hello}</h2>
      <p>{desk.bot ? t.value.helloText : t.value.helloPeople}</p>
      {desk.bot && (
        <ul class="chips">
          {starters.map((text) => (
            <li key={text}>
              <button type="button" class="chip" dir="auto" onClick={() => send({ text })}>
                {text}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Shown only when connecting takes longer than one notices. */
function Skeleton(): JSX.Element {
  return (
    <div class="skeleton" aria-hidden="true">
      <span />
      <span />
      <span />
    </div>
  );
}
