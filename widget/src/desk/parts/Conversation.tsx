import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { locale } from "../../ui/i18n";
import { Back, Check, Clock, More } from "../../ui/icons";
import type { Summary } from "../../wire/desk.types";
import { endTalk, goBack, reopen, take, wake } from "../actions";
import { ask } from "../board/Asking";
import { takeOver } from "../board/acts";
import {
  agents,
  cardOver,
  channels,
  current,
  currentId,
  currentOpen,
  dialog,
  freeWords,
  isMine,
  link,
  serverNow,
} from "../desk";
import { nameOf, t } from "../i18n";
import { openConversation } from "../link";
import { cardShown } from "../prefs";
import { CAPS } from "../state/keys";
import type { OpenState } from "../state/types";
import { CallBar } from "./CallBar";
import { Composer } from "./Composer";
import { ChannelGlyph, Empty, Failed, IconButton, Numeral, Skeleton } from "./common";
import { Bot, Forward, Hand, Inbox, Panel, Return, Sleep, Tag } from "./icons";
import { Menu, type MenuItem } from "./Menu";
import { canTake, canTakeOver, ownerText } from "./owner";
import { ReadOnly } from "./ReadOnly";
import { Sla } from "./Sla";
import { Timeline } from "./Timeline";
import { moment } from "./when";

/** Shows or hides the side card, whichever way it stands on this width. */
export function toggleCard(): void {
  if (matchMedia("(max-width: 1199px)").matches) cardOver.value = !cardOver.peek();
  else cardShown.value = !cardShown.peek();
}

function moreItems(row: Summary, mine: boolean): MenuItem[] {
  const items: MenuItem[] = [];
  const open = (name: NonNullable<typeof dialog.value>) => () => {
    dialog.value = name;
  };
  if (mine) {
    items.push(
      {
        key: "transfer",
        label: t("action.transfer"),
        icon: <Forward />,
        caps: CAPS.transfer,
        run: open("transfer"),
      },
      row.snoozed_until
        ? {
            key: "wake",
            label: t("action.wake"),
            icon: <Sleep />,
            caps: CAPS.snooze,
            run: () => void wake(row),
          }
        : {
            key: "snooze",
            label: t("action.snooze"),
            icon: <Sleep />,
            caps: CAPS.snooze,
            run: open("snooze"),
          },
      {
        key: "queue",
        label: t("action.handback.queue"),
        icon: <Return />,
        caps: CAPS.handback,
        apart: true,
        run: open("handback.queue"),
      },
      { key: "bot", label: t("action.handback.bot"), icon: <Bot />, run: open("handback.bot") },
    );
  }
  items.push({
    key: "labels",
    label: t("action.labels"),
    icon: <Tag />,
    caps: CAPS.labels,
    apart: mine,
    run: open("labels"),
  });
  if (mine)
    items.push({
      key: "resolve",
      label: t("action.resolve"),
      icon: <Check size={18} />,
      caps: CAPS.resolve,
      apart: true,
      run: () => endTalk(row),
    });
  if (canTake(row))
    items.push({
      key: "take",
      label: t("action.take"),
      icon: <Hand />,
      caps: CAPS.take,
      apart: true,
      run: () => void take(row),
    });
  if (canTakeOver(row))
    items.push(
      {
        key: "takeover",
        label: t("composer.takeover"),
        icon: <Hand />,
        apart: true,
        run: () => void takeOver(row),
      },
      {
        key: "give",
        label: t("action.give"),
        icon: <Forward />,
        run: () => ask({ what: "agent", conversation: row.id, fence: row.owner.fence }),
      },
    );
  if (row.status === "resolved")
    items.push({
      key: "reopen",
      label: t("action.reopen"),
      icon: <Return />,
      caps: CAPS.resolve,
      apart: true,
      run: () => void reopen(row),
    });
  return items;
}

function Head({ row }: { row: Summary }): JSX.Element {
  const [menu, setMenu] = useState(false);
  const mine = isMine.value;
  const live = link.value === "live";
  const viewers = (currentOpen.value?.viewers ?? []).map(
    (one) => agents.value.find((agent) => agent.id === one)?.name ?? one,
  );
  return (
    <header class="pane-head">
      <IconButton label={t("pane.back")} action="back" class="only-narrow" onClick={goBack}>
        <Back size={20} />
      </IconButton>
      <div class="pane-title">
        <h1>
          <bdi>{nameOf(row)}</bdi>
          <ChannelGlyph channel={row.channel} />
          <Numeral n={row.number} class="pane-number" />
        </h1>
        <p class={`pane-owner is-${row.status === "resolved" ? "done" : mine ? "mine" : row.owner.kind}`}>
          {ownerText(row, mine)}
          {row.sla && (
            <>
              {" · "}
              <Sla row={row} />
            </>
          )}
          {viewers.length > 0 && (
            <span class="pane-viewers">
              {" "}
              · {t("pane.viewers", { names: new Intl.ListFormat(locale.value).format(viewers) })}
            </span>
          )}
        </p>
      </div>
      <div class="pane-actions">
        {mine && !row.snoozed_until && (
          <>
            <IconButton
              label={t("action.transfer")}
              action="transfer"
              class="only-roomy"
              disabled={!live}
              onClick={() => {
                dialog.value = "transfer";
              }}
            >
              <Forward />
            </IconButton>
            <IconButton
              label={t("action.snooze")}
              action="snooze"
              class="only-roomy"
              disabled={!live}
              onClick={() => {
                dialog.value = "snooze";
              }}
            >
              <Sleep />
            </IconButton>
            <button
              type="button"
              class="button"
              disabled={!live}
              title={`${t("action.resolve")} (E)`}
              onClick={() => endTalk(row)}
            >
              <Check size={16} />
              <span class="only-roomy">{t("dialog.close")}</span>
            </button>
          </>
        )}
        <div class="menu-anchor">
          <IconButton label={t("pane.more")} expanded={menu} disabled={!live} onClick={() => setMenu(!menu)}>
            <More size={18} />
          </IconButton>
          {menu && (
            <Menu
              label={t("pane.more")}
              items={moreItems(row, mine)}
              place="below-end"
              onClose={() => setMenu(false)}
            />
          )}
        </div>
        <IconButton label={t("pane.card")} action="card" onClick={toggleCard}>
          <Panel />
        </IconButton>
      </div>
    </header>
  );
}

/** What one should know before one writes: the subject that the mail will have, the moment when free words end. */
function Hints({ row, open, soon }: { row: Summary; open: OpenState; soon: boolean }): JSX.Element | null {
  const subject = open.entries
    .findLast((one) => one.parts?.some((part) => part.type === "mail"))
    ?.parts?.find((part) => part.type === "mail")?.values?.subject;
  if (!soon && !subject) return null;
  return (
    <p class="write-hint">
      {subject && <bdi>{t("composer.subject", { subject })}</bdi>}
      {soon && row.reply_until && (
        <span class="is-soon">
          <Clock size={14} /> {t("composer.until", { time: moment(row.reply_until, serverNow()) })}
        </span>
      )}
    </p>
  );
}

/** What stands below the timeline. Its height is known to the toasts, which stand above it on a phone. */
function Foot({ children }: { children: ComponentChildren }): JSX.Element {
  const foot = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const { style } = document.documentElement;
    const sizes = new ResizeObserver(() =>
      style.setProperty("--foot", `${foot.current?.offsetHeight ?? 0}px`),
    );
    if (foot.current) sizes.observe(foot.current);
    return () => {
      sizes.disconnect();
      style.removeProperty("--foot");
    };
  }, []);
  return (
    <div class="write" ref={foot}>
      {children}
    </div>
  );
}

/** The conversation on the screen: head, timeline, composer; or what stands there instead. */
export function Conversation(): JSX.Element {
  const id = currentId.value;
  const row = current.value;
  const open = currentOpen.value;
  if (!id) {
    return (
      <main class="pane pane-none">
        <h1 class="visually-hidden">{t("app.title")}</h1>
        <Empty title={t("pane.empty")} hint={t("pane.empty.hint")} icon={<Inbox size={30} />} />
      </main>
    );
  }
  if (!row || !open) {
    const lost = open?.phase === "error";
    return (
      <main class="pane">
        <header class="pane-head">
          <IconButton label={t("pane.back")} class="only-narrow" onClick={goBack}>
            <Back size={20} />
          </IconButton>
        </header>
        <div class="timeline">
          {!lost ? (
            <Skeleton rows={6} kind="bubble" />
          ) : open.code === "not_found" || open.code === "forbidden" ? (
            <Empty title={t("pane.missing")} />
          ) : (
            <Failed text={t("pane.error")} retry={() => void openConversation(id)} />
          )}
        </div>
      </main>
    );
  }
  const words = freeWords.value;
  const spoken = channels.value[row.channel]?.calls ?? false;
  const answerable =
    isMine.value && !spoken && !row.snoozed_until && !row.ended_by_customer && words !== "closed";
  return (
    <main class="pane" aria-label={nameOf(row)}>
      <Head row={row} />
      <CallBar row={row} />
      <Timeline key={row.id} row={row} open={open} />
      <Foot>
        <ReadOnly row={row} />
        {answerable && <Hints row={row} open={open} soon={words === "soon"} />}
        {open.phase === "ready" && row.status !== "resolved" && (
          <Composer key={row.id} row={row} draft={open.draft} noteOnly={!answerable} />
        )}
      </Foot>
    </main>
  );
}
