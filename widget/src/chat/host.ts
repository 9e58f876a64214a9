/** The talk with the loader on the shop's page. Without one (the page opened by itself) the chat is simply open. */
import { signal } from "@preact/signals";
import type { FromApp, FromLoader } from "../loader/messages";
import { config } from "./config";

const hash = new URLSearchParams(location.hash.slice(1));

/** The shop's origin, if the shop may hold us; the browser's own word for it where there is one. */
const parentOrigin = findParent();

function findParent(): string | null {
  if (window.parent === window) return null;
  const told = location.ancestorOrigins?.[0] ?? hash.get("parent") ?? "";
  return config.origins.includes(told) || told === location.origin ? told : null;
}

/** The shop's page that the visitor is on, without what follows the question mark. */
export const page = parentOrigin ? `${parentOrigin}${hash.get("page") ?? ""}`.slice(0, 500) : null;

export const framed = window.parent !== window;
export const open = signal(!framed);
export const theme = hash.get("theme") ?? "auto";

export function tellHost(message: FromApp): void {
  if (parentOrigin) window.parent.postMessage(message, parentOrigin);
}

/** Hears the loader; calls `onOpen` each time the panel opens. */
export function hearHost(onOpen: (focus: boolean) => void, onLocale: (locale: "fa" | "en") => void): void {
  addEventListener("message", (event) => {
    if (event.source !== window.parent || event.origin !== parentOrigin) return;
    const message = event.data as FromLoader | null;
    if (message?.peyk !== 1) return;
    if (message.type === "open") {
      open.value = true;
      onOpen(message.focus === true);
    } else if (message.type === "closed") open.value = false;
    else if (message.type === "locale") onLocale(message.locale === "fa" ? "fa" : "en");
  });
}
