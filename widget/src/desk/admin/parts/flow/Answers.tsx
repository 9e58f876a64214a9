/** What can come at a stage of a trial: keys, words, silence, what the bot does, a wait that is over. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { latin } from "../../model/digits";
import type { Came, Stage, Step } from "../../model/flow";
import { t } from "../../words";

const BOT = ["bot_done", "bot_person", "bot_away"] as const;
const KEYS = /^[\d*#]{1,32}$/;

interface AnswersProps {
  stage: Stage;
  step: Step | undefined;
  answer: (came: Came) => void;
}

export function Answers({ stage, step, answer }: AnswersProps): JSX.Element | null {
  const say = (kind: Came["kind"], text = "") => answer({ kind, text });
  switch (stage.awaits) {
    case "keys":
      return (
        <div class="trial-answers">
          {stage.keys.map((key) => (
            <button key={key} type="button" class="button trial-key" onClick={() => say("keys", key)}>
              <span class="visually-hidden">{t("flow.try.press")} </span>
              {key}
            </button>
          ))}
          <Typed label={t("flow.try.keys")} ltr send={(text) => say("keys", text)} />
          <Silence say={say} />
        </div>
      );
    case "words":
      return (
        <div class="trial-answers">
          <Typed
            label={t("flow.try.words")}
            send={(text) => say(KEYS.test(latin(text)) ? "keys" : "words", text)}
          />
          <Silence say={say} />
        </div>
      );
    case "bot":
      return (
        <div class="trial-answers">
          {BOT.map((kind) => (
            <button key={kind} type="button" class="button" onClick={() => say(kind)}>
              {t(`flow.came.${kind}`)}
            </button>
          ))}
        </div>
      );
    case "line":
      if (!step?.then) return null;
      return <Over label={t("flow.came.waited")} run={() => say("waited")} />;
    case "number":
      return <Over label={t("flow.came.failed")} run={() => say("failed")} />;
    default:
      return null;
  }
}

function Silence({ say }: { say: (kind: Came["kind"]) => void }): JSX.Element {
  return (
    <button type="button" class="button" onClick={() => say("silence")}>
      {t("flow.came.silence")}
    </button>
  );
}

function Over({ label, run }: { label: string; run: () => void }): JSX.Element {
  return (
    <div class="trial-answers">
      <button type="button" class="button" onClick={run}>
        {label}
      </button>
    </div>
  );
}

/** A line to write in; Enter sends. */
function Typed(props: { label: string; ltr?: boolean; send: (text: string) => void }): JSX.Element {
  const [text, setText] = useState("");
  return (
    <input
      class="control"
      dir={props.ltr ? "ltr" : "auto"}
      aria-label={props.label}
      placeholder={props.label}
      maxLength={200}
      autocomplete="off"
      value={text}
      onInput={(event) => setText(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || event.isComposing || !text.trim()) return;
        event.preventDefault();
        props.send(props.ltr ? latin(text.trim()) : text.trim());
        setText("");
      }}
    />
  );
}
