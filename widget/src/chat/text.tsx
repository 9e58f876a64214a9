/** Words from outside, made harmless: text nodes only, links that tell nobody where they were clicked. */
import type { ComponentChild, JSX } from "preact";
import { inOrder } from "../ui/order";

const CONTROLS = /[\p{Cc}\p{Bidi_Control}]/gu;

/** A name without characters that could turn what stands beside it around. ZWNJ stays: Persian needs it. */
export const safeName = (name: string): string => name.replace(CONTROLS, "").trim();

/** Ends before the punctuation that follows an address, also Persian. */
const LINK =
  /\bhttps?:\/\/[^\s<>"'`\u00ab\u00bb\u200b-\u200f\u202a-\u202e\u2066-\u2069]+[^\s<>"'`.,;:!?)\]}\u00ab\u00bb\u060c\u061b\u061f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/gi;

/** Splits a text into words and web addresses. */
export function pieces(text: string): { text: string; href: string | null }[] {
  const out: { text: string; href: string | null }[] = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    const href = address(match[0]);
    if (!href) continue;
    if (match.index > from) out.push({ text: text.slice(from, match.index), href: null });
    out.push({ text: match[0], href });
    from = match.index + match[0].length;
  }
  if (from < text.length) out.push({ text: text.slice(from), href: null });
  return out;
}

function address(text: string): string | null {
  try {
    const url = new URL(text);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

export function Words({ text }: { text: string }): JSX.Element {
  const children: ComponentChild[] = pieces(text).map(({ text: words, href }) =>
    href ? (
      <a href={href} target="_blank" rel="nofollow noopener noreferrer" dir="ltr">
        {words}
      </a>
    ) : (
      inOrder(words)
    ),
  );
  return (
    <p class="words" dir="auto">
      {children}
    </p>
  );
}
