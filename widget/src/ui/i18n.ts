/**
 * Two languages, checked by the compiler: a dictionary whose Persian half lacks a sentence does not build.
 *
 *   const t = dictionary({ en: { hello: "Hello", place: (n: string) => `Number ${n}` }, fa: { ... } });
 *   <p>{t.value.hello}</p>          // follows `locale`, a signal
 */
import { computed, type ReadonlySignal, signal } from "@preact/signals";

export type Locale = "fa" | "en";

/** The same keys and the same functions, with any words. */
export type SameWords<T> = {
  [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends (...args: infer A) => string
      ? (...args: A) => string
      : SameWords<T[K]>;
};

/** The language of this screen. Change it with `setLocale`. */
export const locale = signal<Locale>("en");

export function isLocale(value: unknown): value is Locale {
  return value === "fa" || value === "en";
}

/** Sets the language of the screen and the direction of the page. */
export function setLocale(next: Locale): void {
  locale.value = next;
  document.documentElement.lang = next;
  document.documentElement.dir = next === "fa" ? "rtl" : "ltr";
}

/** Words in both languages, as a signal that follows `locale`. */
export function dictionary<T extends object>(both: {
  en: T;
  fa: SameWords<T>;
}): ReadonlySignal<SameWords<T>> {
  return computed(() => both[locale.value] as SameWords<T>);
}
