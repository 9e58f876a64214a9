/** What forms have around their fields: the bar that saves, clashes, confirmations, secrets shown once. */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Alert } from "../../../ui/icons";
import { Keys } from "../../parts/common";
import { t } from "../words";
import { Arrow } from "./icons";
import { explain, fieldText, type Line, valueText } from "./say";
import type { Draft } from "./useDraft";

const MOST_LINES = 8;

/** A form. Ctrl+S or Enter in a line saves; what will change stands in the bar before it does. */
export function Form<T extends object>(props: {
  draft: Draft<T>;
  children: ComponentChildren;
  /** What else follows from saving. */
  warning?: string | null;
  readOnly?: boolean;
  saveLabel?: string;
  /** Values that nobody may read are left out of the summary. */
  secret?: boolean;
  onCancel?: () => void;
}): JSX.Element {
  const { draft } = props;
  // Keys come between a render and its effects: they must find what was written last.
  const latest = useRef(draft);
  latest.current = draft;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      event.preventDefault();
      if (latest.current.dirty || latest.current.isNew) void latest.current.save();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  return (
    <form
      class="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (draft.dirty || draft.isNew) void draft.save();
      }}
    >
      {props.children}
      <Clashes draft={draft} />
      {!props.readOnly && <SaveBar {...props} />}
    </form>
  );
}

function SaveBar<T extends object>(props: {
  draft: Draft<T>;
  warning?: string | null;
  saveLabel?: string;
  secret?: boolean;
  onCancel?: () => void;
}): JSX.Element | null {
  const { draft } = props;
  // On a phone the summary is folded when it is long, so that the form stays in sight.
  const [roomy] = useState(() => matchMedia("(min-width: 761px) and (min-height: 620px)").matches);
  const bar = useRef<HTMLDivElement>(null);
  // The bar never lies over the field that has the focus.
  useLayoutEffect(() => {
    const focused = document.activeElement;
    const main = bar.current?.closest(".admin-main");
    if (!bar.current || !main || !focused?.closest(".form") || bar.current.contains(focused)) return;
    const hidden = focused.getBoundingClientRect().bottom + 12 - bar.current.getBoundingClientRect().top;
    if (hidden > 0) main.scrollBy({ top: hidden });
  }, [draft.dirty, draft.changes.length]);
  if (!draft.dirty && !draft.isNew && !draft.notice) return null;
  const lines =
    draft.isNew || props.secret
      ? []
      : draft.changes.flatMap((one) => explain(one.field, one.before, one.after));
  const open = roomy || lines.length <= 2;
  return (
    <div ref={bar} class="save-bar" role="region" aria-label={t("form.will")}>
      {draft.notice && (
        <p class="form-notice" role="alert" tabIndex={-1}>
          <Alert size={16} />
          {draft.notice}
        </p>
      )}
      {lines.length > 0 && (
        <details class="save-changes" open={open}>
          <summary>
            {t("form.will")}
            <span class="quiet">{t("form.count", { n: lines.length })}</span>
          </summary>
          <ChangeList lines={lines} />
        </details>
      )}
      {props.warning && (
        <p class="save-warning">
          <Alert size={16} />
          {props.warning}
        </p>
      )}
      <div class="save-row">
        <span class={`save-state ${draft.wrong > 0 ? "is-wrong" : ""}`} role="status">
          {draft.wrong > 0 ? t("form.fix", { n: draft.wrong }) : t("form.new")}
        </span>
        {draft.isNew && props.onCancel ? (
          <button type="button" class="button" onClick={props.onCancel}>
            {t("form.cancel")}
          </button>
        ) : (
          draft.dirty && (
            <button type="button" class="button" disabled={draft.saving} onClick={draft.discard}>
              {t("form.discard")}
            </button>
          )
        )}
        <button type="submit" class="button button-main" disabled={draft.saving || draft.clashes.length > 0}>
          {draft.saving
            ? t("form.saving")
            : (props.saveLabel ?? t(draft.isNew ? "form.create" : "form.save"))}
          <Keys caps={["Ctrl", "S"]} />
        </button>
      </div>
    </div>
  );
}

/** What will change, or what did. */
export function ChangeList({ lines, whole }: { lines: readonly Line[]; whole?: boolean }): JSX.Element {
  const most = whole ? lines.length : MOST_LINES;
  return (
    <dl class={`changes ${whole ? "changes-whole" : ""}`}>
      {lines.slice(0, most).map((one) => (
        <div key={one.label}>
          <dt>{one.label}</dt>
          <dd>
            {one.before !== one.after && (
              <>
                <del>
                  <span class="visually-hidden">{t("form.from")}: </span>
                  <bdi>{one.before}</bdi>
                </del>
                <Arrow size={14} />
              </>
            )}
            <ins>
              <span class="visually-hidden">{t("form.to")}: </span>
              <bdi>{one.after}</bdi>
            </ins>
          </dd>
        </div>
      ))}
      {lines.length > most && <p class="changes-more">{t("form.more", { n: lines.length - most })}</p>}
    </dl>
  );
}

function Clashes<T extends object>({ draft }: { draft: Draft<T> }): JSX.Element | null {
  if (draft.clashes.length === 0 && draft.adopted.length === 0) return null;
  return (
    <div class="clash form-notice" role="alert" tabIndex={-1}>
      {draft.clashes.length > 0 && (
        <>
          <h3>{t("clash.title")}</h3>
          <p>{t("clash.text")}</p>
          {draft.clashes.map((one) => (
            <div key={one.field} class="clash-field">
              <b>{fieldText(one.field)}</b>
              {(["mine", "theirs"] as const).map((whose) => (
                <button
                  key={whose}
                  type="button"
                  class="clash-choice"
                  onClick={() => draft.settle(one.field, whose)}
                >
                  <small>{t(`clash.${whose}`)}</small>
                  <bdi>{valueText(one.field, one[whose])}</bdi>
                </button>
              ))}
            </div>
          ))}
        </>
      )}
      {draft.adopted.length > 0 && (
        <p>
          {t("clash.adopted", {
            fields: draft.adopted.map((one) => fieldText(one.field)).join(t("word.and")),
          })}
        </p>
      )}
    </div>
  );
}
