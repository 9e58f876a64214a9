/** A call that nobody makes: the admin presses keys and sees which step follows, at an hour. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Retry } from "../../../../ui/icons";
import { Return } from "../../../parts/icons";
import { asRefusal } from "../../api";
import { flowApi, type Scene } from "../../flowApi";
import type { Came, FlowContent, Stage } from "../../model/flow";
import { queueName } from "../../store";
import { refusalText, t } from "../../words";
import { Wrong } from "../Wrong";
import { Answers } from "./Answers";
import { SceneFields } from "./SceneFields";

interface TryProps {
  content: FlowContent;
  ready: boolean;
  /** The number whose own hours are meant; empty while none names the flow. */
  inbox: string;
  /** Opens the card of a step. */
  show: (name: string) => void;
}

interface Walk {
  stages: Stage[] | null;
  wrong: string | null;
}

export function TryFlow({ content, ready, inbox, show }: TryProps): JSX.Element {
  const [came, setCame] = useState<Came[]>([]);
  const [scene, setScene] = useState<Scene>({ hours: "at", at: null, called: "", known_number: true });
  const [walk, setWalk] = useState<Walk | null>(null);
  const end = useRef<HTMLDivElement>(null);
  const newest = useRef("");
  const key = JSON.stringify([content, came, scene, inbox]);
  newest.current = key;
  useEffect(() => {
    if (!ready) return;
    const timer = setTimeout(async () => {
      const found: Walk = await flowApi.walk(content, came, scene, inbox).then(
        ({ stages }) => ({ stages, wrong: null }),
        (error) => ({ stages: null, wrong: asRefusal(error).code }),
      );
      if (newest.current === key) setWalk(found);
    }, 60);
    return () => clearTimeout(timer);
  }, [key, ready]);
  useEffect(() => {
    const box = end.current;
    if (box && came.length > 0) box.scrollTop = box.scrollHeight;
  }, [walk]);
  const stages = walk?.stages ?? [];
  const last = stages.at(-1);
  const answer = (one: Came) => setCame((now) => [...now, one]);
  return (
    <section class="flow-side" aria-label={t("flow.try")}>
      <h2>{t("flow.try")}</h2>
      <p class="entry-hint">{t("flow.try.lead")}</p>
      <SceneFields
        value={scene}
        numbers={Object.keys(content.entries)}
        onChange={(change) => setScene((now) => ({ ...now, ...change }))}
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable to be scrolled by keys */}
      <div class="trial" ref={end} role="log" aria-live="polite" aria-label={t("flow.try.log")} tabIndex={0}>
        {walk?.wrong && <Wrong>{refusalText(walk.wrong)}</Wrong>}
        {stages.map((stage, n) => (
          <StageView key={n} stage={stage} came={came[n - 1]} show={show} />
        ))}
      </div>
      {last && <Answers stage={last} step={content.nodes[last.step]} answer={answer} />}
      <div class="trial-tools">
        <button
          type="button"
          class="button"
          disabled={came.length === 0}
          onClick={() => setCame((now) => now.slice(0, -1))}
        >
          <Return size={16} />
          {t("flow.try.back")}
        </button>
        <button type="button" class="button" disabled={came.length === 0} onClick={() => setCame([])}>
          <Retry size={16} />
          {t("flow.try.again")}
        </button>
      </div>
    </section>
  );
}

function StageView({
  stage,
  came,
  show,
}: {
  stage: Stage;
  came: Came | undefined;
  show: (name: string) => void;
}): JSX.Element {
  const end = endText(stage);
  return (
    <>
      {came && (
        <p class="trial-came">
          <bdi>{cameText(came)}</bdi>
        </p>
      )}
      {stage.path.length > 0 && (
        <p class="trial-path">
          {stage.path.map((name) => (
            <button key={name} type="button" class="link" onClick={() => show(name)}>
              <bdi>{name}</bdi>
            </button>
          ))}
        </p>
      )}
      {stage.heard.map((one, n) => (
        <p key={n} class="trial-heard" lang={one.locale} dir={one.locale === "fa" ? "rtl" : "ltr"}>
          {one.text}
        </p>
      ))}
      {end && <p class="trial-end">{end}</p>}
    </>
  );
}

/** What a caller, the bot or a line did. */
function cameText({ kind, text }: Came): string {
  return kind === "keys"
    ? t("flow.came.keys", { keys: text })
    : kind === "words"
      ? text
      : t(`flow.came.${kind}`);
}

/** Where the call has come to; nothing where the caller is only asked. */
function endText({ awaits, to }: Stage): string {
  switch (awaits) {
    case "keys":
    case "words":
      return "";
    case "bot":
      return t("flow.awaits.bot", { words: to });
    case "number":
      return t("flow.awaits.number", { number: to });
    case "nothing":
      return t("flow.awaits.nothing");
    default:
      return t(`flow.awaits.${awaits}`, { queue: to ? queueName(to) : t("flow.queue.own") });
  }
}
