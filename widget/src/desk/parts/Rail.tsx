import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { number } from "../../ui/format";
import { locale } from "../../ui/i18n";
import { Globe, Leave, More, People, Person } from "../../ui/icons";
import { goTab, signOut, switchLocale, switchTheme } from "../actions";
import { GROUPS } from "../admin/nav";
import { deskConfig } from "../config";
import { countOf, dialog, go, me, route, tab, unread } from "../desk";
import { t } from "../i18n";
import { isDark } from "../prefs";
import { CAPS, type KeyAction } from "../state/keys";
import { IconButton } from "./common";
import { Bot, Command, Inbox, Keyboard, Line, Moon, Sun, Tools } from "./icons";
import { Menu, type MenuItem } from "./Menu";
import { Presence } from "./Presence";

interface PlaceProps {
  label: string;
  action: KeyAction;
  here: boolean;
  count?: number;
  loud?: boolean;
  onClick: () => void;
  children: ComponentChildren;
}

function Place(props: PlaceProps): JSX.Element {
  const caps = CAPS[props.action]?.join(" ");
  return (
    <button
      type="button"
      class="place"
      aria-current={props.here ? "page" : undefined}
      title={`${props.label} (${caps})`}
      onClick={props.onClick}
    >
      {props.children}
      <span class="place-name">{props.label}</span>
      {props.count ? (
        <span class={`badge ${props.loud ? "badge-loud" : ""}`}>{number(Math.min(props.count, 999))}</span>
      ) : null}
    </button>
  );
}

/** Whether this person may see the team and the admin part. */
export function leads(): boolean {
  return role() === "supervisor" || role() === "admin";
}

/** Whether this person teaches the bot. */
export function teaches(): boolean {
  return role() === "bot_admin" || role() === "admin";
}

const role = () => me.value?.role ?? deskConfig().me.role;
const BOT_SECTIONS: ReadonlySet<string> = new Set(GROUPS.bot);

function tools(): MenuItem[] {
  return [
    {
      key: "commands",
      label: t("rail.commands"),
      icon: <Command />,
      caps: CAPS.commands,
      run: () => {
        dialog.value = "commands";
      },
    },
    {
      key: "keys",
      label: t("rail.keys"),
      icon: <Keyboard />,
      caps: CAPS.keys,
      run: () => {
        dialog.value = "keys";
      },
    },
    {
      key: "theme",
      label: t(isDark() ? "rail.theme.light" : "rail.theme.dark"),
      icon: isDark() ? <Sun /> : <Moon />,
      apart: true,
      run: switchTheme,
    },
    {
      key: "language",
      label: t("rail.language"),
      icon: <Globe size={18} />,
      run: () => switchLocale(locale.peek() === "fa" ? "en" : "fa"),
    },
    {
      key: "account",
      label: t("rail.account"),
      icon: <Person size={18} />,
      apart: true,
      run: () => go({ view: "admin", path: "account" }),
    },
    {
      key: "out",
      label: t("rail.sign_out"),
      icon: <Leave size={18} />,
      run: () => void signOut(),
    },
  ];
}

/** The rail: me, the places, and the tools. On a phone it is the bar at the bottom. */
export function Rail(): JSX.Element {
  const [menu, setMenu] = useState(false);
  const here = route.value;
  const inbox = here.view === "inbox";
  const atBot = here.view === "admin" && BOT_SECTIONS.has(here.path.split("/")[0] ?? "");
  return (
    <nav class="rail" aria-label={t("rail.label")}>
      <Presence />
      <Place
        label={t("rail.inbox")}
        action="go.inbox"
        here={inbox && tab.value !== "queue"}
        count={unread.value}
        loud
        onClick={() => goTab("mine")}
      >
        <Inbox size={20} />
      </Place>
      <Place
        label={t("rail.queue")}
        action="go.queue"
        here={inbox && tab.value === "queue"}
        count={countOf("queue") ?? 0}
        onClick={() => goTab("queue")}
      >
        <Line size={20} />
      </Place>
      {leads() && (
        <>
          <Place
            label={t("rail.team")}
            action="go.team"
            here={here.view === "team"}
            onClick={() => go({ view: "team" })}
          >
            <People size={20} />
          </Place>
          <Place
            label={t("rail.admin")}
            action="go.admin"
            here={here.view === "admin" && !atBot}
            onClick={() => go({ view: "admin", path: "" })}
          >
            <Tools size={20} />
          </Place>
        </>
      )}
      {teaches() && (
        <Place
          label={t("rail.bot")}
          action="go.bot"
          here={atBot}
          onClick={() => go({ view: "admin", path: "review" })}
        >
          <Bot size={20} />
        </Place>
      )}
      <span class="rail-space" />
      <div class="rail-tools">
        <IconButton
          label={t("rail.commands")}
          action="commands"
          class="rail-wide"
          onClick={() => {
            dialog.value = "commands";
          }}
        >
          <Command />
        </IconButton>
        <IconButton
          label={t(isDark() ? "rail.theme.light" : "rail.theme.dark")}
          class="rail-wide"
          onClick={switchTheme}
        >
          {isDark() ? <Sun /> : <Moon />}
        </IconButton>
        <button
          type="button"
          class="icon-button rail-wide rail-language"
          title={t("rail.language")}
          aria-label={`${locale.value === "fa" ? "En" : "فا"}, ${t("rail.language")}`}
          lang={locale.value === "fa" ? "en" : "fa"}
          onClick={() => switchLocale(locale.peek() === "fa" ? "en" : "fa")}
        >
          {locale.value === "fa" ? "En" : "فا"}
        </button>
        <div class="menu-anchor">
          <IconButton label={t("rail.menu")} expanded={menu} onClick={() => setMenu(!menu)}>
            <More size={18} />
          </IconButton>
          {menu && (
            <Menu label={t("rail.menu")} items={tools()} place="beside" onClose={() => setMenu(false)} />
          )}
        </div>
      </div>
    </nav>
  );
}
