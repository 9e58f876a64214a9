import { locale } from "../../../ui/i18n";
import { splitSeconds } from "../model/span";

const TAGS = { fa: "fa-IR-u-nu-arabext", en: "en-GB" } as const;

/** Two minutes, 3 days: a span in its largest whole unit, in the reader's language. */
export function spanText(seconds: number): string {
  const { value, unit } = splitSeconds(seconds);
  return new Intl.NumberFormat(TAGS[locale.value], { style: "unit", unit, unitDisplay: "long" }).format(
    value,
  );
}
