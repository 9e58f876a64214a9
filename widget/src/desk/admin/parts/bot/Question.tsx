/** A question with its answer, written in one go: how customers ask, and what the bot says in each language. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { toast } from "../../../toasts";
import { botApi } from "../../botApi";
import { t } from "../../words";
import { Ask, IntentName } from "./asked";
import { sentencesFrom } from "./Sentences";

const LOCALES = ["fa", "en"] as const;

export function QuestionDialog(props: { made: (name: string) => void; onClose: () => void }): JSX.Element {
  const [name, setName] = useState("");
  const [asked, setAsked] = useState("");
  const [said, setSaid] = useState({ fa: "", en: "" });
  const sentences = sentencesFrom(asked);
  const answers = Object.fromEntries(LOCALES.map((lang) => [lang, said[lang].trim()]).filter(([, it]) => it));
  return (
    <Ask
      title={t("talks.new.question")}
      action={t("form.create")}
      locked={!name.trim() || sentences.length < 2 || Object.keys(answers).length === 0}
      run={async () => {
        const made = await botApi.createIntent({ name: name.trim(), sentences, answers });
        if (made.masked > 0) toast(t("bot.masked", { n: made.masked }));
        props.made(made.name);
      }}
      onClose={props.onClose}
    >
      <IntentName value={name} set={setName} />
      <label class="entry">
        <span class="entry-label">{t("talks.questions")}</span>
        <textarea
          class="control"
          name="questions"
          rows={5}
          dir="auto"
          value={asked}
          onInput={(event) => setAsked(event.currentTarget.value)}
        />
        <span class="entry-hint">{t("talks.questions.hint")}</span>
      </label>
      {LOCALES.map((lang) => (
        <label key={lang} class="entry">
          <span class="entry-label">{t(`bot.answer.${lang}`)}</span>
          <textarea
            class="control"
            name={`answer.${lang}`}
            rows={3}
            dir={lang === "fa" ? "rtl" : "ltr"}
            lang={lang}
            value={said[lang]}
            onInput={(event) => setSaid({ ...said, [lang]: event.currentTarget.value })}
          />
        </label>
      ))}
    </Ask>
  );
}
