/** A chat with one version, beside its report: it answers and shows what it understood. Nobody else sees it. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { percent } from "../../../../ui/format";
import { Retry, Send } from "../../../../ui/icons";
import type { Locale } from "../../../../wire/desk.types";
import { deskConfig } from "../../../config";
import { asRefusal } from "../../api";
import { botApi, type TriedOut } from "../../botApi";
import type { ReplyButton } from "../../model/bot";
import { isWord, refusalText, t } from "../../words";

interface Line {
  mine: string;
  answer: TriedOut | null;
  problem: string | null;
}

export function TryChat({ number, loaded }: { number: number; loaded: boolean }): JSX.Element {
  const [lines, setLines] = useState<Line[]>([]);
  const [text, setText] = useState("");
  const [lang, setLang] = useState<Locale>(deskConfig().me.locale);
  const [busy, setBusy] = useState(false);
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    end.current?.scrollTo({ top: end.current.scrollHeight });
  }, [lines]);
  const say = async (words: string, payload = "") => {
    if (!words.trim() || busy) return;
    setBusy(true);
    setText("");
    const before = [...lines];
    setLines([...before, { mine: words, answer: null, problem: null }]);
    try {
      const answer = await botApi.tryOut(number, {
        text: words.trim(),
        payload,
        locale: lang,
        fresh: before.length === 0,
      });
      setLines([...before, { mine: words, answer, problem: null }]);
    } catch (error) {
      const problem = refusalText(asRefusal(error).code);
      setLines([...before, { mine: words, answer: null, problem }]);
    } finally {
      setBusy(false);
    }
  };
  return (
    <section class="try" aria-label={t("try.title")}>
      <header>
        <h2>{t("try.title")}</h2>
        <select
          class="control control-unit"
          aria-label={t("bot.language")}
          value={lang}
          onChange={(event) => setLang(event.currentTarget.value as Locale)}
        >
          {(["fa", "en"] as const).map((one) => (
            <option key={one} value={one}>
              {t(`lang.${one}`)}
            </option>
          ))}
        </select>
        <button
          type="button"
          class="icon-button"
          aria-label={t("try.again")}
          title={t("try.again")}
          disabled={lines.length === 0 || busy}
          onClick={() => setLines([])}
        >
          <Retry size={16} />
        </button>
      </header>
      <div class="try-lines" ref={end} role="log" aria-label={t("try.title")}>
        {lines.length === 0 && <p class="quiet">{t("try.hint")}</p>}
        {!loaded && <p class="quiet">{t("try.apart")}</p>}
        {lines.map((one, n) => (
          <Turn key={n} line={one} press={(button) => void say(button.title, button.payload)} />
        ))}
        {busy && !loaded && (
          <p class="try-note" role="status">
            {t("try.loading")}
          </p>
        )}
      </div>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void say(text);
        }}
      >
        <input
          class="control"
          dir="auto"
          name="try"
          maxLength={1000}
          autocomplete="off"
          aria-label={t("try.write")}
          placeholder={t("try.write")}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <button type="submit" class="icon-button" aria-label={t("try.send")} disabled={!text.trim() || busy}>
          <Send size={18} />
        </button>
      </form>
    </section>
  );
}

function Turn({ line, press }: { line: Line; press: (button: ReplyButton) => void }): JSX.Element {
  const { mine, answer, problem } = line;
  return (
    <>
      <p class="try-mine" dir="auto">
        {mine}
      </p>
      {answer?.intent && <Understood answer={answer} />}
      {answer?.says.map((one, n) => (
        <div key={n} class="try-theirs">
          {one.text && <p dir="auto">{one.text}</p>}
          {one.image && (
            <p dir="ltr">
              <bdi>{one.image}</bdi>
            </p>
          )}
          {one.buttons.length > 0 && (
            <div class="try-buttons">
              {one.buttons.map((it) => (
                <button key={it.payload} type="button" class="insert" onClick={() => press(it)}>
                  <bdi>{it.title}</bdi>
                </button>
              ))}
            </div>
          )}
        </div>
      ))}
      {answer?.handoff && <p class="try-note">{t("try.handoff", { reason: handoffText(answer.handoff) })}</p>}
      {problem && (
        <p class="try-note is-warned" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}

function Understood({ answer }: { answer: TriedOut }): JSX.Element {
  const found = answer.entities.map((one) => `${one.entity}: ${one.value}`);
  return (
    <p class="try-note">
      <bdi>{answer.intent === "nlu_fallback" ? t("report.nothing") : answer.intent}</bdi>{" "}
      <span class="tabular">{percent(answer.confidence)}</span>
      {answer.runner_up && (
        <>
          {" · "}
          <bdi>{answer.runner_up}</bdi> <span class="tabular">{percent(answer.runner_up_confidence)}</span>
        </>
      )}
      {found.map((one) => (
        <bdi key={one} class="tag">
          {one}
        </bdi>
      ))}
    </p>
  );
}

function handoffText(reason: string): string {
  const key = `try.handoff.${reason}`;
  return isWord(key) ? t(key) : reason.replaceAll("_", " ");
}
