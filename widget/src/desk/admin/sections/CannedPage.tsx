/** One canned reply, with a preview of what the customer gets. */
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { Trash } from "../../../ui/icons";
import { deskConfig } from "../../config";
import { Empty } from "../../parts/common";
import { todayText } from "../../parts/when";
import { toast } from "../../toasts";
import { api } from "../api";
import { checkCanned } from "../model/check";
import { persian } from "../model/digits";
import type { Canned } from "../model/records";
import { cutHoles, unknownHoles, VARIABLES, type Variable } from "../model/variables";
import { to } from "../nav";
import { ChoiceField } from "../parts/choices";
import { ConfirmDialog } from "../parts/dialogs";
import { Form } from "../parts/FormParts";
import { Frame, TextField } from "../parts/fields";
import { letGo } from "../parts/guard";
import { Block, LoadFailed, Page, Waiting } from "../parts/Page";
import { type Bound, useDraft } from "../parts/useDraft";
import { canned, drop, keep, mayChange, useLoad } from "../store";
import { t } from "../words";

const FIELDS = ["shortcut", "locale", "text"] as const;
const LONGEST = 4000;
const tidy = (one: Canned): Canned => ({
  ...one,
  shortcut: one.shortcut.trim().replace(/^\//, ""),
  text: one.text.trim(),
});

export function CannedPage({ id }: { id: string }): JSX.Element {
  useLoad(canned);
  const all = canned.data.value;
  const isNew = id === "new";
  const blank: Canned = { id: "", shortcut: "", locale: deskConfig().me.locale, text: "" };
  const found = isNew ? blank : all?.find((one) => one.id === id);
  const error = canned.error.value;
  if (all && found && (!isNew || mayChange())) return <CannedForm key={id} reply={found} isNew={isNew} />;
  return (
    <Page title={t(isNew ? "canned.new" : "canned.title")} parent="canned">
      {all ? (
        <Empty title={t("admin.nowhere")} hint={t("admin.nowhere.hint")} />
      ) : error ? (
        <LoadFailed error={error} retry={() => void canned.load()} />
      ) : (
        <Waiting />
      )}
    </Page>
  );
}

function CannedForm({ reply, isNew }: { reply: Canned; isNew: boolean }): JSX.Element {
  const readOnly = !mayChange();
  const [asks, setAsks] = useState(false);
  const draft = useDraft<Canned>(
    {
      stored: reply,
      isNew,
      fields: FIELDS,
      tidy,
      check: (one) => checkCanned(one, canned.data.peek() ?? []),
      latest: isNew ? undefined : async () => (await api.canned()).find((one) => one.id === reply.id) ?? null,
      send: (changes, { id: _, ...whole }) =>
        isNew ? api.createCanned(whole) : api.changeCanned(reply.id, changes),
      saved: (stored) => {
        keep(canned, stored);
        if (!isNew) return;
        toast(t("canned.created", { name: stored.shortcut }));
        to("canned", stored.id);
      },
    },
    readOnly,
  );
  const remove = async () => {
    await api.deleteCanned(reply.id);
    letGo();
    to("canned");
    drop(canned, reply.id);
    toast(t("canned.deleted", { name: reply.shortcut }));
  };
  const { bind, value } = draft;
  return (
    <Page title={isNew ? t("canned.new") : `/${reply.shortcut}`} parent="canned">
      <Form draft={draft} readOnly={readOnly} onCancel={() => to("canned")}>
        <Block title={t("canned.call")}>
          <TextField {...bind("shortcut")} label={t("canned.shortcut")} hint={t("canned.shortcut.hint")} />
          <ChoiceField
            {...bind("locale")}
            label={t("canned.locale")}
            options={(["fa", "en"] as const).map((one) => ({ value: one, label: t(`lang.${one}`) }))}
          />
        </Block>
        <Block title={t("canned.says")}>
          <TextWithHoles {...bind("text")} lang={value.locale} />
        </Block>
        <Block title={t("canned.preview")}>
          <Preview text={value.text} locale={value.locale} />
        </Block>
      </Form>
      {!isNew && !readOnly && (
        <Block title={t("canned.delete.do")} lead={t("canned.delete.lead")}>
          <div>
            <button type="button" class="button button-warn" onClick={() => setAsks(true)}>
              <Trash size={16} />
              {t("canned.delete")}
            </button>
          </div>
        </Block>
      )}
      {asks && (
        <ConfirmDialog
          title={t("canned.delete.title", { name: reply.shortcut })}
          text={t("canned.delete.text")}
          word={reply.shortcut}
          action={t("canned.delete.do")}
          run={remove}
          onClose={() => setAsks(false)}
        />
      )}
    </Page>
  );
}

/** The text, with buttons that put variables where the caret stands. */
function TextWithHoles({ lang, ...bound }: Bound<string> & { lang: string }): JSX.Element {
  const area = useRef<HTMLTextAreaElement>(null);
  const unknown = unknownHoles(bound.value);
  const left = LONGEST - [...bound.value].length;
  const insert = (name: Variable) => {
    const box = area.current;
    if (!box) return;
    box.focus();
    box.setRangeText(`{{${name}}}`, box.selectionStart, box.selectionEnd, "end");
    bound.onChange(box.value);
  };
  return (
    <>
      <Frame
        label={t("canned.text")}
        problem={bound.problem}
        hint={left < 500 ? t("canned.left", { n: left }) : undefined}
      >
        {(wiring) => (
          <textarea
            {...wiring}
            ref={area}
            class="control"
            rows={6}
            dir="auto"
            lang={lang}
            name={bound.name}
            readOnly={bound.readOnly}
            value={bound.value}
            onInput={(event) => bound.onChange(event.currentTarget.value)}
            onBlur={bound.onLeave}
          />
        )}
      </Frame>
      {unknown.length > 0 && (
        <p class="remark is-warned" role="status">
          {t("canned.unknown", { names: unknown.join(t("word.and")) })}
        </p>
      )}
      {!bound.readOnly && (
        <div class="inserts" role="group" aria-label={t("canned.insert")}>
          {VARIABLES.map((name) => (
            <button
              key={name}
              type="button"
              class="insert"
              title={`{{${name}}}`}
              onClick={() => insert(name)}
            >
              {t(`canned.variable.${name}`)}
            </button>
          ))}
        </div>
      )}
    </>
  );
}

function Preview({ text, locale }: { text: string; locale: "fa" | "en" }): JSX.Element {
  const values: Record<string, string> = {
    "contact.name": t("canned.sample"),
    "agent.name": deskConfig().me.name,
    "conversation.number": locale === "fa" ? persian("1024") : "1024",
    today: todayText(locale, Date.now()),
  };
  if (!text.trim()) return <p class="quiet">{t("canned.preview.empty")}</p>;
  return (
    <div class="reply-preview">
      <p dir="auto" lang={locale}>
        {cutHoles(text).map((one, n) => {
          if (one.kind === "known") return <mark key={n}>{values[one.text]}</mark>;
          return one.kind === "unknown" ? (
            <mark key={n} class="is-unknown">
              {one.text}
            </mark>
          ) : (
            one.text
          );
        })}
      </p>
    </div>
  );
}
