/** Lists that are edited in place: allowed sites, and the codes that agents choose from. */
import type { JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { Close, Down, Globe, Plus } from "../../../ui/icons";
import { codeOf, parseOrigin } from "../model/check";
import { problemText, t } from "../words";
import { Frame } from "./fields";
import { Up } from "./icons";
import type { Bound } from "./useDraft";
import { Wrong } from "./Wrong";

interface AdderProps {
  label: string;
  action: string;
  ltr?: boolean;
  /** Adds what was typed; gives what is wrong with it, or null. */
  add: (text: string) => string | null;
}

/** A line to write in and a button; Enter adds and never sends the form. */
export function Adder({ label, action, ltr, add }: AdderProps): JSX.Element {
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const id = useId();
  const submit = () => {
    if (!text.trim()) return;
    const wrong = add(text);
    setProblem(wrong);
    if (!wrong) setText("");
  };
  return (
    <div class="adder">
      <div class="control-row">
        <input
          class="control"
          dir={ltr ? "ltr" : "auto"}
          aria-label={label}
          placeholder={label}
          aria-invalid={problem ? true : undefined}
          aria-describedby={problem ? id : undefined}
          autocomplete="off"
          spellcheck={false}
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setProblem(null);
          }}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.isComposing) return;
            event.preventDefault();
            submit();
          }}
        />
        <button type="button" class="button" onClick={submit}>
          <Plus size={16} />
          {action}
        </button>
      </div>
      <Wrong id={id} role="alert">
        {problem}
      </Wrong>
    </div>
  );
}

/** The sites that may show the chat. */
export function OriginsField(bound: Bound<string[]>): JSX.Element {
  const { value, readOnly } = bound;
  const add = (text: string): string | null => {
    const origin = parseOrigin(text);
    if (!origin) return problemText({ key: "origin", params: { site: text.trim() } });
    if (value.includes(origin)) return t("list.twice");
    bound.onChange([...value, origin]);
    return null;
  };
  return (
    <Frame label={t("inboxes.origins")} hint={t("inboxes.origins.hint")} problem={bound.problem} group>
      {() => (
        <>
          {value.length === 0 && <p class="remark is-warned">{t("inboxes.origins.none")}</p>}
          <ul class="items">
            {value.map((site) => (
              <li key={site}>
                <Globe size={16} />
                <span class="list-text" dir="ltr">
                  {site}
                </span>
                {!readOnly && (
                  <button
                    type="button"
                    class="icon-button"
                    aria-label={t("inboxes.origins.remove", { site })}
                    onClick={() => bound.onChange(value.filter((one) => one !== site))}
                  >
                    <Close size={16} />
                  </button>
                )}
              </li>
            ))}
          </ul>
          {!readOnly && <Adder label={t("inboxes.origins.add")} action={t("list.add")} ltr add={add} />}
        </>
      )}
    </Frame>
  );
}

interface CodesProps extends Bound<string[]> {
  label: string;
  hint: string;
  /** A code as the desk shows it. */
  say: (code: string) => string;
}

/** Codes in the order in which agents see them. */
export function CodesField({ label, hint, say, ...bound }: CodesProps): JSX.Element {
  const { value, readOnly } = bound;
  const add = (text: string): string | null => {
    const code = codeOf(text);
    if (!code) return problemText({ key: "code" });
    if (value.includes(code)) return t("list.twice");
    bound.onChange([...value, code]);
    return null;
  };
  const move = (at: number, by: number) => {
    const next = [...value];
    const [moved] = next.splice(at, 1);
    if (moved !== undefined) next.splice(at + by, 0, moved);
    bound.onChange(next);
  };
  return (
    <Frame label={label} hint={hint} problem={bound.problem} group>
      {() => (
        <>
          <ul class="items">
            {value.map((code, n) => (
              <li key={code}>
                <span class="list-text">
                  <bdi>{say(code)}</bdi>
                  {say(code) !== code.replaceAll("_", " ") && (
                    <small>
                      <bdi>{code}</bdi>
                    </small>
                  )}
                </span>
                {!readOnly && (
                  <>
                    <button
                      type="button"
                      class="icon-button"
                      aria-label={t("list.up", { name: say(code) })}
                      disabled={n === 0}
                      onClick={() => move(n, -1)}
                    >
                      <Up size={16} />
                    </button>
                    <button
                      type="button"
                      class="icon-button"
                      aria-label={t("list.down", { name: say(code) })}
                      disabled={n === value.length - 1}
                      onClick={() => move(n, 1)}
                    >
                      <Down size={16} />
                    </button>
                    <button
                      type="button"
                      class="icon-button"
                      aria-label={t("list.remove", { name: say(code) })}
                      onClick={() => bound.onChange(value.filter((one) => one !== code))}
                    >
                      <Close size={16} />
                    </button>
                  </>
                )}
              </li>
            ))}
          </ul>
          {!readOnly && <Adder label={t("list.new")} action={t("list.add")} add={add} />}
        </>
      )}
    </Frame>
  );
}
