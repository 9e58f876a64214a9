/** What a customer gets, as the chat on the site, as Telegram, and as a voice on the phone. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Locale } from "../../../../wire/desk.types";
import { plainNumber } from "../../../parts/common";
import type { ReplyButton } from "../../model/bot";
import { t } from "../../words";

const WAYS = ["webchat", "telegram", "voice"] as const;

interface PreviewProps {
  lang: Locale;
  text: string;
  buttons: readonly ReplyButton[];
  image: string;
}

/** The text with what the bot fills in set apart. */
function Filled({ text }: { text: string }): JSX.Element {
  return (
    <>
      {text
        .split(/(\{\w+\})/)
        .map((one, n) => (n % 2 === 1 ? <mark key={n}>{one.slice(1, -1).replaceAll("_", " ")}</mark> : one))}
    </>
  );
}

export function ResponsePreview({ lang, text, buttons, image }: PreviewProps): JSX.Element {
  const [way, setWay] = useState<(typeof WAYS)[number]>("webchat");
  const named = buttons.filter((one) => one.title.trim());
  const empty = !text.trim() && named.length === 0 && !image;
  return (
    <figure class="bot-preview">
      <figcaption class="segments" role="group" aria-label={t("responses.preview")}>
        {WAYS.map((one) => (
          <button
            key={one}
            type="button"
            class="segment"
            aria-pressed={way === one}
            onClick={() => setWay(one)}
          >
            {t(`responses.preview.${one}`)}
          </button>
        ))}
      </figcaption>
      <div class={`reply-preview is-${way}`} dir={lang === "fa" ? "rtl" : "ltr"} lang={lang} aria-live="off">
        {empty && <p>{t("responses.preview.empty")}</p>}
        {text.trim() && (
          <p dir="auto">
            <Filled text={text} />
          </p>
        )}
        {image && (
          <p class="preview-link" dir="ltr">
            {image}
          </p>
        )}
        {image && way === "voice" && <p class="entry-hint">{t("responses.preview.spoken")}</p>}
        {way === "voice"
          ? named.map((one, n) => (
              <p key={n} dir="auto">
                {t("responses.preview.press", { title: one.title, key: plainNumber(n + 1, lang) })}
              </p>
            ))
          : named.length > 0 && (
              <div class="preview-buttons">
                {named.map((one, n) => (
                  <span key={n} dir="auto">
                    {one.title}
                  </span>
                ))}
              </div>
            )}
      </div>
    </figure>
  );
}
