/** The accent colour with its contrast, and the chat as customers will see it. */
import type { JSX } from "preact";
import { number } from "../../../ui/format";
import { Chat } from "../../../ui/icons";
import { judgeAccent, parseColour } from "../model/contrast";
import { inLanguage, t } from "../words";
import { Frame } from "./fields";
import type { Bound } from "./useDraft";

function verdict(accent: string): { text: string; level: string } {
  const { text, page, level } = judgeAccent(accent);
  // Cut, not rounded: 4.49 is not 4.5.
  const cut = (ratio: number) => number(Math.floor(ratio * 10) / 10);
  const params = { text: cut(text), page: cut(page) };
  if (level === "good") return { level, text: t("inboxes.accent.good", params) };
  if (level === "poor") return { level, text: t("inboxes.accent.poor", params) };
  return { level, text: t(page < 3 ? "inboxes.accent.fair.page" : "inboxes.accent.fair.text", params) };
}

/** A colour, picked or written. */
export function AccentField(bound: Bound<string>): JSX.Element {
  const colour = parseColour(bound.value);
  const said = colour ? verdict(colour) : null;
  return (
    <Frame label={t("inboxes.accent")} hint={t("inboxes.accent.hint")} problem={bound.problem}>
      {(wiring) => (
        <>
          <div class="control-row">
            <input
              class="colour"
              type="color"
              aria-label={t("inboxes.accent.pick")}
              value={colour ?? "#000000"}
              disabled={bound.readOnly}
              onInput={(event) => bound.onChange(event.currentTarget.value)}
            />
            <input
              {...wiring}
              class="control control-code"
              dir="ltr"
              name={bound.name}
              value={bound.value}
              readOnly={bound.readOnly}
              spellcheck={false}
              autocomplete="off"
              onInput={(event) => bound.onChange(event.currentTarget.value)}
              onBlur={(event) => {
                if (!bound.readOnly)
                  bound.onChange(parseColour(event.currentTarget.value) ?? event.currentTarget.value);
                bound.onLeave();
              }}
            />
          </div>
          {said && (
            <p class={`verdict is-${said.level}`} role="status">
              {said.text}
            </p>
          )}
        </>
      )}
    </Frame>
  );
}

/** A small picture of the chat. */
export function ChatPreview({
  brand,
  accent,
  locale,
}: {
  brand: string;
  accent: string;
  locale: "fa" | "en";
}): JSX.Element {
  const colour = parseColour(accent) ?? "#0b7a75";
  const { ink } = judgeAccent(colour);
  return (
    <figure class="chat-preview" style={{ "--accent": colour, "--on-accent": ink }}>
      <figcaption>{t("inboxes.preview")}</figcaption>
      <div class="chat-picture" aria-hidden="true" dir={locale === "fa" ? "rtl" : "ltr"}>
        <div class="chat-card">
          <div class="chat-head">
            <b>
              <bdi>{brand || "…"}</bdi>
            </b>
            <small>{inLanguage(locale, "inboxes.preview.answers")}</small>
          </div>
          <p class="chat-them">{inLanguage(locale, "inboxes.preview.them")}</p>
          <p class="chat-me">{inLanguage(locale, "inboxes.preview.me")}</p>
        </div>
        <span class="chat-launcher">
          <Chat size={22} />
        </span>
      </div>
    </figure>
  );
}
