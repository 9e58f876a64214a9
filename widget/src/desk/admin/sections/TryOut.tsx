/** Who would get a conversation of this line now, and why: asked with what is written, before it is saved. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { word } from "../../i18n";
import { ApiError, api } from "../api";
import type { Inbox, Queue, TriedOut } from "../model/records";
import { Block } from "../parts/Page";
import { spanText } from "../parts/span";
import { refusalText, t } from "../words";

export function TryOut({ queue, inbox }: { queue: Queue; inbox: Inbox | undefined }): JSX.Element | null {
  const [found, setFound] = useState<TriedOut | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  if (!inbox) return null;
  const ask = async () => {
    try {
      const locale = inbox.locale;
      setFound(await api.tryOut({ inbox: inbox.id, channel: inbox.channel, locale, queue }));
      setWrong(null);
    } catch (error) {
      setFound(null);
      setWrong(refusalText(error instanceof ApiError ? error.code : "unknown"));
    }
  };
  return (
    <Block title={t("tryout.title")} lead={t("tryout.lead")}>
      <div>
        <button type="button" class="button" onClick={() => void ask()}>
          {t("tryout.ask")}
        </button>
      </div>
      <div aria-live="polite">
        {wrong && <p class="entry-problem">{wrong}</p>}
        {found && <Found found={found} />}
      </div>
    </Block>
  );
}

function Found({ found }: { found: TriedOut }): JSX.Element {
  return (
    <>
      <p class="remark">
        {found.gets.length > 0
          ? t("tryout.gets", { names: found.gets.join(t("word.and")) })
          : t("tryout.nobody")}
      </p>
      <ol class="tryout-rings">
        {found.rings.map((ring, n) => (
          <li key={n}>
            <b>
              {ring.until_seconds === null
                ? t("tryout.then")
                : t("queues.ring.until", { until: spanText(ring.until_seconds) })}
            </b>
            <span>{ring.names.length > 0 ? ring.names.join(t("word.and")) : t("tryout.none")}</span>
          </li>
        ))}
      </ol>
      <ul class="tryout-people">
        {found.verdicts.map((one) => (
          <li key={one.agent} class={one.fits ? "is-yes" : undefined}>
            <bdi>{one.name}</bdi>
            <span>{word("why", one.reason)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
