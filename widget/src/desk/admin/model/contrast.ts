/** Contrast of colours, by WCAG 2.2 (relative luminance and ratio). */
import { inkOn, luminance } from "../../../ui/ink";

/** "#RRGGBB", "RRGGBB" or "#rgb" as "#rrggbb"; null when it is no colour. */
export function parseColour(text: string): string | null {
  const plain = text.trim().toLowerCase().replace(/^#?/, "#");
  if (/^#[0-9a-f]{6}$/.test(plain)) return plain;
  if (/^#[0-9a-f]{3}$/.test(plain)) return `#${[...plain.slice(1)].map((one) => one + one).join("")}`;
  return null;
}

/** The ratio of two colours "#rrggbb": 1 to 21. */
export function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

export interface AccentVerdict {
  /** The colour of words on the accent, as the chat chooses it. */
  ink: string;
  /** Of words on the accent; 4.5 is enough for everybody. */
  text: number;
  /** Of the accent against a white page; 3 is enough to see a button. */
  page: number;
  /** Poor: can hardly be seen on a page. Fair: not everybody reads it at once. */
  level: "good" | "fair" | "poor";
}

/** Whether an accent can be read and seen. */
export function judgeAccent(hex: string): AccentVerdict {
  const ink = inkOn(hex) === "#fff" ? "#ffffff" : inkOn(hex);
  const text = contrast(hex, ink);
  const page = contrast(hex, "#ffffff");
  return { ink, text, page, level: page < 1.5 ? "poor" : text < 4.5 || page < 3 ? "fair" : "good" };
}
