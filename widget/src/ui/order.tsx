/** Digits in groups, as telephones and cards have them. */
import type { JSX } from "preact";

const GROUPS = /([+(]*\p{Nd}(?:\)?[ -]?\(?\p{Nd}){6,18})/u;

/** The parts of a text, its grouped digits in the order in which they were written, in a Persian sentence, too. */
export function inOrder(text: string): (JSX.Element | string)[] {
  return text.split(GROUPS).map((part, n) => (n % 2 === 1 ? <bdi dir="ltr">{part}</bdi> : part));
}
