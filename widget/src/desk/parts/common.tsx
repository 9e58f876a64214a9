/** The small pieces that every part of the desk is made of. */
import type { ComponentChildren, JSX } from "preact";
import { locale } from "../../ui/i18n";
import { Chat } from "../../ui/icons";
import { t, word } from "../i18n";
import { CAPS, type KeyAction } from "../state/keys";
import { Ball, Bolt, Camera, Code, Handset, Mail, Phone, Plane } from "./icons";

/** Key caps, e.g. `Ctrl K`. Always left to right, as they stand on the keyboard. */
export function Keys({ caps }: { caps: readonly string[] }): JSX.Element {
  return (
    <span class="keys" dir="ltr" aria-hidden="true">
      {caps.map((cap) => (
        <kbd key={cap}>{cap}</kbd>
      ))}
    </span>
  );
}

interface IconButtonProps {
  label: string;
  action?: KeyAction;
  onClick: (event: MouseEvent) => void;
  children: ComponentChildren;
  pressed?: boolean;
  disabled?: boolean;
  class?: string;
  expanded?: boolean;
}

/** A button of one icon; its name and key show on hover. */
export function IconButton(props: IconButtonProps): JSX.Element {
  const caps = props.action ? CAPS[props.action] : undefined;
  return (
    <button
      type="button"
      class={`icon-button ${props.class ?? ""}`}
      aria-label={props.label}
      aria-pressed={props.pressed}
      aria-expanded={props.expanded}
      title={caps ? `${props.label} (${caps.join(" ")})` : props.label}
      disabled={props.disabled}
      onClick={props.onClick}
    >
      {props.children}
    </button>
  );
}

/** The number of a conversation without separators, in the reader's digits (or those of `customer`, for what the customer reads). */
export function plainNumber(n: number, reader: "fa" | "en" = locale.value): string {
  return new Intl.NumberFormat(reader === "fa" ? "fa-IR" : "en", { useGrouping: false }).format(n);
}

/** `#1042`: the number of a conversation, the sign always before it. */
export function Numeral({ n, class: name = "" }: { n: number; class?: string }): JSX.Element {
  return (
    <span class={`tabular ${name}`} dir="ltr">
      #{plainNumber(n)}
    </span>
  );
}

const GLYPHS: Readonly<Record<string, typeof Chat>> = {
  webchat: Chat,
  email: Mail,
  telegram: Plane,
  bale: Ball,
  whatsapp: Handset,
  messenger: Bolt,
  instagram: Camera,
  api: Code,
  call: Phone,
  voice: Phone,
};

/** The sign of a channel, with its name for readers of the screen. */
export function ChannelGlyph({ channel, size = 14 }: { channel: string; size?: number }): JSX.Element {
  const name = word("channel", channel);
  const Glyph = GLYPHS[channel] ?? Chat;
  return (
    <span class="glyph" title={name} role="img" aria-label={name}>
      <Glyph size={size} />
    </span>
  );
}

const TINTS = 6;

/** Always the same tint for the same person. */
function tint(id: string): number {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return sum % TINTS;
}

/** First letters of a name: two for names of Latin letters, one otherwise, since joined letters don't shorten to two. */
function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const first = [...(words[0] ?? "?")][0] ?? "?";
  const second = words.length > 1 ? ([...(words.at(-1) ?? "")][0] ?? "") : "";
  return /^[A-Za-z]/.test(first) ? (first + second).toUpperCase() : first;
}

/** A person as a tinted circle of initials. */
export function Face({ id, name, size = 32 }: { id: string; name: string; size?: number }): JSX.Element {
  return (
    <span
      class="face"
      data-tint={tint(id)}
      style={{ inlineSize: `${size}px`, blockSize: `${size}px`, fontSize: `${Math.round(size * 0.4)}px` }}
      aria-hidden="true"
    >
      {initials(name)}
    </span>
  );
}

/** A view with nothing in it: what that means and what to do. */
export function Empty(props: {
  title: string;
  hint?: string;
  children?: ComponentChildren;
  icon?: ComponentChildren;
}): JSX.Element {
  return (
    <div class="empty">
      {props.icon && <div class="empty-icon">{props.icon}</div>}
      <p class="empty-title">{props.title}</p>
      {props.hint && <p class="empty-hint">{props.hint}</p>}
      {props.children}
    </div>
  );
}

/** What went wrong and how to try again. */
export function Failed(props: { text: string; retry: () => void }): JSX.Element {
  return (
    <div class="empty" role="alert">
      <p class="empty-title">{props.text}</p>
      <button type="button" class="button" onClick={props.retry}>
        {t("list.retry")}
      </button>
    </div>
  );
}

/** Grey bars that stand for what is on its way; they appear after 300 ms. */
export function Skeleton({ rows, kind }: { rows: number; kind: "row" | "bubble" | "line" }): JSX.Element {
  return (
    <div class={`skeleton skeleton-${kind}`} aria-hidden="true">
      {Array.from({ length: rows }, (_, n) => (
        <div key={n}>
          <i />
          <i />
        </div>
      ))}
    </div>
  );
}
