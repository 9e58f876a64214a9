import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { number, span } from "../../ui/format";
import { inOrder } from "../../ui/order";
import type { OfferView } from "../../wire/desk.types";
import { accept, decline } from "../actions";
import { me, offers, serverNow, tick } from "../desk";
import { nameOf, t, word } from "../i18n";
import { onEvent } from "../link";
import { notifyAnswer } from "../prefs";
import { chime, notify } from "../sound";
import { ChannelGlyph, Face, Keys } from "./common";

const RADIUS = 21;
const ROUND = 2 * Math.PI * RADIUS;

/** The seconds that are left, in a ring that empties. */
function Countdown({ offer }: { offer: OfferView }): JSX.Element {
  tick.value;
  const left = Math.max(0, offer.until - serverNow());
  const share = Math.min(1, left / Math.max(1, offer.seconds * 1000));
  const seconds = Math.ceil(left / 1000);
  return (
    <div
      class={`countdown ${seconds <= 5 ? "is-short" : ""}`}
      role="timer"
      aria-label={t("offer.left", { n: seconds })}
    >
      <svg viewBox="0 0 48 48" aria-hidden="true">
        <circle cx="24" cy="24" r={RADIUS} class="ring-track" />
        <circle
          cx="24"
          cy="24"
          r={RADIUS}
          class="countdown-left"
          stroke-dasharray={`${share * ROUND} ${ROUND}`}
        />
      </svg>
      <span class="tabular">{number(seconds)}</span>
    </div>
  );
}

/** Sound and desktop notification when an offer comes; they never take the focus. */
function useAlarm(): void {
  useEffect(
    () =>
      onEvent((frame) => {
        if (frame.type !== "offer") return;
        chime();
        const name = nameOf(frame.offer.conversation);
        notify(
          t("offer.notify", { name }),
          frame.offer.summary || word("reason", frame.offer.reason),
          frame.offer.id,
        );
      }),
    [],
  );
}

/** The offer that runs out first, as a card over everything. It doesn't take the focus: whoever types goes on typing. */
export function OfferCard(): JSX.Element | null {
  useAlarm();
  const all = [...offers.value].sort((a, b) => a.until - b.until);
  const offer = all[0];
  if (!offer) return null;
  const row = offer.conversation;
  const name = nameOf(row);
  // Without a summary of the bot the hub sends the last words; only the customer's tell anything.
  const summary =
    offer.summary === row.last_text && (row.last_author ?? "contact") !== "contact" ? "" : offer.summary;
  return (
    <section class="offer" role="alertdialog" aria-label={t("offer.title")} aria-describedby="offer-why">
      <header class="offer-head">
        <Face id={row.contact} name={name} size={44} />
        <div class="offer-who">
          <p class="offer-kind">
            {offer.from_agent ? t("offer.transfer", { name: offer.from_agent }) : t("offer.title")}
          </p>
          <h2>
            <bdi>{name}</bdi>
            <ChannelGlyph channel={row.channel} size={16} />
          </h2>
        </div>
        <Countdown offer={offer} />
      </header>
      <div class="offer-why" id="offer-why">
        <p class="offer-reason">
          {!offer.from_agent && offer.reason && <span class="chip">{word("reason", offer.reason)}</span>}
          {offer.waited_ms >= 5000 && <span>{t("offer.waited", { time: span(offer.waited_ms) })}</span>}
          <span lang={row.locale}>{t(`card.language.${row.locale}`)}</span>
        </p>
        {offer.why && <p class="offer-whyme">{t("offer.why", { why: word("reason", offer.why) })}</p>}
        {summary && (
          <p class="offer-summary" dir="auto">
            {inOrder(summary)}
          </p>
        )}
        {offer.note && (
          <p class="offer-note" dir="auto">
            {offer.note}
          </p>
        )}
      </div>
      <footer class="offer-foot">
        <button type="button" class="button button-large" onClick={() => void decline(offer)}>
          {t("offer.decline")} <Keys caps={["D"]} />
        </button>
        <button
          type="button"
          class="button button-main button-large"
          title="Ctrl+Shift+A"
          onClick={() => void accept(offer)}
        >
          {t("offer.accept")} <Keys caps={["A"]} />
        </button>
      </footer>
      <p class="offer-tip">
        <Keys caps={["Ctrl", "Shift", "A"]} /> {t("offer.anywhere")}
        {all.length > 1 && <span> · {t("offer.more", { n: all.length - 1 })}</span>}
      </p>
    </section>
  );
}

/** Asks once, and only a person who is online, whether desktop notifications are wanted. */
export function NotifyQuestion(): JSX.Element | null {
  if (notifyAnswer.value !== "later" || me.value?.status !== "online") return null;
  if (typeof Notification === "undefined" || Notification.permission !== "default") return null;
  return (
    <aside class="ask" aria-label={t("notify.ask")}>
      <p>{t("notify.ask")}</p>
      <button
        type="button"
        class="button"
        onClick={() => {
          notifyAnswer.value = "no";
        }}
      >
        {t("notify.no")}
      </button>
      <button
        type="button"
        class="button button-main"
        onClick={() => {
          notifyAnswer.value = "yes";
          void Notification.requestPermission();
        }}
      >
        {t("notify.yes")}
      </button>
    </aside>
  );
}
