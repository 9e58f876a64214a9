/** Filters of the tables: what is typed is compared as people read it, and stands in the address. */

/** Letters in one form: no case, Persian and Arabic ya and kaf alike, no ZWNJ, no diacritics, Latin digits. */
export function fold(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{M}/gu, "")
    .replace(/[يى]/g, "ی")
    .replace(/ك/g, "ک")
    .replace(/\u200c/g, "")
    .replace(/[۰-۹٠-٩]/g, (digit) => String((digit.codePointAt(0) ?? 0) & 15));
}

/** Whether every word of the query stands somewhere in the texts. */
export function matches(query: string, ...texts: string[]): boolean {
  const whole = fold(texts.join(" "));
  return fold(query)
    .split(/\s+/)
    .every((word) => whole.includes(word));
}

/** The query of an address as a record, without empty values. */
export function readQuery(search: string): Record<string, string> {
  return Object.fromEntries([...new URLSearchParams(search)].filter(([, value]) => value !== ""));
}

/** A record as the query of an address: "?a=b", or "" when nothing is set. */
export function writeQuery(values: Readonly<Record<string, string>>): string {
  const text = new URLSearchParams(Object.entries(values).filter(([, value]) => value !== "")).toString();
  return text ? `?${text}` : "";
}
