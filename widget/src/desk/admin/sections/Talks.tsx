/** What happens in a conversation: questions with their answer, and forms. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { number } from "../../../ui/format";
import { Chat, Plus } from "../../../ui/icons";
import { Empty } from "../../parts/common";
import { matches } from "../model/search";
import { query, to } from "../nav";
import { QuestionDialog } from "../parts/bot/Question";
import { UndoBar } from "../parts/bot/UndoBar";
import { LoadFailed, Page, Waiting } from "../parts/Page";
import { type Column, FilterSelect, Filters, NothingFits, nameColumn, Table } from "../parts/Table";
import { botForms, knowledge, useLoad } from "../store";
import { t } from "../words";

const KINDS = ["question", "form"] as const;

interface Row {
  id: string;
  name: string;
  kind: (typeof KINDS)[number];
  about: string;
}

function columns(): Column<Row>[] {
  return [
    nameColumn(t("bot.name"), (one) => one.name),
    { key: "kind", title: t("entities.kind"), cell: (one) => t(`talks.kind.${one.kind}`) },
    { key: "about", title: t("talks.about"), cell: (one) => one.about },
  ];
}

function useRows(): Row[] | null {
  const known = knowledge.data.value;
  const forms = botForms.data.value;
  if (!known || !forms) return null;
  const questions = known.intents
    .filter((one) => one.faq)
    .map(
      (one): Row => ({
        id: `question:${one.name}`,
        name: one.name,
        kind: "question",
        about: t("bot.sentences.n", { n: one.fa + one.en }),
      }),
    );
  const made = forms.forms.map(
    (one): Row => ({
      id: `form:${one.name}`,
      name: one.name,
      kind: "form",
      about: `${one.intent} · ${t("talks.asks", { n: number(one.slots.length) })}`,
    }),
  );
  return [...made, ...questions];
}

export function Talks(): JSX.Element {
  useLoad(knowledge, botForms);
  const [asks, setAsks] = useState(false);
  const all = useRows();
  const error = knowledge.error.value ?? botForms.error.value;
  const { q = "", kind = "" } = query.value;
  const rows = (all ?? []).filter((one) => (!kind || one.kind === kind) && matches(q, one.name));
  return (
    <Page
      title={t("talks.title")}
      lead={t("talks.lead")}
      actions={
        <>
          <button type="button" class="button" onClick={() => to("talks", "form:")}>
            <Plus size={16} />
            {t("talks.new.form")}
          </button>
          <button type="button" class="button button-main" onClick={() => setAsks(true)}>
            <Plus size={16} />
            {t("talks.new.question")}
          </button>
        </>
      }
    >
      <UndoBar undone={() => void botForms.load()} />
      {!all && (error ? <LoadFailed error={error} retry={() => void botForms.load()} /> : <Waiting />)}
      {all && all.length > 0 && (
        <Filters>
          <FilterSelect
            name="kind"
            label={t("entities.kind")}
            options={KINDS.map((value) => ({ value, label: t(`talks.kind.${value}`) }))}
          />
        </Filters>
      )}
      {all?.length === 0 && (
        <Empty title={t("talks.none")} hint={t("talks.none.hint")} icon={<Chat size={24} />} />
      )}
      {all && all.length > 0 && rows.length === 0 && <NothingFits />}
      {rows.length > 0 && <Table label={t("talks.title")} section="talks" rows={rows} columns={columns()} />}
      {asks && (
        <QuestionDialog
          made={(name) => {
            setAsks(false);
            to("intents", name);
          }}
          onClose={() => setAsks(false)}
        />
      )}
    </Page>
  );
}
