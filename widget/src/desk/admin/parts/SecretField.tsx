/** Secrets in forms: typed once, never shown again; and those that the hub makes itself. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Check } from "../../../ui/icons";
import type { SecretValue } from "../model/channel";
import { t } from "../words";
import { Frame } from "./fields";
import { Key } from "./icons";
import type { Bound } from "./useDraft";

interface SecretProps extends Bound<SecretValue> {
  label: string;
  hint?: string;
  required: boolean;
  /** It may have several lines, as keys in PEM form do. */
  long: boolean;
  /** What stands in the store. */
  stored: SecretValue["secret"];
}

/** A secret: set, replaced by what is typed, or removed. */
export function SecretField(props: SecretProps): JSX.Element {
  const { value, stored, label, readOnly } = props;
  const [opened, setOpened] = useState(false);
  const box = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const writes = opened || (stored !== "set" && !readOnly);
  useEffect(() => {
    if (opened) box.current?.focus();
  }, [opened]);
  // After saving, what was typed is what is set.
  useEffect(() => {
    if (value.secret === "set") setOpened(false);
  }, [stored, value.secret]);
  const keep = () => {
    setOpened(false);
    props.onChange({ secret: stored, text: "" });
  };
  const type = (text: string) =>
    props.onChange(text ? { secret: "new", text } : { secret: stored, text: "" });
  const hint =
    value.secret === "unreadable" ? <span class="is-warned">{t("secret.is_lost")}</span> : props.hint;
  if (!writes) {
    return (
      <Frame label={label} hint={hint} problem={props.problem} group>
        {() => (
          <div class="secret-line">
            <span class="secret-state">
              <Key size={16} />
              {t(
                value.secret === "none"
                  ? stored === "set"
                    ? "secret.removed"
                    : "secret.none"
                  : "secret.is_set",
              )}
            </span>
            {!readOnly && value.secret === "set" && (
              <>
                <button
                  type="button"
                  class="button"
                  aria-label={t("secret.replace.of", { field: label })}
                  onClick={() => setOpened(true)}
                >
                  {t("secret.replace")}
                </button>
                {!props.required && (
                  <button
                    type="button"
                    class="button"
                    aria-label={t("secret.remove.of", { field: label })}
                    onClick={() => props.onChange({ secret: "none", text: "" })}
                  >
                    {t("secret.remove")}
                  </button>
                )}
              </>
            )}
            {!readOnly && value.secret === "none" && stored === "set" && (
              <button type="button" class="button" onClick={keep}>
                {t("secret.keep")}
              </button>
            )}
          </div>
        )}
      </Frame>
    );
  }
  return (
    <Frame label={label} hint={hint} problem={props.problem}>
      {(wiring) => {
        const shared = {
          ...wiring,
          ref: box,
          class: "control",
          name: props.name,
          value: value.text,
          dir: "ltr" as const,
          autocomplete: "off" as const,
          spellcheck: false,
          onInput: (event: { currentTarget: { value: string } }) => type(event.currentTarget.value),
          onBlur: props.onLeave,
        };
        return (
          <div class="secret-line">
            {props.long ? <textarea {...shared} rows={3} /> : <input {...shared} type="password" />}
            {stored === "set" && (
              <button type="button" class="button" onClick={keep}>
                {t("secret.keep")}
              </button>
            )}
          </div>
        );
      }}
    </Frame>
  );
}

interface MadeProps {
  label: string;
  hint?: string;
  /** It is there already. */
  made: boolean;
  /** Makes a new one; left out for who may only look. */
  onAgain?: () => void;
  /** Something else has to be saved first. */
  held: boolean;
}

/** A secret of the hub's own. */
export function MadeField(props: MadeProps): JSX.Element {
  return (
    <Frame label={props.label} hint={props.hint} problem={null} group>
      {() => (
        <div class="secret-line">
          <span class="secret-state">
            {props.made ? <Check size={16} /> : <Key size={16} />}
            {t(props.made ? "secret.made" : "secret.unmade")}
          </span>
          {props.made && props.onAgain && (
            <button
              type="button"
              class="button"
              aria-label={t("secret.again.of", { field: props.label })}
              title={props.held ? t("secret.again.held") : undefined}
              disabled={props.held}
              onClick={props.onAgain}
            >
              {t("secret.again")}
            </button>
          )}
        </div>
      )}
    </Frame>
  );
}
