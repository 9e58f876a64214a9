/** The wallboard's words. Follows the `locale` signal. */
import { locale } from "../../../ui/i18n";
import { fill, type Params } from "../../i18n";
import { en } from "./en";
import { fa } from "./fa";

export type BoardKey = keyof typeof en;

const WORDS: Record<"en" | "fa", Record<BoardKey, string>> = { en, fa };

/** The sentence of a key; `a|b` is singular|plural by `n`. */
export function t(key: BoardKey, params: Params = {}): string {
  return fill(WORDS[locale.value][key], params);
}
