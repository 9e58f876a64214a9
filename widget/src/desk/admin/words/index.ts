/** The admin part's words: `t("people.title")`, `t("form.count", { n: 3 })`. Follows the `locale` signal. */
import { number } from "../../../ui/format";
import { locale } from "../../../ui/i18n";
import type { Problem } from "../model/check";
import { spanText } from "../parts/span";
import { en, type WordKey } from "./en";
import { fa } from "./fa";

export type { WordKey } from "./en";

type Params = Readonly<Record<string, string | number>>;

const WORDS: Record<"en" | "fa", Record<WordKey, string>> = { en, fa };

/** Whether there are words for a key that is put together from a code. */
export function isWord(key: string): key is WordKey {
  return Object.hasOwn(en, key);
}

/** The sentence of a key; `a|b` is singular|plural by `n`. */
export function t(key: WordKey, params: Params = {}): string {
  let text: string = WORDS[locale.value][key];
  if (typeof params.n === "number" && text.includes("|")) {
    const [one, many] = text.split("|");
    text = (new Intl.PluralRules(locale.value).select(params.n) === "one" ? one : many) ?? text;
  }
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    return value === undefined ? whole : typeof value === "number" ? number(value) : value;
  });
}

/** What was done, and that personal data was masked where there was some. */
export function withMasked(done: string, n: number): string {
  const said = done.endsWith(".") ? done : `${done}.`;
  return n > 0 ? `${said} ${t("bot.masked", { n })}` : done;
}

/** A sentence without holes in another language than the screen's: for pictures of what customers see. */
export function inLanguage(language: "en" | "fa", key: WordKey): string {
  return WORDS[language][key];
}

/** A problem of a form in words. */
export function problemText({ key, params = {} }: Problem): string {
  if (params.seconds) {
    return t("check.range.seconds", {
      least: spanText(Number(params.least)),
      most: spanText(Number(params.most)),
    });
  }
  return t(`check.${key}`, params);
}

/** A refusal of the hub in words. */
export function refusalText(code: string): string {
  const key = `error.${code}`;
  return isWord(key) ? t(key) : t("error.unknown", { code });
}
