/** Asks for a new entity, pattern, list or synonym. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { TERM_KINDS, type TermKind, valuesOf } from "../../model/words";
import { t } from "../../words";
import { wordsApi } from "../../wordsApi";
import { Ask } from "./asked";

interface NewTermProps {
  kind?: TermKind;
  name?: string;
  made: (one: { kind: TermKind; name: string }) => void;
  onClose: () => void;
}

export function NewTermDialog({ kind: asked, name: given = "", made, onClose }: NewTermProps): JSX.Element {
  const [kind, setKind] = useState<TermKind>(asked ?? "entity");
  const [name, setName] = useState(given);
  const [text, setText] = useState("");
  const values = kind === "entity" ? [] : valuesOf(text);
  return (
    <Ask
      title={t("entities.new")}
      action={t("form.create")}
      locked={!name.trim() || (kind !== "entity" && values.length === 0)}
      run={async () => {
        made(await wordsApi.createTerm({ kind, name: name.trim(), values }));
      }}
      onClose={onClose}
    >
      <label class="entry">
        <span class="entry-label">{t("entities.kind")}</span>
        <select
          class="control"
          name="kind"
          value={kind}
          onChange={(event) => setKind(event.currentTarget.value as TermKind)}
        >
          {TERM_KINDS.map((one) => (
            <option key={one} value={one}>
              {t(`entities.kind.${one}`)}
            </option>
          ))}
        </select>
        <span class="entry-hint">{t(`entities.kind.${kind}.hint`)}</span>
      </label>
      <label class="entry">
        <span class="entry-label">{t(kind === "synonym" ? "entities.means" : "bot.name")}</span>
        <input
          class="control"
          name="name"
          dir={kind === "synonym" ? "auto" : "ltr"}
          autocomplete="off"
          spellcheck={false}
          data-first
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      {kind !== "entity" && (
        <label class="entry">
          <span class="entry-label">{t(`entities.values.${kind}`)}</span>
          <textarea
            class="control"
            name="values"
            rows={5}
            dir={kind === "regex" ? "ltr" : "auto"}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          <span class="entry-hint">{t("entities.lines")}</span>
        </label>
      )}
    </Ask>
  );
}
