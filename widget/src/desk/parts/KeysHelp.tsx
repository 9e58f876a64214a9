import type { JSX } from "preact";
import { dialog } from "../desk";
import { t } from "../i18n";
import { CAPS, type KeyAction } from "../state/keys";
import { Keys } from "./common";
import { Dialog } from "./Dialog";

type Line = readonly [label: string, caps: readonly string[]];

function lines(all: readonly (readonly [KeyAction, string])[]): Line[] {
  return all.map(([action, label]) => [label, CAPS[action] ?? []]);
}

function groups(): readonly (readonly [string, readonly Line[]])[] {
  const to = (name: string) => t("commands.go", { name });
  return [
    [
      t("keys.group.move"),
      lines([
        ["next", t("action.next")],
        ["previous", t("action.previous")],
        ["open", t("action.open")],
        ["back", t("keys.esc")],
        ["search", t("action.search")],
        ["newest", t("action.newest")],
        ["commands", t("rail.commands")],
        ["keys", t("rail.keys")],
      ]),
    ],
    [
      t("keys.group.act"),
      lines([
        ["take", t("action.take")],
        ["transfer", t("action.transfer")],
        ["snooze", t("action.snooze")],
        ["resolve", t("action.resolve")],
        ["handback", t("action.handback.queue")],
        ["labels", t("action.labels")],
        ["card", t("action.card")],
        ["presence", t("status.set")],
        ["online", t("status.online")],
      ]),
    ],
    [
      t("keys.group.write"),
      [
        ...lines([
          ["reply", t("action.reply")],
          ["note", t("action.note")],
        ]),
        [t("keys.toggle"), ["Tab"]],
        [t("keys.slash"), ["/"]],
        [t("keys.mention"), ["@"]],
        [t("composer.send"), ["Ctrl", "Enter"]],
      ],
    ],
    [
      t("keys.group.offer"),
      [
        ...lines([
          ["accept", t("action.accept")],
          ["decline", t("action.decline")],
        ]),
        [`${t("action.accept")} (${t("offer.anywhere")})`, ["Ctrl", "Shift", "A"]],
      ],
    ],
    [
      t("call.title"),
      lines([
        ["call.mute", t("call.mute")],
        ["call.hold", t("call.hold")],
        ["call.keypad", t("call.keypad")],
        ["call.hang_up", t("call.hang_up")],
      ]),
    ],
    [
      t("keys.group.go"),
      lines([
        ["go.inbox", to(t("tab.mine"))],
        ["go.queue", to(t("tab.queue"))],
        ["go.all", to(t("tab.all"))],
        ["go.snoozed", to(t("tab.snoozed"))],
        ["go.resolved", to(t("tab.resolved"))],
        ["go.team", to(t("rail.team"))],
        ["go.admin", to(t("rail.admin"))],
        ["go.bot", to(t("rail.bot"))],
      ]),
    ],
  ];
}

/** All keys on one page. */
export function KeysHelp(): JSX.Element {
  return (
    <Dialog
      title={t("keys.title")}
      wide
      onClose={() => {
        dialog.value = null;
      }}
    >
      <div class="keys-help">
        {groups().map(([name, all]) => (
          <section key={name}>
            <h3>{name}</h3>
            <dl>
              {all.map(([label, caps]) => (
                <div key={label}>
                  <dt>{label}</dt>
                  <dd>
                    <Keys caps={caps} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
