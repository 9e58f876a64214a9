/**
 * The script that a shop puts on its pages:
 *
 *   <script async src="https://hub/chat/shop/loader.js" data-locale="fa" data-side="end" nonce="..."></script>
 *
 * It draws one button and, when it is pressed (or about to be), the chat in an iframe. The address of the hub and the
 * inbox are read from its own `src`. Optional: `data-theme` light | dark | auto, `data-accent` a CSS colour.
 * It writes no style attributes, so `style-src` of the page may be as strict as it likes; the page needs `script-src` and
 * `frame-src` for the hub. For scripts of the page: `window.peyk.open()`, `.close()`, `.setLocale("en")`; any element with
 * the attribute `data-peyk-open` opens the chat.
 */
import type { FromApp, FromLoader } from "./messages";
import { STYLE } from "./style";

const WORDS = {
  en: { open: "Open chat", close: "Close chat", title: "Chat", unread: (n: string) => `Open chat, ${n} new` },
  fa: {
    open: "باز کردن گفتگو",
    close: "بستن گفتگو",
    title: "گفتگو",
    unread: (n: string) => `باز کردن گفتگو، ${n} پیام تازه`,
  },
};
type Locale = keyof typeof WORDS;

const PATHS = {
  bubble:
    "M12 3.5c-5 0-9 3.4-9 7.7 0 2.5 1.4 4.7 3.5 6.1-.1 1.1-.6 2.2-1.5 3.1 1.8-.1 3.4-.7 4.7-1.7.8.1 1.5.2 2.3.2 5 0 9-3.4 9-7.7s-4-7.7-9-7.7Z",
  x: "M6 9.5l6 6 6-6",
};

declare global {
  interface Window {
    peyk?: { open(): void; close(): void; setLocale(locale: string): void };
  }
}

const script = document.currentScript as HTMLScriptElement | null;
if (script && !window.peyk) {
  if (document.body) start(script);
  else addEventListener("DOMContentLoaded", () => start(script));
}

function start(me: HTMLScriptElement): void {
  const base = new URL(".", me.src);
  const inbox = base.pathname.split("/").at(-2) ?? "";
  const theme = me.dataset.theme === "light" || me.dataset.theme === "dark" ? me.dataset.theme : "auto";
  let locale: Locale = asLocale(me.dataset.locale ?? document.documentElement.lang);
  let open = false;
  let ready = false;
  let unread = 0;
  let frame: HTMLIFrameElement | null = null;

  const host = document.createElement("div");
  const shadow = host.attachShadow({ mode: "open" });
  dress(shadow, me.nonce);
  const root = make("div", `root ${me.dataset.side === "start" ? "start" : "end"} ${theme}`);
  const panel = make("div", "panel");
  const button = make("button");
  const badge = make("span", "badge");
  button.type = "button";
  button.append(drawing("bubble"), drawing("x"), badge);
  badge.hidden = true;
  panel.id = "panel";
  panel.setAttribute("role", "dialog");
  panel.inert = true;
  button.setAttribute("aria-controls", "panel");
  root.append(panel, button);
  shadow.append(root);
  // The side follows the page's direction and stays, also when the visitor changes the language in the chat.
  root.dir = locale === "fa" ? "rtl" : "ltr";
  if (me.dataset.accent) root.style.setProperty("--accent", me.dataset.accent);
  label();
  document.body.append(host);

  button.addEventListener("click", () => (open ? hide() : show()));
  for (const sign of ["pointerenter", "pointerdown", "focus"]) button.addEventListener(sign, load);
  root.addEventListener("keydown", (event) => event.key === "Escape" && open && hide());
  document.addEventListener("click", (event) => {
    if ((event.target as Element).closest?.("[data-peyk-open]")) show();
  });
  addEventListener("message", hear);
  for (const sign of ["resize", "scroll"]) window.visualViewport?.addEventListener(sign, refit);
  // Who has talked to us before may have an answer waiting: look for it once the page has nothing better to do.
  if (remembered() && !(navigator as { connection?: { saveData?: boolean } }).connection?.saveData) {
    (window.requestIdleCallback ?? setTimeout)(load);
  }
  window.peyk = {
    open: show,
    close: hide,
    setLocale(next) {
      locale = asLocale(next);
      label();
      say({ peyk: 1, type: "locale", locale });
    },
  };

  /** Puts the iframe there, hidden, if it isn't yet. */
  function load(): void {
    if (frame) return;
    frame = make("iframe");
    const hash = new URLSearchParams({ parent: location.origin, page: location.pathname, theme });
    frame.src = `${new URL(`app?locale=${locale}`, base)}#${hash}`;
    frame.referrerPolicy = "strict-origin";
    frame.title = WORDS[locale].title;
    panel.append(frame);
  }

  function show(): void {
    load();
    open = true;
    remember();
    refit();
    render();
    frame?.focus();
    say({ peyk: 1, type: "open", focus: true });
  }

  function hide(): void {
    open = false;
    render();
    button.focus();
    say({ peyk: 1, type: "closed" });
  }

  function render(): void {
    root.classList.toggle("open", open);
    panel.inert = !open;
    badge.hidden = open || unread === 0;
    badge.textContent = digits(Math.min(unread, 99));
    document.title = `${unread ? `(${digits(unread)}) ` : ""}${document.title.replace(/^\([\d۰-۹]+\) /, "")}`;
    label();
  }

  function label(): void {
    const words = WORDS[locale];
    root.lang = locale;
    panel.setAttribute("aria-label", words.title);
    if (frame) frame.title = words.title;
    button.setAttribute("aria-expanded", String(open));
    button.setAttribute(
      "aria-label",
      open ? words.close : unread ? words.unread(digits(unread)) : words.open,
    );
  }

  function hear(event: MessageEvent): void {
    if (!frame || event.source !== frame.contentWindow || event.origin !== base.origin) return;
    const message = event.data as FromApp | null;
    if (message?.peyk !== 1) return;
    if (message.type === "ready") {
      locale = asLocale(message.locale);
      if (message.accent && !me.dataset.accent) root.style.setProperty("--accent", message.accent);
      label();
      if (!ready) {
        ready = true;
        say(open ? { peyk: 1, type: "open", focus: true } : { peyk: 1, type: "closed" });
      }
    } else if (message.type === "unread") {
      unread = Math.max(0, Math.trunc(Number(message.n)) || 0);
      render();
    } else if (message.type === "close") hide();
  }

  function say(message: FromLoader): void {
    if (ready) frame?.contentWindow?.postMessage(message, base.origin);
  }

  /** On phones the sheet is as high as what the keyboard leaves. */
  function refit(): void {
    const view = window.visualViewport;
    if (!open || !view) return;
    panel.style.setProperty("--height", `${view.height}px`);
    panel.style.setProperty("--top", `${view.offsetTop}px`);
  }

  function digits(n: number): string {
    return new Intl.NumberFormat(locale === "fa" ? "fa-IR" : "en").format(n);
  }

  function remembered(): boolean {
    try {
      return localStorage.getItem(`peyk:${inbox}`) !== null;
    } catch {
      return false;
    }
  }

  function remember(): void {
    try {
      localStorage.setItem(`peyk:${inbox}`, "1");
    } catch {
      // A page without storage forgets that the chat was ever open; nothing else depends on it.
    }
  }
}

function asLocale(word: string): Locale {
  return word.startsWith("fa") ? "fa" : "en";
}

function make<K extends keyof HTMLElementTagNameMap>(name: K, className?: string): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  if (className) element.className = className;
  return element;
}

function drawing(name: keyof typeof PATHS): SVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", name);
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

function dress(shadow: ShadowRoot, nonce: string): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    shadow.adoptedStyleSheets = [sheet];
  } catch {
    const style = make("style");
    if (nonce) style.nonce = nonce;
    style.textContent = STYLE;
    shadow.append(style);
  }
}
