import type { JSX } from "preact";
import { bot, link } from "../desk";
import { t } from "../i18n";
import { line } from "../link";
import { Bot } from "./icons";
import { PhoneBanner } from "./PhoneBanner";
import { Standing } from "./Standing";

/** Calm lines above the panes: the connection, what my status means, the bot. */
export function Banners(): JSX.Element {
  const state = link.value;
  const detail = bot.value.detail;
  const why = detail === "starting" || detail === "training" || detail === "off" ? detail : "down";
  return (
    <div class="banners">
      {state === "connecting" && (
        <div class="banner is-link is-late" role="status">
          <i class="pulse" aria-hidden="true" />
          <span>{t("link.connecting")}</span>
          <button type="button" class="link" onClick={() => line.start()}>
            {t("link.retry")}
          </button>
        </div>
      )}
      {state === "reconnecting" && (
        <div class="banner is-link" role="status">
          <i class="pulse" aria-hidden="true" />
          <span>{t("link.reconnecting")}</span>
          <button type="button" class="link" onClick={() => line.start()}>
            {t("link.retry")}
          </button>
        </div>
      )}
      {state === "signed_out" && (
        <div class="banner is-bad" role="alert">
          <span>{t("link.signed_out")}</span>
          <a class="button button-main" href="/login">
            {t("link.sign_in")}
          </a>
        </div>
      )}
      {state === "live" && <Standing />}
      <PhoneBanner />
      {!bot.value.available && state === "live" && (
        <div class="banner is-quiet" role="status">
          <Bot size={15} />
          <span>{t(`bot.${why}`)}</span>
        </div>
      )}
    </div>
  );
}
