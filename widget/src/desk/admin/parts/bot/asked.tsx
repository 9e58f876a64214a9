/** Questions of the studio that are asked in a dialog: their frame, and the new intent. */
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { Dialog } from "../../../parts/Dialog";
import { botApi } from "../../botApi";
import { t } from "../../words";
import { useAct } from "../useAct";
import { Wrong } from "../Wrong";

interface AskProps {
  title: string;
  action: string;
  /** Nothing can be sent yet. */
  locked?: boolean;
  run: () => Promise<void>;
  onClose: () => void;
  children: ComponentChildren;
}

/** A form in a dialog: Ctrl+Enter or the button sends it; what the hub refuses stands in it, and nothing written is lost. */
export function Ask({ title, action, locked, run, onClose, children }: AskProps): JSX.Element {
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, act] = useAct(setProblem);
  const submit = () => {
    if (!busy && !locked) void act(run);
  };
  return (
    <Dialog title={title} onClose={onClose} wide>
      <form
        class="confirm"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          submit();
        }}
      >
        {children}
        <Wrong role="alert">{problem}</Wrong>
        <div class="dialog-foot">
          <button type="button" class="button" onClick={onClose}>
            {t("form.cancel")}
          </button>
          <button type="submit" class="button button-main" disabled={busy || locked}>
            {action}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

interface NewIntentProps {
  name?: string;
  action: string;
  /** Called once the hub has it. */
  made: (name: string) => Promise<void> | void;
  onClose: () => void;
}

/** A new intent with what is answered in each language. */
export function NewIntentDialog({ name: given = "", action, made, onClose }: NewIntentProps): JSX.Element {
  const [name, setName] = useState(given);
  const [fa, setFa] = useState("");
  const [en, setEn] = useState("");
  const [known, setKnown] = useState<string | null>(null);
  const answers = Object.fromEntries(
    Object.entries({ fa: fa.trim(), en: en.trim() }).filter(([, text]) => text),
  );
  const run = async () => {
    const tidy = name.trim();
    if (known !== tidy) await botApi.createIntent({ name: tidy, sentences: [], answers });
    setKnown(tidy);
    await made(tidy);
  };
  return (
    <Ask
      title={t("bot.new")}
      action={action}
      locked={!name.trim() || Object.keys(answers).length === 0}
      run={run}
      onClose={onClose}
    >
      <IntentName value={name} set={setName} />
      {(["fa", "en"] as const).map((lang) => (
        <label key={lang} class="entry">
          <span class="entry-label">{t(`bot.answer.${lang}`)}</span>
          <textarea
            class="control"
            rows={2}
            dir={lang === "fa" ? "rtl" : "ltr"}
            lang={lang}
            name={`answer.${lang}`}
            value={lang === "fa" ? fa : en}
            onInput={(event) => (lang === "fa" ? setFa : setEn)(event.currentTarget.value)}
          />
        </label>
      ))}
      <p class="entry-hint">{t("bot.answer.hint")}</p>
    </Ask>
  );
}

/** The name of an intent that is to be made. */
export function IntentName(props: { value: string; set: (name: string) => void }): JSX.Element {
  return (
    <label class="entry">
      <span class="entry-label">{t("bot.name")}</span>
      <input
        class="control"
        name="name"
        dir="auto"
        autocomplete="off"
        spellcheck={false}
        data-first
        value={props.value}
        onInput={(event) => props.set(event.currentTarget.value)}
      />
      <span class="entry-hint">{t("bot.name.hint")}</span>
    </label>
  );
}
