import { signal } from "@preact/signals";
import type { ComponentChildren, JSX, TargetedKeyboardEvent } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { locale } from "../ui/i18n";
import * as icon from "../ui/icons";
import { asking } from "./Confirm";
import { chat, chooseLocale, chooseSound, sound, status } from "./client";
import { brandIn, config } from "./config";
import { framed, tellHost } from "./host";
import { presence } from "./presence";
import { safeName } from "./text";
import { t } from "./words";

const menu = signal(false);

export const closePanel = (): void => tellHost({ peyk: 1, type: "close" });

export function Header(): JSX.Element {
  const { convo } = chat.value;
  const { text, tone } = presence(chat.value, status.value);
  const agent =
    convo?.owner === "agent" && convo.status !== "resolved" ? safeName(convo.agent_name ?? "") : "";
  const brand = brandIn(locale.value);
  const other = locale.value === "fa" ? "en" : "fa";
  return (
    <header class="head">
      <Avatar name={agent || brand} />
      <div class="head-words">
        <h1 id="title">
          <bdi>{brand}</bdi>
        </h1>
        {/* A new element for new words: text that changes in place would count as text that moved. */}
        <p class={`presence ${tone}`} key={text}>
          <span class="dot" />
          <span>{text}</span>
        </p>
      </div>
      {config.locales.length > 1 && (
        <button
          type="button"
          class="language"
          lang={other}
          aria-label={t.value.languageLabel}
          onClick={() => chooseLocale(other)}
        >
          {t.value.language}
        </button>
      )}
      <Menu />
      {framed && (
        <button type="button" class="round" aria-label={t.value.close} onClick={closePanel}>
          <icon.Down size={22} />
        </button>
      )}
    </header>
  );
}

export function Avatar({ name }: { name: string }): JSX.Element {
  return (
    <span class="avatar" aria-hidden="true">
      {[...name.trim()][0]?.toUpperCase() ?? "·"}
    </span>
  );
}

function Menu(): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const { convo, entries, pending } = chat.value;
  const words = t.value;
  useEffect(() => {
    if (!menu.value) return;
    box.current?.querySelector<HTMLElement>("[role=menuitem]")?.focus();
    const away = (event: MouseEvent) => {
      if (!box.current?.contains(event.target as Node)) menu.value = false;
    };
    document.addEventListener("pointerdown", away);
    return () => document.removeEventListener("pointerdown", away);
  }, [menu.value]);
  const toggle = () => {
    menu.value = !menu.value;
  };
  return (
    <div class="menu-box" ref={box} onKeyDown={onMenuKey}>
      <button
        type="button"
        class="round menu-button"
        aria-haspopup="menu"
        aria-expanded={menu.value}
        aria-label={words.menu}
        onClick={toggle}
      >
        <icon.More />
      </button>
      {menu.value && (
        <div class="menu" role="menu">
          <Item onPick={() => chooseSound(!sound.value)}>
            {sound.value ? <icon.BellOff size={18} /> : <icon.Bell size={18} />}
            {sound.value ? words.soundOff : words.soundOn}
          </Item>
          {convo && convo.status !== "resolved" && (
            <Item onPick={() => ask("end")}>
              <icon.Leave size={18} />
              {words.end}
            </Item>
          )}
          {(convo !== null || entries.length > 0 || pending.length > 0) && (
            <Item onPick={() => ask("forget")} danger>
              <icon.Trash size={18} />
              {words.forget}
            </Item>
          )}
        </div>
      )}
    </div>
  );
}

function ask(what: "end" | "forget"): void {
  asking.value = what;
}

function Item(props: { onPick: () => void; danger?: boolean; children: ComponentChildren }): JSX.Element {
  const pick = () => {
    menu.value = false;
    props.onPick();
  };
  return (
    <button type="button" role="menuitem" tabIndex={-1} class={props.danger ? "danger" : ""} onClick={pick}>
      {props.children}
    </button>
  );
}

function onMenuKey(event: TargetedKeyboardEvent<HTMLDivElement>): void {
  if (!menu.value) return;
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>("[role=menuitem]")];
  const at = items.indexOf(document.activeElement as HTMLElement);
  if (event.key === "Escape" || event.key === "Tab") {
    menu.value = false;
    event.stopPropagation();
    event.currentTarget.querySelector<HTMLElement>(".menu-button")?.focus();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    items.at((at + (event.key === "ArrowDown" ? 1 : -1)) % items.length)?.focus();
  }
}
