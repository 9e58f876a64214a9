import type { JSX } from "preact";
import { fileSize, percent, time } from "../../ui/format";
import { Alert, Check, Checks, Clock, Download, File, Lock, Spark } from "../../ui/icons";
import type { EntryView, FileView, PartView, UnderstoodView } from "../../wire/desk.types";
import { currentId, dispatch } from "../desk";
import { errorText, t, word } from "../i18n";
import { resend } from "../link";
import { type Block, type Item, imageBox } from "../state/timeline";
import type { Pending } from "../state/types";
import { Face } from "./common";
import { Bot } from "./icons";
import { memo } from "./memo";

const IMAGES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"]);

function Attachment({ file }: { file: FileView }): JSX.Element {
  if (IMAGES.has(file.content_type) && file.url) {
    const box = imageBox(file.width, file.height);
    return (
      <a class="image" href={file.url} target="_blank" rel="noopener noreferrer" title={file.name}>
        <img
          src={file.url}
          width={box.width}
          height={box.height}
          alt={t("file.image", { name: file.name })}
          loading="lazy"
          decoding="async"
        />
      </a>
    );
  }
  const inside = (
    <>
      <span class="file-sign">
        <File size={20} />
      </span>
      <span class="file-text">
        <bdi>{file.name}</bdi>
        <small>{file.url ? fileSize(file.size) : t("file.unavailable")}</small>
      </span>
      {file.url && <Download size={16} />}
    </>
  );
  if (!file.url) return <span class="file">{inside}</span>;
  return (
    <a class="file" href={file.url} download={file.name} title={t("file.download", { name: file.name })}>
      {inside}
    </a>
  );
}

function Part({ part }: { part: PartView }): JSX.Element | null {
  if (part.type === "attachment") return part.file ? <Attachment file={part.file} /> : null;
  if (part.type === "buttons") {
    return (
      <div class="choices" role="group" aria-label={t("part.offered")}>
        {part.text && <p dir="auto">{part.text}</p>}
        {(part.buttons ?? []).map((one) => (
          <span key={one.payload} class="choice" dir="auto">
            {one.title}
          </span>
        ))}
      </div>
    );
  }
  if (part.type === "button")
    return (
      <p class="pressed" dir="auto" title={t("part.pressed")}>
        {part.text}
      </p>
    );
  if (part.type === "form" || part.type === "form_reply") {
    const values = Object.entries(part.values ?? {});
    return (
      <div class="form-part">
        <p dir="auto">{part.text ?? t("part.form")}</p>
        {values.map(([name, value]) => (
          <p key={name} class="form-value">
            <span>{word("field", name)}</span> <bdi>{value}</bdi>
          </p>
        ))}
      </div>
    );
  }
  return part.text ? (
    <p class="words" dir="auto">
      {part.text}
    </p>
  ) : null;
}

/** Whether an entry is only pictures, which need no bubble around them. */
function onlyImages(parts: readonly PartView[]): boolean {
  return (
    parts.length > 0 &&
    parts.every((part) => part.type === "attachment" && part.file?.url && IMAGES.has(part.file.content_type))
  );
}

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

function Delivery({ entry }: { entry: EntryView }): JSX.Element | null {
  const state = entry.delivery;
  if (!state || entry.author === "contact" || entry.kind !== "message") return null;
  const Sign = state === "queued" ? Clock : state === "sent" ? Check : state === "failed" ? Alert : Checks;
  const known = ["queued", "sent", "delivered", "read", "failed"].includes(state);
  const name = known ? t(`delivery.${state as "sent"}`) : state;
  return (
    <span
      class={`delivery is-${state}`}
      title={entry.delivery_reason ? `${name}: ${entry.delivery_reason}` : name}
      role="img"
      aria-label={name}
    >
      <Sign size={14} />
      {state === "failed" && <span>{name}</span>}
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
          ...(item.pending.text ? [{ type: "text" as const, text: item.pending.text }] : []),
          ...item.pending.files.map((file) => ({ type: "attachment" as const, file })),
        ];
  const waiting = item.kind === "pending" && item.pending.state === "sending";
  const at = item.kind === "entry" ? item.entry.at : item.pending.at;
  return (
    <div class={`line ${waiting ? "is-waiting" : ""}`}>
      <div class={`bubble ${onlyImages(parts) ? "is-bare" : ""}`} title={time(at)}>
        {parts.map((part, n) => (
          <Part key={n} part={part} />
        ))}
      </div>
      {item.kind === "entry" && item.entry.understood && <Understood it={item.entry.understood} />}
      {item.kind === "pending" ? (
        <PendingMark one={item.pending} />
      ) : (
        (last || item.entry.delivery === "failed") && <Delivery entry={item.entry} />
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
