/** What a channel can't do, in figures. Pure. */
import type { ChannelView, Summary, TemplateView } from "../../wire/desk.types";

/** How long before its end a window is worth a word, ms. */
const SOON_MS = 2 * 3_600_000;

/** How long a channel takes a text to be. */
export function textSize(text: string, unit: ChannelView["text_unit"]): number {
  if (unit === "utf16") return text.length;
  return unit === "utf8" ? new TextEncoder().encode(text).length : [...text].length;
}

/** In how many messages a text goes out at least. */
export function pieces(text: string, channel: ChannelView | undefined): number {
  const size = channel ? textSize(text.trim(), channel.text_unit) : 0;
  return channel && size > 0 ? Math.ceil(size / channel.max_text) : 1;
}

/** Whether free words may still be sent, and whether that ends soon. */
export function windowState(row: Summary, now: number): "open" | "soon" | "closed" {
  const until = row.reply_until;
  if (until === undefined) return "open";
  if (now > until) return "closed";
  return until - now < SOON_MS ? "soon" : "open";
}

/** Why a file can't go out: there is no room for any, or it is larger than this many bytes. */
export function fileLimit(channel: ChannelView | undefined, most: number): number {
  if (!channel) return most;
  return channel.attachments ? Math.min(most, channel.max_attachment ?? most) : 0;
}

/** A template with its blanks filled in, as the customer will see it; an empty blank stays as it is. */
export function filledText(one: TemplateView, values: readonly string[]): string {
  return one.text.replace(
    /\{\{\s*(\w{1,40})\s*\}\}/g,
    (blank, name: string) => values[one.blanks.indexOf(name)]?.trim() || blank,
  );
}
