/** One response in both languages, with a picture of what customers get. */
import type { JSX } from "preact";
import { Close, Plus } from "../../../ui/icons";
import type { Locale } from "../../../wire/desk.types";
import { botApi } from "../botApi";
import type { BotAnswer, ReplyButton, ResponseRecord } from "../model/bot";
import type { Problems } from "../model/check";
import { ResponsePreview } from "../parts/bot/ResponsePreview";
import { Form } from "../parts/FormParts";
import { Frame, TextField } from "../parts/fields";
import { Block, LoadFailed, Page, Waiting } from "../parts/Page";
import { type Bound, type Draft, useDraft } from "../parts/useDraft";
import { useFetched } from "../parts/useFetched";
import { knowledge, useLoad } from "../store";
import { t } from "../words";

const LOCALES = ["fa", "en"] as const;
const BLANK: BotAnswer = { text: "", buttons: [], image: "" };
const MOST_BUTTONS = 10;
const PAYLOAD = /^\/\p{L}[\p{L}\p{N}_.?!-]{0,63}$/u;

/** As it is edited: flat, an answer that is not there is an empty one. */
interface ResponseForm {
  version: number;
  fa: string;
  fa_buttons: ReplyButton[];
  fa_image: string;
  en: string;
  en_buttons: ReplyButton[];
  en_image: string;
}

const FIELDS = ["fa", "fa_buttons", "fa_image", "en", "en_buttons", "en_image"] as const;

function formOf({ version, answers }: ResponseRecord): ResponseForm {
  const { fa = BLANK, en = BLANK } = answers;
  return {
    version,
    fa: fa.text,
    fa_buttons: fa.buttons,
    fa_image: fa.image,
    en: en.text,
    en_buttons: en.buttons,
    en_image: en.image,
  };
}

function answersOf(form: ResponseForm): Partial<Record<Locale, BotAnswer>> {
  const all = LOCALES.map((lang): [Locale, BotAnswer] => [
    lang,
    { text: form[lang].trim(), buttons: form[`${lang}_buttons`], image: form[`${lang}_image`].trim() },
  ]);
  return Object.fromEntries(all.filter(([, one]) => one.text || one.buttons.length > 0 || one.image));
}

function check(form: ResponseForm): Problems<ResponseForm> {
  const problems: Problems<ResponseForm> = {};
  const said = answersOf(form);
  if (!said.fa && !said.en) problems.fa = { key: "required" };
  for (const lang of LOCALES) {
    if (said[lang] && !said[lang]?.text) problems[lang] = { key: "required" };
    if (form[`${lang}_buttons`].some((one) => !one.title.trim() || !PAYLOAD.test(one.payload)))
      problems[`${lang}_buttons`] = { key: "buttons" };
    const image = form[`${lang}_image`].trim();
    if (image && !/^https:\/\/\S+$/.test(image)) problems[`${lang}_image`] = { key: "image" };
  }
  return problems;
}

export function ResponsePage({ name }: { name: string }): JSX.Element {
  useLoad(knowledge);
  const found = useFetched(() => botApi.response(name));
  if (found.data?.plain) return <ResponseEditor name={name} stored={found.data} />;
  return (
    <Page title={name} parent="responses">
      {found.data && <p class="remark is-warned">{t("error.not_plain")}</p>}
      {!found.data &&
        (found.error ? <LoadFailed error={found.error} retry={() => void found.load()} /> : <Waiting />)}
    </Page>
  );
}

function ResponseEditor({ name, stored }: { name: string; stored: ResponseRecord }): JSX.Element {
  const draft = useDraft<ResponseForm>({
    stored: formOf(stored),
    fields: FIELDS,
    check,
    latest: async () => formOf(await botApi.response(name)),
    send: async (_, whole) =>
      formOf(
        await botApi.changeResponse(name, {
          version: whole.version,
          answers: answersOf(whole),
        }),
      ),
  });
  return (
    <Page title={name} parent="responses" lead={t("responses.next")}>
      <Form draft={draft}>
        {LOCALES.map((lang) => (
          <Language key={lang} lang={lang} draft={draft} />
        ))}
      </Form>
    </Page>
  );
}

function Language({ lang, draft }: { lang: Locale; draft: Draft<ResponseForm> }): JSX.Element {
  const { bind, value } = draft;
  const text = bind(lang);
  return (
    <Block title={t(`lang.${lang}`)}>
      <div class="beside beside-preview">
        <div class="stack">
          <Frame label={t("responses.text")} problem={text.problem}>
            {(wiring) => (
              <textarea
                {...wiring}
                class="control"
                rows={4}
                dir={lang === "fa" ? "rtl" : "ltr"}
                lang={lang}
                name={lang}
                value={text.value}
                onInput={(event) => text.onChange(event.currentTarget.value)}
                onBlur={text.onLeave}
              />
            )}
          </Frame>
          <Buttons {...bind(`${lang}_buttons`)} lang={lang} />
          <TextField
            {...bind(`${lang}_image`)}
            label={t("responses.image")}
            hint={t("responses.image.hint")}
            ltr
          />
        </div>
        <ResponsePreview
          lang={lang}
          text={value[lang]}
          buttons={value[`${lang}_buttons`]}
          image={value[`${lang}_image`]}
        />
      </div>
    </Block>
  );
}

function Buttons({ lang, ...bound }: Bound<ReplyButton[]> & { lang: Locale }): JSX.Element {
  const { value, onChange } = bound;
  const intents = knowledge.data.value?.intents ?? [];
  const change = (n: number, next: ReplyButton) => onChange(value.map((one, at) => (at === n ? next : one)));
  return (
    <Frame label={t("responses.buttons")} hint={t("responses.buttons.hint")} problem={bound.problem} group>
      {() => (
        <>
          <ul class="reply-buttons">
            {value.map((one, n) => (
              <li key={n} class="control-row">
                <input
                  class="control"
                  dir="auto"
                  lang={lang}
                  maxLength={40}
                  aria-label={t("responses.button.title")}
                  placeholder={t("responses.button.title")}
                  value={one.title}
                  onInput={(event) => change(n, { ...one, title: event.currentTarget.value })}
                />
                <select
                  class="control"
                  aria-label={t("responses.button.means")}
                  value={one.payload}
                  onChange={(event) => change(n, { ...one, payload: event.currentTarget.value })}
                >
                  <option value="">{t("review.choose")}</option>
                  {!intents.some((it) => `/${it.name}` === one.payload) && one.payload && (
                    <option value={one.payload}>{one.payload}</option>
                  )}
                  {intents.map((it) => (
                    <option key={it.name} value={`/${it.name}`}>
                      {it.name}
                    </option>
                  ))}
                </select>
                <button
                  type="button"
                  class="icon-button"
                  aria-label={t("list.remove", { name: one.title })}
                  onClick={() => onChange(value.filter((_, at) => at !== n))}
                >
                  <Close size={16} />
                </button>
              </li>
            ))}
          </ul>
          {value.length < MOST_BUTTONS && (
            <button
              type="button"
              class="button"
              onClick={() => onChange([...value, { title: "", payload: "" }])}
            >
              <Plus size={16} />
              {t("responses.button.add")}
            </button>
          )}
        </>
      )}
    </Frame>
  );
}
