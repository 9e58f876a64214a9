import type { JSX } from "preact";
import type { Summary } from "../../wire/desk.types";
import { reopen, take, wake } from "../actions";
import { takeOver } from "../board/acts";
import { channels, dialog, freeWords, inboxes, isMine, link, serverNow } from "../desk";
import { t } from "../i18n";
import { canTakeOver, inOrderOnly } from "./owner";
import { WrapUp } from "./WrapUp";
import { moment } from "./when";

/** The provider's time for free words is over: what still goes out, and what one waits for. */
function Closed({ row }: { row: Summary }): JSX.Element {
  const some =
    (inboxes.value[row.inbox]?.templates.length ?? 0) > 0 && channels.value[row.channel]?.templates;
  const time = moment(row.reply_until ?? 0, serverNow());
  return (
    <div class="readonly is-warning" role="status">
      <p>{t(some ? "composer.readonly.window" : "composer.readonly.window.none", { time })}</p>
      {some && (
        <button
          type="button"
          class="button button-main"
          disabled={link.value !== "live"}
          onClick={() => {
            dialog.value = "template";
          }}
        >
          {t("composer.template")}
        </button>
      )}
    </div>
  );
}

/** Why one can't answer here, and the one button that changes it. */
export function ReadOnly({ row }: { row: Summary }): JSX.Element | null {
  const live = link.value === "live";
  const button = (label: string, run: () => void) => (
    <button type="button" class="button button-main" disabled={!live} onClick={run}>
      {label}
    </button>
  );
  if (row.status === "resolved")
    return (
      <div class="readonly">
        <p>{t("composer.readonly.resolved")}</p>
        {button(t("composer.reopen"), () => void reopen(row))}
      </div>
    );
  if (isMine.value && row.snoozed_until) {
    return (
      <div class="readonly">
        <p>{t("composer.readonly.snoozed", { time: moment(row.snoozed_until, serverNow()) })}</p>
        {button(t("composer.wake"), () => void wake(row))}
      </div>
    );
  }
  if (isMine.value && row.wrap_up_until) return <WrapUp row={row} until={row.wrap_up_until} />;
  if (isMine.value && freeWords.value === "closed") return <Closed row={row} />;
  if (isMine.value) return null;
  if (row.owner.kind === "agent")
    return (
      <div class="readonly">
        <p>{t("composer.readonly.agent", { name: row.owner.agent_name ?? t("event.somebody") })}</p>
        {canTakeOver(row) && button(t("composer.takeover"), () => void takeOver(row))}
      </div>
    );
  if (row.owner.kind === "offer")
    return (
      <div class="readonly">
        <p>{t("composer.readonly.offer")}</p>
        {canTakeOver(row) && button(t("composer.takeover"), () => void takeOver(row))}
      </div>
    );
  if (inOrderOnly(row))
    return (
      <div class="readonly">
        <p>{t("composer.readonly.order")}</p>
      </div>
    );
  return (
    <div class="readonly">
      <p>{t(row.owner.kind === "bot" ? "composer.readonly.bot" : "composer.readonly.queue")}</p>
      {button(t("composer.take"), () => void take(row))}
    </div>
  );
}
