/** What the server tells the page about its inbox: the JSON island `peyk-config` of `templates/chat.html`. */
import { isLocale, type Locale } from "../ui/i18n";

export interface Config {
  inbox: string;
  /** The name in the header, one for all languages or one for each. */
  brand: string | Partial<Record<Locale, string>>;
  accent: string | null;
  locales: Locale[];
  default_locale: Locale;
  /** Origins that may hold this page in a frame. */
  origins: string[];
  limits: {
    /** Characters of a message. */
    text: number;
    /** Bytes of a file. */
    file: number;
    /** Whether files are taken. */
    files: boolean;
    /** What is taken: MIME types, `image/*` or `.pdf`. The hub looks at the bytes and has the last word. */
    types: string[];
  };
  /** First words to offer before anything is said. */
  starters: Partial<Record<Locale, string[]>> | null;
}

const KINDS = [
  ...["image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"],
  ...[".txt", ".csv", ".log", ".md", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".zip", ".ogg"],
];

/** Reads the island; a missing field gets a default, so that an older server still works. */
export function readConfig(text: string): Config {
  const raw = JSON.parse(text) as Partial<Config> & { name?: string };
  const locales = (raw.locales ?? []).filter(isLocale);
  return {
    inbox: raw.inbox ?? "",
    brand: raw.brand || raw.name || "Peyk",
    accent: raw.accent || null,
    locales: locales.length > 0 ? locales : ["fa", "en"],
    default_locale: isLocale(raw.default_locale) ? raw.default_locale : "en",
    origins: raw.origins ?? [],
    limits: {
      text: raw.limits?.text ?? 4000,
      file: raw.limits?.file ?? 10 * 1024 * 1024,
      files: raw.limits?.files ?? true,
      types: raw.limits?.types ?? KINDS,
    },
    starters: raw.starters ?? null,
  };
}

export const config: Config = readConfig(document.getElementById("peyk-config")?.textContent || "{}");

/** Addresses beside this page: /chat/{inbox}/... */
export const beside = (path: string): string => new URL(path, location.href.split(/[?#]/)[0]).href;

export const brandIn = (locale: Locale): string =>
  typeof config.brand === "string"
    ? config.brand
    : (config.brand[locale] ?? Object.values(config.brand)[0] ?? "");

export { inkOn } from "../ui/ink";
