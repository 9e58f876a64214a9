/** Numbers as people type them: Persian and Arabic digits count like Latin ones. */

/** Persian and Arabic-Indic digits become Latin ones; everything else stays. */
export function latin(text: string): string {
  return text.replace(/[۰-۹٠-٩]/g, (digit) => String((digit.codePointAt(0) ?? 0) & 15));
}

/** Latin digits become Persian ones. */
export function persian(text: string): string {
  return text.replace(/\d/g, (digit) => String.fromCodePoint(0x06f0 + Number(digit)));
}

/** A whole number as typed (separators of thousands are let pass), or null. */
export function wholeNumber(text: string): number | null {
  const plain = latin(text)
    .replace(/[\s,٬،_]/g, "")
    .replace(/^[−‎]*-/, "-");
  return /^-?\d{1,12}$/.test(plain) ? Number(plain) : null;
}
