/** The desk's words: `t("tab.mine")`, `t("tab.count", { n: 3 })`. Follows the `locale` signal. */
import { number } from "../../ui/format";
import { locale } from "../../ui/i18n";
import { en } from "./en";
import { fa } from "./fa";

export type Key = keyof typeof en;
export type Params = Readonly<Record<string, string | number>>;

const WORDS: Record<"en" | "fa", Record<Key, string>> = { en, fa };

/** The sentence of a key. `a|b` is singular|plural by `n`; numbers are written in the reader's digits. */
export function t(key: Key, params: Params = {}): string {
  return fill(WORDS[locale.value][key], params);
}

/** A sentence with its holes filled. */
export function fill(sentence: string, params: Params): string {
  let text = sentence;
  if (typeof params.n === "number" && text.includes("|")) {
    const [one, many] = text.split("|");
    text = (new Intl.PluralRules(locale.value).select(params.n) === "one" ? one : many) ?? text;
  }
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    return value === undefined ? whole : typeof value === "number" ? number(value) : value;
  });
}

/** A code of the server (`reason.x`, `error.x`, ...) in words; one that isn't known is shown as it came, readably. */
export function word(
  kind: "reason" | "why" | "disposition" | "break" | "channel" | "field" | "delivery.code" | "matched",
  code: string,
): string {
  const key = `${kind}.${code}`;
  return key in en ? t(key as Key) : code.replaceAll("_", " ");
}

/** What a conversation's customer is called; who has no name by what they came by. */
export function nameOf(row: { contact_name: string; channel: string }): string {
  return row.contact_name || t(row.channel === "voice" ? "row.caller" : "row.noname");
}

/** Words for a refusal of the server. */
export function errorText(code: string): string {
  const key = `error.${code === "cut" || code === "timeout" ? "link" : code}`;
  return key in en ? t(key as Key) : t("error.unknown", { code });
}

/** Words for a status like `break:lunch`. */
export function statusText(status: string): string {
  if (status.startsWith("break:")) return word("break", status.slice(6));
  const key = `status.${status}`;
  return key in en ? t(key as Key) : status;
}
