/** What this browser remembers of the reader's taste. Every value survives a reload and never leaves the browser. */
import { type Signal, signal } from "@preact/signals";

const NAME = "peyk.desk.";

function read<T>(key: string, otherwise: T): T {
  try {
    const text = localStorage.getItem(NAME + key);
    return text === null ? otherwise : (JSON.parse(text) as T);
  } catch {
    return otherwise;
  }
}

function remembered<T>(key: string, otherwise: T): Signal<T> {
  const it = signal<T>(read(key, otherwise));
  it.subscribe((value) => {
    try {
      localStorage.setItem(NAME + key, JSON.stringify(value));
    } catch {
      // A full or forbidden storage only costs the memory of a taste.
    }
  });
  return it;
}

/** `system` follows the reader's system. */
export const theme = remembered<"system" | "light" | "dark">("theme", "system");
/** Width of the list and of the side card, px. */
export const listWidth = remembered("list", 348);
export const cardWidth = remembered("card", 320);
export const cardShown = remembered("card.shown", true);
export const enterSends = remembered("enter", false);
export const offerSound = remembered("sound", true);
/** `later` until the reader answered the question about desktop notifications. */
export const notifyAnswer = remembered<"later" | "yes" | "no">("notify", "later");

/** Whether the screen is dark now. */
export function isDark(): boolean {
  return theme.value === "system"
    ? matchMedia("(prefers-color-scheme: dark)").matches
    : theme.value === "dark";
}

/** Puts the theme on the page and keeps it there. */
export function followTheme(): void {
  theme.subscribe((value) => {
    if (value === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = value;
  });
}
