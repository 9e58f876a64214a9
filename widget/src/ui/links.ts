/** Links made of what customers share: a place, a phone number. Pure; null for what is none. */

/** A place on the map as a link that one may follow, and its coordinates in words. */
export function mapLink(values: Record<string, string> | undefined): { href: string; words: string } | null {
  const latitude = degrees(values?.latitude, 90);
  const longitude = degrees(values?.longitude, 180);
  if (latitude === null || longitude === null) return null;
  const at = `${latitude}/${longitude}`;
  return {
    href: `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=17/${at}`,
    words: `${latitude}, ${longitude}`,
  };
}

function degrees(text: string | undefined, most: number): string | null {
  const value = text && /^[+-]?\d{1,3}(\.\d{1,15})?$/.test(text) ? Number(text) : Number.NaN;
  return Math.abs(value) <= most ? String(Math.round(value * 1e6) / 1e6) : null;
}

/** A phone number that one may call, digits of any script. */
export function telLink(phone: string | undefined): string | null {
  const digits = (phone ?? "")
    .normalize("NFKC")
    .replace(/[\u06f0-\u06f9\u0660-\u0669]/g, (digit) => String((digit.codePointAt(0) ?? 0) & 0xf));
  const number = digits.replace(/[\s()./-]/g, "");
  return /^\+?\d{3,15}$/.test(number) ? `tel:${number}` : null;
}
