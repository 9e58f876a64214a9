import type { JSX } from "preact";
import { percent, time } from "../../ui/format";
import { Alert, Clock, Lock, Spark } from "../../ui/icons";
import type { PartView, UnderstoodView } from "../../wire/desk.types";
import { currentId, dispatch } from "../desk";
import { errorText, t } from "../i18n";
import { resend } from "../link";
import type { Block, Item } from "../state/timeline";
import type { Pending } from "../state/types";
import { Face } from "./common";
import { Delivery, speaks } from "./Delivery";
import { Bot } from "./icons";
import { MailLine } from "./Mail";
import { memo } from "./memo";
import { onlyImages, Part } from "./Parts";

/** What the bot understood, for hover and focus. */
function Understood({ it }: { it: UnderstoodView }): JSX.Element {
  const found = [...Object.entries(it.entities ?? {})].map(([name, value]) => `${name}: ${value}`).join(", ");
  return (
    <span
      class="understood"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what shows on hover must show for the keyboard too
      tabIndex={0}
      role="note"
      aria-label={`${t("understood.title")}: ${it.intent} ${percent(it.confidence)}`}
    >
      <Spark size={13} />
      <code dir="ltr">{it.intent}</code>
      <span class="tabular">{percent(it.confidence)}</span>
      {it.runner_up && (
        <span class="understood-more">
          {t("understood.runner")}: <code dir="ltr">{it.runner_up}</code>{" "}
          {percent(it.runner_up_confidence ?? 0)}
        </span>
      )}
      {found && (
        <span class="understood-more">
          <bdi>{found}</bdi>
        </span>
      )}
    </span>
  );
}

function PendingMark({ one }: { one: Pending }): JSX.Element {
  const id = currentId.value;
  if (one.state !== "failed")
    return (
      <span
        class="delivery is-queued"
        title={t("pending.sending")}
        role="img"
        aria-label={t("pending.sending")}
      >
        <Clock size={14} />
      </span>
    );
  return (
    <span class="delivery is-failed" role="alert">
      <Alert size={14} />
      <span>{one.code ? errorText(one.code) : t("pending.failed")}</span>
      <button type="button" onClick={() => id && void resend(id, one.clientId)}>
        {t("pending.retry")}
      </button>
      <button
        type="button"
        onClick={() => id && dispatch({ do: "pending.drop", id, clientId: one.clientId })}
      >
        {t("pending.drop")}
      </button>
    </span>
  );
}

const Bubble = memo(function Bubble({ item, last }: { item: Item; last: boolean }): JSX.Element {
  const parts: readonly PartView[] =
    item.kind === "entry"
      ? (item.entry.parts ?? [])
      : [
          ...(item.pending.text
            ? [
                {
                  type: item.pending.template ? ("template" as const) : ("text" as const),
                  text: item.pending.text,
                },
              ]
            : []),
          ...item.pending.files.map((file) => ({ type: "attachment" as const, file })),
        ];
  const waiting = item.kind === "pending" && item.pending.state === "sending";
  const at = item.kind === "entry" ? item.entry.at : item.pending.at;
  const mail = parts.find((part) => part.type === "mail");
  const shown = mail ? parts.filter((part) => part !== mail) : parts;
  const old = item.kind === "entry" && item.replaced;
  return (
    <div class={`line ${waiting ? "is-waiting" : ""} ${old ? "is-replaced" : ""}`}>
      {shown.length > 0 && (
        <div class={`bubble ${onlyImages(shown) ? "is-bare" : ""}`} title={time(at)}>
          {shown.map((part, n) => (
            <Part key={n} part={part} />
          ))}
        </div>
      )}
      {old && <span class="edited">{t("entry.replaced")}</span>}
      {item.kind === "entry" && item.entry.edits && <span class="edited">{t("entry.edited")}</span>}
      {item.kind === "entry" && mail && <MailLine mail={mail} entry={item.entry} />}
      {item.kind === "entry" && item.entry.understood && <Understood it={item.entry.understood} />}
      {item.kind === "pending" ? (
        <PendingMark one={item.pending} />
      ) : (
        (last || speaks(item.entry)) && <Delivery entry={item.entry} />
      )}
    </div>
  );
});

type GroupBlock = Extract<Block, { type: "group" }>;

/** Consecutive messages of one author in one minute. */
export function Group({
  block,
  contact,
  id,
}: {
  block: GroupBlock;
  contact: string;
  id: string;
}): JSX.Element {
  const side = block.author === "contact" ? "theirs" : "ours";
  const name =
    block.author === "contact"
      ? contact
      : block.mine
        ? t("author.you")
        : block.author === "bot"
          ? t("author.bot")
          : (block.name ?? t("author.system"));
  return (
    <div class={`group is-${side} is-${block.note ? "note" : block.mine ? "mine" : block.author}`}>
      <div class="group-head">
        {block.note && <Lock size={12} />}
        {block.author === "bot" && <Bot size={14} />}
        {block.author === "contact" && <Face id={id} name={contact} size={18} />}
        <bdi class="group-name">{name}</bdi>
        {block.note && <span>{t("note.private")}</span>}
        <time class="tabular">{time(block.at)}</time>
      </div>
      {block.items.map((item, n) => (
        <Bubble
          key={item.kind === "entry" ? item.entry.seq : item.pending.clientId}
          item={item}
          last={n === block.items.length - 1}
        />
      ))}
    </div>
  );
}
