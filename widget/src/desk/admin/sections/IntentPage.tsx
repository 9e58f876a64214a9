/** One intent: its examples, what is answered, and what else names it. */
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { Trash } from "../../../ui/icons";
import type { Locale } from "../../../wire/desk.types";
import { toast } from "../../toasts";
import { ApiError } from "../api";
import { botApi } from "../botApi";
import { type IntentRecord, mergeSentences, type Sentence } from "../model/bot";
import { to } from "../nav";
import { Sentences } from "../parts/bot/Sentences";
import { ConfirmDialog } from "../parts/dialogs";
import { Form } from "../parts/FormParts";
import { Frame } from "../parts/fields";
import { letGo } from "../parts/guard";
import { Block, LoadFailed, Page, Waiting } from "../parts/Page";
import { useAct } from "../parts/useAct";
import { useDraft } from "../parts/useDraft";
import { useFetched } from "../parts/useFetched";
import { knowledge, useLoad } from "../store";
import { t, withMasked } from "../words";

/** As it is edited: an answer that is not there is an empty one. */
interface IntentForm {
  version: number;
  answer_version: number;
  faq: boolean;
  used: string[];
  masked: number;
  sentences: Sentence[];
  fa: string;
  en: string;
}

const FIELDS = ["sentences", "fa", "en"] as const;

function formOf({ answers, ...one }: IntentRecord): IntentForm {
  const { version, answer_version, used, masked, sentences } = one;
  // An answer with variants of its own is not shown here, and need not be written again.
  const faq = one.faq && (answer_version === 0 || Object.keys(answers).length > 0);
  return {
    version,
    answer_version,
    faq,
    used,
    masked,
    sentences,
    fa: answers.fa ?? "",
    en: answers.en ?? "",
  };
}

function put(name: string, form: IntentForm): Promise<IntentForm> {
  const answers = Object.fromEntries(
    (["fa", "en"] as const).map((lang) => [lang, form[lang].trim()]).filter(([, text]) => text),
  );
  const { version, sentences, answer_version } = form;
  return botApi.changeIntent(name, { version, sentences, answers, answer_version }).then(formOf);
}

export function IntentPage({ name }: { name: string }): JSX.Element {
  useLoad(knowledge);
  const found = useFetched(() => botApi.intent(name));
  if (found.data) return <IntentEditor name={name} stored={formOf(found.data)} reload={found.load} />;
  return (
    <Page title={name} parent="intents">
      {found.error ? <LoadFailed error={found.error} retry={() => void found.load()} /> : <Waiting />}
    </Page>
  );
}

interface EditorProps {
  name: string;
  stored: IntentForm;
  reload: () => Promise<void>;
}

function IntentEditor({ name, stored, reload }: EditorProps): JSX.Element {
  const [asks, setAsks] = useState(false);
  const version = useRef(stored.version);
  const [round, setRound] = useState(0);
  const [, act] = useAct();
  const undo = (was: IntentForm, now: IntentForm) =>
    act(async () => {
      const back = await put(name, { ...was, version: now.version, answer_version: now.answer_version });
      version.current = back.version;
      await reload();
      setRound((n) => n + 1);
      toast(t("review.undone"));
    });
  return (
    <>
      <IntentFormView
        key={round}
        name={name}
        stored={stored}
        remove={() => setAsks(true)}
        saved={(now, was) => {
          version.current = now.version;
          toast(withMasked(t("form.saved"), now.masked), "plain", {
            label: t("review.undo"),
            run: () => void undo(was, now),
          });
          void knowledge.load();
        }}
      />
      {asks && (
        <ConfirmDialog
          title={t("intents.delete.title", { name })}
          text={t("intents.delete.text")}
          word={name}
          action={t("intents.delete")}
          run={async () => {
            await botApi.deleteIntent(name, version.current);
            letGo();
            to("intents");
            toast(t("intents.deleted", { name }));
          }}
          onClose={() => setAsks(false)}
        />
      )}
    </>
  );
}

function IntentFormView(props: {
  name: string;
  stored: IntentForm;
  saved: (now: IntentForm, was: IntentForm) => void;
  remove: () => void;
}): JSX.Element {
  const { name, stored } = props;
  const known = knowledge.data.value;
  const draft = useDraft<IntentForm>({
    stored,
    fields: FIELDS,
    check: (one) => (one.faq && !one.fa.trim() && !one.en.trim() ? { fa: { key: "required" } } : {}),
    quiet: true,
    merges: { sentences: mergeSentences },
    latest: async () => {
      try {
        return formOf(await botApi.intent(name));
      } catch (error) {
        if (error instanceof ApiError && error.code === "not_found") return null;
        throw error;
      }
    },
    send: (_, whole) => put(name, whole),
    saved: props.saved,
  });
  const doubled = new Map(
    (known?.conflicts ?? [])
      .filter((one) => one.intents.includes(name))
      .map((one) => [one.text, one.intents.filter((other) => other !== name)]),
  );
  const answered = draft.value.faq || stored.used.length === 0;
  return (
    <Page title={name} parent="intents">
      <Form draft={draft}>
        <Block title={t("intents.examples")} lead={t("intents.examples.lead")}>
          <Sentences {...draft.bind("sentences")} entities={known?.entities ?? []} doubled={doubled} />
        </Block>
        {answered && (
          <Block title={t("intents.answer")} lead={t("bot.answer.hint")}>
            {(["fa", "en"] as const).map((lang) => (
              <AnswerField key={lang} lang={lang} {...draft.bind(lang)} />
            ))}
          </Block>
        )}
      </Form>
      {stored.used.length > 0 && (
        <Block title={t("intents.used")} lead={t("intents.used.lead")}>
          <ul class="places">
            {stored.used.map((one) => (
              <li key={one} dir="ltr">
                {one}
              </li>
            ))}
          </ul>
        </Block>
      )}
      {stored.used.length === 0 && (
        <Block title={t("intents.delete")}>
          <div>
            <button type="button" class="button button-warn" onClick={props.remove}>
              <Trash size={16} />
              {t("intents.delete.ask")}
            </button>
          </div>
        </Block>
      )}
    </Page>
  );
}

interface AnswerProps {
  lang: Locale;
  value: string;
  problem: string | null;
  onChange: (text: string) => void;
  onLeave: () => void;
}

function AnswerField({ lang, value, problem, onChange, onLeave }: AnswerProps): JSX.Element {
  return (
    <Frame label={t(`bot.answer.${lang}`)} problem={problem}>
      {(wiring) => (
        <textarea
          {...wiring}
          class="control"
          rows={3}
          dir={lang === "fa" ? "rtl" : "ltr"}
          lang={lang}
          name={lang}
          value={value}
          onInput={(event) => onChange(event.currentTarget.value)}
          onBlur={onLeave}
        />
      )}
    </Frame>
  );
}
