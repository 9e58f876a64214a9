/** One entity with where it is marked and what finds it; or a pattern, a list or a synonym with its values. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { number } from "../../../ui/format";
import { Plus, Trash } from "../../../ui/icons";
import { toast } from "../../toasts";
import { ApiError } from "../api";
import { type TermKind, type TermRecord, termId, termOf, valuesOf } from "../model/words";
import { follow, hrefOf, to } from "../nav";
import { MarkedText } from "../parts/bot/Marked";
import { NewTermDialog } from "../parts/bot/NewTerm";
import { ConfirmDialog } from "../parts/dialogs";
import { Form } from "../parts/FormParts";
import { Frame } from "../parts/fields";
import { letGo } from "../parts/guard";
import { Block, LoadFailed, Page, Waiting } from "../parts/Page";
import { useDraft } from "../parts/useDraft";
import { useFetched } from "../parts/useFetched";
import { terms, useLoad } from "../store";
import { t } from "../words";
import { wordsApi } from "../wordsApi";

const FIELDS = ["values"] as const;

export function TermPage({ id }: { id: string }): JSX.Element {
  useLoad(terms);
  const one = termOf(id) ?? { kind: "entity" as TermKind, name: id };
  const found = useFetched(() => wordsApi.term(one.kind, one.name));
  if (!found.data)
    return (
      <Page title={one.name} parent="entities">
        {found.error ? <LoadFailed error={found.error} retry={() => void found.load()} /> : <Waiting />}
      </Page>
    );
  return (
    <Page title={one.name} parent="entities" lead={t(`entities.kind.${one.kind}.hint`)}>
      {one.kind === "entity" ? <EntityView stored={found.data} /> : <ValuesForm stored={found.data} />}
      <Remove stored={found.data} />
    </Page>
  );
}

/** What finds an entity, and the sentences that mark it. */
function EntityView({ stored }: { stored: TermRecord }): JSX.Element {
  const [asks, setAsks] = useState<TermKind | null>(null);
  const known = terms.data.value ?? [];
  return (
    <>
      <Block title={t("entities.found")} lead={t("entities.found.lead")}>
        <ul class="term-ways">
          {(["regex", "lookup"] as const).map((kind) => {
            const way = known.find((one) => one.kind === kind && one.name === stored.name);
            return (
              <li key={kind}>
                <b>{t(`entities.kind.${kind}`)}</b>
                {way ? (
                  <a
                    href={hrefOf("entities", termId(way))}
                    onClick={(event) => follow(event, "entities", termId(way))}
                  >
                    {t(`entities.n.${kind}`, { n: way.values })}
                  </a>
                ) : (
                  <button type="button" class="button" onClick={() => setAsks(kind)}>
                    <Plus size={16} />
                    {t(`entities.add.${kind}`)}
                  </button>
                )}
              </li>
            );
          })}
        </ul>
      </Block>
      <Block title={t("entities.sentences")} lead={t("entities.sentences.lead")}>
        {stored.sentences.length === 0 ? (
          <p class="quiet">{t("entities.sentences.none")}</p>
        ) : (
          <ul class="readings">
            {stored.sentences.map((one) => (
              <li key={one.intent + one.text}>
                <MarkedText text={one.text} marks={one.marks} />
                <a
                  href={hrefOf("intents", one.intent)}
                  onClick={(event) => follow(event, "intents", one.intent)}
                >
                  <bdi>{one.intent}</bdi>
                </a>
              </li>
            ))}
          </ul>
        )}
      </Block>
      {asks && (
        <NewTermDialog
          kind={asks}
          name={stored.name}
          made={(one) => to("entities", termId(one))}
          onClose={() => setAsks(null)}
        />
      )}
    </>
  );
}

/** The values of a pattern, a list or a synonym, one on each line. */
function ValuesForm({ stored }: { stored: TermRecord }): JSX.Element {
  const { kind, name } = stored;
  const draft = useDraft<TermRecord>({
    stored,
    fields: FIELDS,
    tidy: (one) => ({ ...one, values: valuesOf(one.values.join("\n")) }),
    check: (one): { values?: { key: "required" } } =>
      one.values.some((value) => value.trim()) ? {} : { values: { key: "required" } },
    latest: async () => {
      try {
        return await wordsApi.term(kind, name);
      } catch (error) {
        if (error instanceof ApiError && error.code === "not_found") return null;
        throw error;
      }
    },
    send: (_, whole) => wordsApi.changeTerm(kind, name, { version: whole.version, values: whole.values }),
    saved: () => void terms.load(),
  });
  const bound = draft.bind("values");
  return (
    <Form draft={draft}>
      <Block title={t(`entities.values.${kind as "regex"}`)} lead={t("entities.lines")}>
        <Frame label={t(`entities.values.${kind as "regex"}`)} problem={bound.problem}>
          {(wiring) => (
            <textarea
              {...wiring}
              class={`control ${kind === "regex" ? "is-code" : ""}`}
              name="values"
              rows={Math.min(16, Math.max(5, bound.value.length + 1))}
              dir={kind === "regex" ? "ltr" : "auto"}
              spellcheck={false}
              value={bound.value.join("\n")}
              onInput={(event) => bound.onChange(event.currentTarget.value.split("\n"))}
              onBlur={bound.onLeave}
            />
          )}
        </Frame>
        <p class="quiet">{t("entities.count", { n: number(valuesOf(bound.value.join("\n")).length) })}</p>
      </Block>
    </Form>
  );
}

function Remove({ stored }: { stored: TermRecord }): JSX.Element {
  const [asks, setAsks] = useState(false);
  if (stored.used.length > 0)
    return (
      <Block title={t("entities.used")} lead={t("entities.used.lead")}>
        <ul class="places">
          {stored.used.map((one) => (
            <li key={one} dir="ltr">
              {one}
            </li>
          ))}
        </ul>
      </Block>
    );
  return (
    <Block title={t("intents.delete")}>
      <div>
        <button type="button" class="button button-warn" onClick={() => setAsks(true)}>
          <Trash size={16} />
          {t("entities.delete.ask")}
        </button>
      </div>
      {asks && (
        <ConfirmDialog
          title={t("intents.delete.title", { name: stored.name })}
          text={t("entities.delete.text")}
          word={stored.name}
          action={t("intents.delete")}
          run={async () => {
            const latest = await wordsApi.term(stored.kind, stored.name);
            await wordsApi.deleteTerm(stored.kind, stored.name, latest.version);
            letGo();
            to("entities");
            toast(t("intents.deleted", { name: stored.name }));
          }}
          onClose={() => setAsks(false)}
        />
      )}
    </Block>
  );
}
