/** Passwords that people can read out and type. */

/** Without the letters and digits that are taken for one another. */
const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";
const GROUPS = 4;
const GROUP = 4;
export const SHORTEST_PASSWORD = 10;
export const LONGEST_PASSWORD = 256;

/** Four groups of four: 79 random bits. `random` fills bytes; the browser's own by default. */
export function makePassword(
  random: (bytes: Uint8Array<ArrayBuffer>) => void = (bytes) => crypto.getRandomValues(bytes),
): string {
  const letters: string[] = [];
  const bytes = new Uint8Array(1);
  while (letters.length < GROUPS * GROUP) {
    random(bytes);
    const at = bytes[0] ?? 255;
    // The rest of 256 by the alphabet's length is thrown away, so that every letter is as likely as the others.
    if (at < 256 - (256 % LETTERS.length)) letters.push(LETTERS[at % LETTERS.length] ?? "");
  }
  return Array.from({ length: GROUPS }, (_, n) => letters.slice(n * GROUP, (n + 1) * GROUP).join("")).join(
    "-",
  );
}
