import type { Locale, Role } from "../wire/desk.types";

/** What the page shell tells the desk (`<script type="application/json" id="peyk-config">`). */
export interface DeskConfig {
  csrf: string;
  me: { id: string; name: string; role: Role; locale: Locale };
  locale: Locale;
  public_url: string;
}

/** Reads the config island. Throws when the shell has none: nothing works without it. */
export function readConfig(): DeskConfig {
  const island = document.getElementById("peyk-config");
  if (!island?.textContent) throw new Error("the page has no peyk-config");
  return JSON.parse(island.textContent) as DeskConfig;
}

let config: DeskConfig | null = null;

/** The config of this page, read once. */
export function deskConfig(): DeskConfig {
  config ??= readConfig();
  return config;
}
