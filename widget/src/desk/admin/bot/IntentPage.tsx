/** One intent: its sentences in both languages, and its answer where it has one of its own. */
import type { JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { Alert } from "../../../ui/icons";
import { toast } from "../../toasts";
import { ApiError } from "../api";
import { to } from "../nav";
import { ConfirmDialog } from "../parts/dialogs";
import { Block, LoadFailed, Page, Waiting } from "../parts/Page";
import { refusalText, t } from "../words";
import { botApi, type Intent, type Lang } from "./api";
import { answersOf, atFault, draftOf, sentencesOf } from "./model";
import { useLoaded } from "./parts";

const LANGS: readonly Lang[] = ["fa", "en"];

export function IntentPage({ id }: { id: string }): JSX.Element {
  if (id.startsWith("new:")) return <Editor intent={null} reload={async () => {}} />;
  return <Known id={id} />;
}

function Known({ id }: { id: string }): JSX.Element {
  const loaded = useLoaded(() => botApi.intent(id), id);
  if (loaded.data) return <Editor intent={loaded.data} reload={loaded.again} />;
  return (
    <Page title={id} parent="intents">
      {loaded.error ? <LoadFailed error={loaded.error} retry={() => void loaded.again()} /> : <Waiting />}
    </Page>
  );
}

function Editor({ intent, reload }: { intent: Intent | null; reload: () => Promise<void> }): JSX.Element {
  const [draft, setDraft] = useState(() => draftOf(intent));
  const [seen, setSeen] = useState(intent);
  const [busy, setBusy] = useState(false);
  const [asks, setAsks] = useState(false);
  const [refusal, setRefusal] = useState<{ code: string; text: string | null } | null>(null);
  const hasAnswer = intent === null || intent.faq;
  const save = async () => {
    const sentences = sentencesOf(draft, seen);
    setBusy(true);
    setRefusal(null);
    try {
      const body = { sentences, answers: hasAnswer ? answersOf(draft) : {} };
      const saved = seen
        ? await botApi.changeIntent(seen.name, {
            ...body,
            version: seen.version,
            answer_version: seen.answer_version,
          })
        : await botApi.makeIntent({ ...body, name: draft.name.trim() });
      setSeen(saved);
      setDraft(draftOf(saved));
      toast(t("intents.saved"));
      if (!seen) to("intents", saved.name);
    } catch (error) {
      const known = error instanceof ApiError ? error : new ApiError("unknown");
      setRefusal({ code: known.code, text: atFault(known.place, sentences) });
    } finally {
      setBusy(false);
    }
  };
  // What was typed stays: only the version becomes the present one, and the other's sentences are joined in.
  const join = async () => {
    if (!seen) return;
    const theirs = await botApi.intent(seen.name);
    const theirDraft = draftOf(theirs);
    const both = (lang: Lang) =>
      [...new Set([...theirDraft.lines[lang].split("\n"), ...draft.lines[lang].split("\n")])]
        .filter(Boolean)
        .join("\n");
    setDraft({ ...draft, lines: { fa: both("fa"), en: both("en") } });
    setSeen(theirs);
    setRefusal(null);
  };
  return (
    <Page title={intent?.name ?? t("intents.new")} parent="intents">
      <form
        class="intent-form"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        {intent === null && (
          <Block title={t("intents.name")} lead={t("intents.name.hint")}>
            <input
              class="control"
              dir="ltr"
              required
              aria-label={t("intents.name")}
              pattern="[A-Za-z][A-Za-z0-9_]*"
              maxLength={64}
              value={draft.name}
              onInput={(event) => setDraft({ ...draft, name: event.currentTarget.value })}
            />
          </Block>
        )}
        <Block title={t("intents.sentences")} lead={t("intents.sentences.hint")}>
          {LANGS.map((lang) => (
            <Lines
              key={lang}
              lang={lang}
              label={t(`lang.${lang}`)}
              rows={10}
              value={draft.lines[lang]}
              set={(text) => setDraft({ ...draft, lines: { ...draft.lines, [lang]: text } })}
            />
          ))}
        </Block>
        {hasAnswer ? (
          <Block title={t("intents.answer")} lead={t("intents.answer.hint")}>
            {LANGS.map((lang) => (
              <Lines
                key={lang}
                lang={lang}
                label={t(`lang.${lang}`)}
                rows={3}
                value={draft.answers[lang]}
                set={(text) => setDraft({ ...draft, answers: { ...draft.answers, [lang]: text } })}
              />
            ))}
          </Block>
        ) : (
          <p class="page-lead">{t("intents.rules", { n: intent.used.length })}</p>
        )}
        {refusal && (
          <div class="entry-problem" role="alert">
            <Alert size={15} />
            <span>
              {refusalText(refusal.code)} {refusal.text && <bdi dir="auto">«{refusal.text}»</bdi>}
            </span>
            {refusal.code === "changed_meanwhile" && (
              <button type="button" class="button" onClick={() => void join()}>
                {t("intents.join")}
              </button>
            )}
          </div>
        )}
        <div class="intent-foot">
          <button type="submit" class="button button-main" disabled={busy}>
            {t("intents.save")}
          </button>
          {seen && seen.used.length === 0 && (
            <button type="button" class="button button-warn" onClick={() => setAsks(true)}>
              {t("intents.remove")}
            </button>
          )}
        </div>
      </form>
      {asks && seen && (
        <ConfirmDialog
          title={t("intents.remove")}
          text={t("intents.remove.text")}
          word={seen.name}
          action={t("intents.remove")}
          run={async () => {
            await botApi.removeIntent(seen.name, seen.version);
            to("intents");
          }}
          onClose={() => {
            setAsks(false);
            void reload();
          }}
        />
      )}
    </Page>
  );
}

function Lines(props: {
  lang: Lang;
  label: string;
  rows: number;
  value: string;
  set: (text: string) => void;
}): JSX.Element {
  const id = useId();
  return (
    <div class="entry">
      <label class="entry-label" for={id}>
        {props.label}
      </label>
      <textarea
        id={id}
        class="control"
        lang={props.lang}
        dir={props.lang === "fa" ? "rtl" : "ltr"}
        rows={props.rows}
        value={props.value}
        onInput={(event) => props.set(event.currentTarget.value)}
      />
    </div>
  );
}
