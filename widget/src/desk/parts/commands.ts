/** What the command bar can do, for the state as it is when it opens. */
import { locale } from "../../ui/i18n";
import {
  accept,
  decline,
  endTalk,
  goTab,
  markForBot,
  openRow,
  reopen,
  setStatus,
  signOut,
  switchLocale,
  switchTheme,
  take,
  transfer,
  wake,
} from "../actions";
import { doCall, muted } from "../calling";
import {
  agents,
  current,
  currentOpen,
  dialog,
  focusComposer,
  focusFilter,
  go,
  goNewest,
  inboxes,
  isMine,
  me,
  merging,
  offers,
  queues,
  rows,
  settings,
} from "../desk";
import { nameOf, t, word } from "../i18n";
import { offerSound } from "../prefs";
import { callControls } from "../state/call";
import { fold } from "../state/composer";
import { CAPS, type KeyAction } from "../state/keys";
import { TABS } from "../state/lists";
import { toggleCard } from "./Conversation";
import { canTake } from "./owner";
import { teaches } from "./Rail";

export interface CommandItem {
  key: string;
  group: string;
  label: string;
  hint?: string;
  caps?: readonly string[];
  run: () => void;
}

type Ask = NonNullable<typeof dialog.value>;
const show = (name: Ask) => () => {
  // The bar closes first and gives the focus back; the dialog opens after it.
  queueMicrotask(() => {
    dialog.value = name;
  });
};

function ofConversation(): CommandItem[] {
  const row = current.value;
  if (!row) return [];
  const group = t("commands.group.conversation");
  const item = (action: KeyAction, label: string, run: () => void, key: string = action): CommandItem => ({
    key,
    group,
    label,
    caps: CAPS[action],
    run,
  });
  const items: CommandItem[] = [];
  if (isMine.value) {
    items.push(
      item("reply", t("action.reply"), () => {
        focusComposer.value = { note: false };
      }),
      item("transfer", t("action.transfer"), show("transfer")),
      row.snoozed_until
        ? item("snooze", t("action.wake"), () => void wake(row))
        : item("snooze", t("action.snooze"), show("snooze")),
      item("resolve", t("action.resolve"), () => endTalk(row)),
      item("handback", t("action.handback.queue"), show("handback.queue")),
      { key: "handback.bot", group, label: t("action.handback.bot"), run: show("handback.bot") },
    );
  }
  if (isMine.value && (inboxes.value[row.inbox]?.templates.length ?? 0) > 0)
    items.push({ key: "template", group, label: t("action.template"), run: show("template") });
  if (canTake(row)) items.push(item("take", t("action.take"), () => void take(row)));
  if (row.status === "resolved") items.push(item("resolve", t("action.reopen"), () => void reopen(row)));
  else
    items.push(
      item("note", t("action.note"), () => {
        focusComposer.value = { note: true };
      }),
    );
  const asked = currentOpen.value?.entries.findLast(
    (one) => one.author === "contact" && one.kind === "message",
  );
  if (asked)
    items.push({
      key: "mark",
      group,
      label: t("action.mark"),
      run: () => void markForBot(row.id, asked.seq),
    });
  if (teaches())
    items.push({
      key: "pin",
      group,
      label: t("action.pin"),
      run: () => go({ view: "admin", path: `stories/${encodeURIComponent(`new:${row.id}`)}` }),
    });
  items.push(
    item("labels", t("action.labels"), show("labels")),
    {
      key: "merge",
      group,
      label: t("action.merge"),
      run: () => {
        merging.value = null;
        show("merge")();
      },
    },
    item("card", t("action.card"), toggleCard),
    item("newest", t("action.newest"), () => {
      goNewest.value++;
    }),
  );
  return items;
}

/** What can be done with my live call: the buttons of its bar, and the numbers that can be dialled. */
function ofCall(): CommandItem[] {
  const row = current.value;
  if (!row?.call) return [];
  const group = t("call.title");
  const params = { third: row.third ?? "", caller: nameOf(row) };
  const { acts, others } = callControls(row, isMine.value, muted.value);
  return [
    ...acts.map((one) => ({
      key: `call.${one}`,
      group,
      label: t(row.call === "conference" && one === "back" ? "call.remove" : `call.${one}`, params),
      run: () => void doCall(row, one),
    })),
    ...(others
      ? [
          { key: "call.consult", group, label: t("dial.consult"), run: show("dial.consult") },
          { key: "call.send_on", group, label: t("call.send_on"), run: show("dial.send_on") },
        ]
      : []),
  ];
}

function ofOffers(): CommandItem[] {
  const offer = offers.value[0];
  if (!offer) return [];
  const group = t("keys.group.offer");
  const name = nameOf(offer.conversation);
  return [
    {
      key: "accept",
      group,
      label: `${t("action.accept")}: ${name}`,
      caps: CAPS.accept,
      run: () => void accept(offer),
    },
    {
      key: "decline",
      group,
      label: `${t("action.decline")}: ${name}`,
      caps: CAPS.decline,
      run: () => void decline(offer),
    },
  ];
}

function places(): CommandItem[] {
  const group = t("commands.group.go");
  const leads = me.value?.role === "supervisor" || me.value?.role === "admin";
  const tabKey: Record<string, KeyAction> = {
    mine: "go.inbox",
    queue: "go.queue",
    all: "go.all",
    snoozed: "go.snoozed",
    resolved: "go.resolved",
  };
  return [
    ...TABS.map((one) => ({
      key: `tab.${one}`,
      group,
      label: t("commands.go", { name: t(`tab.${one}`) }),
      caps: CAPS[tabKey[one] ?? "go.inbox"],
      run: () => goTab(one),
    })),
    ...(leads
      ? [
          {
            key: "team",
            group,
            label: t("commands.go", { name: t("rail.team") }),
            caps: CAPS["go.team"],
            run: () => go({ view: "team" }),
          },
          {
            key: "admin",
            group,
            label: t("commands.go", { name: t("rail.admin") }),
            caps: CAPS["go.admin"],
            run: () => go({ view: "admin", path: "" }),
          },
        ]
      : []),
    ...(teaches()
      ? [
          {
            key: "bot",
            group,
            label: t("commands.go", { name: t("rail.bot") }),
            caps: CAPS["go.bot"],
            run: () => go({ view: "admin", path: "review" }),
          },
        ]
      : []),
    {
      key: "filter",
      group,
      label: t("action.search"),
      caps: CAPS.search,
      run: () => {
        focusFilter.value++;
      },
    },
    { key: "keys", group, label: t("rail.keys"), caps: CAPS.keys, run: show("keys") },
  ];
}

function ofMe(): CommandItem[] {
  const group = t("commands.group.me");
  const status = (key: string, name: string, run: () => void, caps?: readonly string[]) => ({
    key: `status.${key}`,
    group,
    label: t("commands.status", { name }),
    caps,
    run,
  });
  return [
    status("online", t("status.online"), () => void setStatus("online"), CAPS.online),
    ...settings.value.break_reasons.map((reason) =>
      status(
        reason,
        `${t("status.break")} · ${word("break", reason)}`,
        () => void setStatus("break", reason),
      ),
    ),
    status("finishing", t("status.finishing"), () => void setStatus("finishing")),
    status("offline", t("status.offline"), () => void setStatus("offline")),
    { key: "theme", group, label: t("commands.theme"), run: switchTheme },
    {
      key: "language",
      group,
      label: t("commands.language"),
      run: () => switchLocale(locale.peek() === "fa" ? "en" : "fa"),
    },
    {
      key: "sound",
      group,
      label: t(offerSound.value ? "commands.sound.off" : "commands.sound.on"),
      run: () => {
        offerSound.value = !offerSound.peek();
      },
    },
    { key: "account", group, label: t("rail.account"), run: () => go({ view: "admin", path: "account" }) },
    { key: "out", group, label: t("rail.sign_out"), run: () => void signOut() },
  ];
}

function targets(): CommandItem[] {
  const row = current.value;
  if (!row || !isMine.value) return [];
  const group = t("commands.group.conversation");
  return [
    ...agents.value
      .filter((one) => one.id !== me.value?.id && one.status === "online")
      .map((one) => ({
        key: `to.${one.id}`,
        group,
        label: t("commands.transfer.to", { name: one.name }),
        run: () => void transfer(row, { agent: one.id, name: one.name }, ""),
      })),
    ...queues.value.map((one) => ({
      key: `to.${one.id}`,
      group,
      label: t("commands.transfer.to", { name: one.name }),
      run: () => void transfer(row, { queue: one.id, name: one.name }, ""),
    })),
  ];
}

function jumps(): CommandItem[] {
  const group = t("commands.group.jump");
  return [...rows.value.values()].map((row) => ({
    key: `open.${row.id}`,
    group,
    label: `#${row.number} ${nameOf(row)}`,
    hint: row.last_text,
    run: () => openRow(row.id),
  }));
}

/** All commands: what fits now first. Jumps to conversations come only with a query. */
export function commands(): readonly CommandItem[] {
  return [...ofOffers(), ...ofCall(), ...ofConversation(), ...places(), ...ofMe(), ...targets(), ...jumps()];
}

/** Commands whose words all stand in what was typed, best first; without a query the ones that fit now. */
export function findCommands(all: readonly CommandItem[], query: string, most = 40): readonly CommandItem[] {
  const words = fold(query).split(/\s+/).filter(Boolean);
  if (words.length === 0)
    return all.filter((one) => !one.key.startsWith("open.") && !one.key.startsWith("to."));
  const found = all.flatMap((one) => {
    const text = fold(`${one.label} ${one.hint ?? ""}`);
    const score = scoreOf(text, words);
    return score === null ? [] : [{ one, score }];
  });
  return found
    .sort((a, b) => a.score - b.score)
    .slice(0, most)
    .map((it) => it.one);
}

function scoreOf(text: string, words: readonly string[]): number | null {
  let score = 0;
  for (const word_ of words) {
    const at = text.indexOf(word_);
    if (at < 0) return null;
    score += at === 0 ? 0 : /\s|#/.test(text[at - 1] ?? "") ? 1 : 3;
  }
  return score;
}
