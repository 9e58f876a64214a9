/** Sentences that mean much the same, what the bot made of them, and what can be done with them. */
import type { JSX } from "preact";
import { dateTime, percent } from "../../../../ui/format";
import { Keys } from "../../../parts/common";
import { guessesOf, type ReviewRow } from "../../model/bot";
import { follow, hrefOf } from "../../nav";
import { isWord, t } from "../../words";

/** What can be done with a group, by key. */
export type Deed = "first" | "second" | "third" | "other" | "new" | "out" | "nothing" | "correct" | "reopen";

export const CAPS: Readonly<Record<Deed, string>> = {
  first: "1",
  second: "2",
  third: "3",
  other: "I",
  new: "N",
  out: "X",
  nothing: "0",
  correct: "E",
  reopen: "R",
};

/** The deeds that accept a guess, the likeliest first. */
export const GUESSED: readonly Deed[] = ["first", "second", "third"];

interface DoubtProps {
  rows: ReviewRow[];
  state: string;
  /** Rows that are left out. */
  out: ReadonlySet<string>;
  busy: boolean;
  onFocus: () => void;
  onTick: (id: string) => void;
  onDeed: (deed: Deed) => void;
}

export function reasonText(reason: string): string {
  const key = `review.reason.${reason}`;
  return isWord(key) ? t(key) : reason;
}

export function Doubt({ rows, state, out, busy, onFocus, onTick, onDeed }: DoubtProps): JSX.Element {
  const first = rows[0] as ReviewRow;
  const many = rows.length > 1;
  const chosen = rows.filter((one) => !out.has(one.id));
  const deed = (name: Deed, label: JSX.Element | string, tone = "") => (
    <button key={name} type="button" class={`button ${tone}`} disabled={busy} onClick={() => onDeed(name)}>
      {label}
      <Keys caps={[CAPS[name]]} />
    </button>
  );
  return (
    <li class="doubt" tabIndex={-1} data-group={first.id} onFocusIn={onFocus}>
      <ul class="doubt-rows">
        {rows.map((row) => (
          <Row
            key={row.id}
            row={row}
            ticked={!out.has(row.id)}
            onTick={many ? () => onTick(row.id) : undefined}
          />
        ))}
      </ul>
      {state === "open" ? (
        <div class="doubt-acts" role="group" aria-label={t("review.acts")}>
          {guessesOf(chosen).map((one, n) =>
            deed(GUESSED[n] as Deed, <Guess {...one} />, n === 0 ? "button-main" : ""),
          )}
          {deed("other", t("review.other"))}
          {deed("new", t("bot.new"))}
          {deed("correct", t("review.correct"))}
          {deed("out", t("review.out"))}
          {deed("nothing", t("review.nothing"))}
        </div>
      ) : (
        <div class="doubt-acts">
          {first.label && <bdi class="tag tag-strong">{first.label}</bdi>}
          {deed("reopen", t("review.reopen"))}
        </div>
      )}
    </li>
  );
}

function Guess({ intent, confidence }: { intent: string; confidence: number }): JSX.Element {
  return (
    <span class="guess">
      <bdi>{intent}</bdi>
      <small class="tabular">{percent(confidence)}</small>
    </span>
  );
}

function Row(props: { row: ReviewRow; ticked: boolean; onTick?: () => void }): JSX.Element {
  const { row, ticked, onTick } = props;
  const place = row.places.at(-1)?.split(":")[0];
  const words = (
    <span class="doubt-text" dir="auto" lang={row.lang}>
      {row.text}
    </span>
  );
  return (
    <li class={ticked ? "" : "is-dimmed"}>
      {onTick ? (
        <label class="doubt-tick">
          <input type="checkbox" checked={ticked} onChange={onTick} />
          {words}
        </label>
      ) : (
        words
      )}
      <p class="aside-facts">
        <span>{t(`lang.${row.lang}`)}</span>
        {row.reasons.map((one) => (
          <span key={one}>{reasonText(one)}</span>
        ))}
        {onTick && row.guesses.slice(0, 2).map((one) => <Guess key={one.intent} {...one} />)}
        {row.times > 1 && <span>{t("aside.times", { n: row.times })}</span>}
        <time class="tabular" dateTime={new Date(row.last_at).toISOString()}>
          {dateTime(row.last_at)}
        </time>
        {place && <a href={`/desk/all/${encodeURIComponent(place)}`}>{t("review.see")}</a>}
        {place && (
          <a
            href={hrefOf("stories", `new:${place}`)}
            onClick={(event) => follow(event, "stories", `new:${place}`)}
          >
            {t("stories.pin.short")}
          </a>
        )}
      </p>
    </li>
  );
}
