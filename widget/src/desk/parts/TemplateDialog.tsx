import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Summary, TemplateView } from "../../wire/desk.types";
import { write } from "../actions";
import { dialog, inboxes, isMine, link } from "../desk";
import { t } from "../i18n";
import { filledText } from "../state/channel";
import { plainNumber } from "./common";
import { Dialog } from "./Dialog";
import { Foot } from "./Dialogs";

const close = () => {
  dialog.value = null;
};

/** A template's name as a person reads it. */
function title(one: TemplateView): string {
  return `${one.name.replaceAll("_", " ")} (${one.language})`;
}

/** A blank as a person reads it: its number, or its name. */
function blankName(name: string): string {
  return /^\d+$/.test(name) ? plainNumber(Number(name)) : name.replaceAll("_", " ");
}

/** Sends a prepared message of the inbox: which one, what fills its blanks, and how the customer will see it. */
export function TemplateDialog({ row }: { row: Summary }): JSX.Element {
  const all = inboxes.value[row.inbox]?.templates ?? [];
  const best = Math.max(
    0,
    all.findIndex((one) => one.language.startsWith(row.locale)),
  );
  const [at, setAt] = useState(best);
  const [values, setValues] = useState<readonly string[]>([]);
  const one = all[at];
  const blanks = (one?.blanks ?? []).map((_, n) => values[n] ?? "");
  const ready = one && blanks.every((value) => value.trim() !== "") && isMine.value && link.value === "live";
  const run = () => {
    if (!one || !ready) return;
    const filled = blanks.map((value) => value.trim());
    close();
    write(row.id, "message", filledText(one, filled), [], [], {
      name: one.name,
      language: one.language,
      values: filled,
    });
  };
  return (
    <Dialog title={t("template.title")} onClose={close}>
      {!one ? (
        <p class="quiet">{t("template.none")}</p>
      ) : (
        <>
          <label class="field">
            <span>{t("template.search")}</span>
            <select
              data-first=""
              value={at}
              onChange={(event) => {
                setAt(Number(event.currentTarget.value));
                setValues([]);
              }}
            >
              {all.map((it, n) => (
                <option key={`${it.name} ${it.language}`} value={n}>
                  {title(it)}
                </option>
              ))}
            </select>
          </label>
          {blanks.map((value, n) => (
            <label key={n} class="field">
              <span>{t("template.value", { name: blankName(one.blanks[n] ?? "") })}</span>
              <input
                type="text"
                dir="auto"
                maxLength={1000}
                value={value}
                onInput={(event) => {
                  const next = [...blanks];
                  next[n] = event.currentTarget.value;
                  setValues(next);
                }}
                onKeyDown={(event) => {
                  if (event.key === "Enter" && !event.isComposing) run();
                }}
              />
            </label>
          ))}
          <div class="field">
            <span>{t("template.preview")}</span>
            <p class="template-preview" dir="auto">
              {filledText(one, blanks)}
            </p>
          </div>
        </>
      )}
      <Foot label={t("template.do")} run={run} disabled={!ready} />
    </Dialog>
  );
}
