/** The colour of words on a coloured ground. */

const DARK = "#14191f";
const DARK_LUMINANCE = 0.0095;

/** Relative luminance of "#rrggbb", 0 to 1 (WCAG 2.2); NaN for anything else. */
export function luminance(colour: string): number {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour);
  if (!hex) return Number.NaN;
  const [r = 0, g = 0, b = 0] = hex.slice(1).map((two) => {
    const c = Number.parseInt(two, 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** White or near-black, whichever reads better on a #rrggbb colour: never less than 4.2 to 1. */
export function inkOn(colour: string): "#fff" | typeof DARK {
  const ground = luminance(colour) + 0.05;
  return ground / (DARK_LUMINANCE + 0.05) > 1.05 / ground ? DARK : "#fff";
}
