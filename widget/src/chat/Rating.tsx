/** At the end: one tap from 1 to 5, and a word if one likes. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { number } from "../ui/format";
import * as icon from "../ui/icons";
import { chat, rate } from "./client";
import { t } from "./words";

const SCORES = [1, 2, 3, 4, 5];

export function Rating(): JSX.Element | null {
  const { convo } = chat.value;
  if (convo?.status !== "resolved") return null;
  return <Stars key={convo.conversation} rated={convo.rating ?? null} />;
}

function Stars({ rated }: { rated: number | null }): JSX.Element {
  const words = t.value;
  const [score, setScore] = useState(rated);
  const [comment, setComment] = useState("");
  const [said, setSaid] = useState(rated !== null);
  const [failed, setFailed] = useState(false);
  const give = async (stars: number, text: string | null) => {
    const before = score;
    setScore(stars);
    setFailed(false);
    try {
      await rate(stars, text);
      if (text) setSaid(true);
    } catch {
      setScore(before);
      setFailed(true);
    }
  };
  return (
    <section class="card rating" aria-label={words.rateTitle}>
      <h2 key={String(score === null)}>{score === null ? words.rateTitle : words.rateThanks}</h2>
      <div class="stars" role="group">
        {SCORES.map((n) => (
          <button
            type="button"
            key={n}
            class={score !== null && n <= score ? "star on" : "star"}
            aria-pressed={score === n}
            aria-label={words.rateOne(number(n))}
            onClick={() => give(n, null)}
          >
            <icon.Star size={28} />
          </button>
        ))}
      </div>
      {score !== null && !said && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (comment.trim()) void give(score, comment.trim());
          }}
        >
          <label class="visually-hidden" for="rate-comment">
            {words.rateComment}
          </label>
          <textarea
            id="rate-comment"
            rows={2}
            dir={comment ? "auto" : undefined}
            maxLength={1000}
            placeholder={words.rateComment}
            value={comment}
            onInput={(event) => setComment(event.currentTarget.value)}
          />
          <button type="submit" class="solid" disabled={!comment.trim()}>
            {words.rateSend}
          </button>
        </form>
      )}
      {said && comment && <p role="status">{words.rateDone}</p>}
      {failed && (
        <p class="problem" role="alert">
          {words.rateFailed}
        </p>
      )}
    </section>
  );
}
