import type { JSX } from "preact";
import { clock } from "../../ui/format";
import type { Summary } from "../../wire/desk.types";
import { extendWrapUp } from "../actions";
import { dialog, link, serverNow, tick } from "../desk";
import { t, word } from "../i18n";
import { wrapUpOf } from "./owner";

/** The talk is over: how long there is to say how it ended, and what can be done until then. */
export function WrapUp({ row, until }: { row: Summary; until: number }): JSX.Element {
  tick.value;
  const live = link.value === "live";
  const fixed = wrapUpOf(row) === "fixed";
  const over = row.ended_by_customer ? "wrap.customer" : "wrap.agent";
  return (
    <div class="readonly wrap-up" role="status">
      <p>
        {t(row.disposition ? "wrap.known" : over, {
          disposition: row.disposition ? word("disposition", row.disposition) : "",
        })}
      </p>
      <span class="wrap-up-left tabular" role="timer" aria-label={t("wrap.left")} title={t("wrap.left")}>
        {clock(until - serverNow())}
      </span>
      {!row.wrap_up_extended && (
        <button type="button" class="button" disabled={!live} onClick={() => void extendWrapUp(row)}>
          {t("wrap.extend")}
        </button>
      )}
      <button
        type="button"
        class="button button-main"
        disabled={!live}
        onClick={() => {
          dialog.value = "resolve";
        }}
      >
        {t(fixed ? "wrap.say" : "resolve.do")}
      </button>
    </div>
  );
}
