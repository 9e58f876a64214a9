import type { JSX } from "preact";
import { fileSize, time } from "../ui/format";
import * as icon from "../ui/icons";
import { mapLink, telLink } from "../ui/links";
import type { FileView, PartView } from "../wire/webchat.types";
import { discard, progress, retry, send } from "./client";
import { Avatar } from "./Header";
import type { BubbleRow, Mark } from "./rows";
import { buttonsOf } from "./rows";
import { safeName, Words } from "./text";
import { refusal, t } from "./words";

export function Bubble({ row }: { row: BubbleRow }): JSX.Element {
  const mine = row.author === "contact";
  const name = nameOf(row);
  const classes = ["row", mine ? "mine" : "theirs", row.first && "first", row.last && "last", row.mark ?? ""];
  // The hub repeats a form's message as a text, for those who read only texts.
  const reply = row.parts.some((part) => part.type === "form_reply");
  const shown = row.parts.filter(
    ({ type }) => type !== "buttons" && type !== "form" && !(reply && type === "text"),
  );
  return (
    <div class={classes.filter(Boolean).join(" ")}>
      {!mine && row.first && (
        <div class="who">
          {row.author === "bot" ? (
            <span class="avatar small bot" aria-hidden="true">
              <icon.Spark size={14} />
            </span>
          ) : (
            <Avatar name={name} />
          )}
          <bdi>{name}</bdi>
        </div>
      )}
      <span class="visually-hidden">{t.value.says(name)}</span>
      {shown.length > 0 && (
        <div class="bubble">
          {shown.map((part, i) => (
            <Part key={i} part={part} share={row.mark === "sending" ? progress.value[row.key] : undefined} />
          ))}
        </div>
      )}
      <Chips row={row} />
      <Foot row={row} />
    </div>
  );
}

export function nameOf(row: BubbleRow): string {
  if (row.author === "contact") return t.value.you;
  return safeName(row.name ?? "") || (row.author === "bot" ? t.value.assistant : t.value.colleague);
}

function Part({ part, share }: { part: PartView; share: number | undefined }): JSX.Element | null {
  if (part.type === "attachment" && part.file) return <Attachment file={part.file} share={share} />;
  if (part.type === "form_reply") return <FormReply values={part.values ?? {}} />;
  if (part.type === "location") return <Shared text={part.text} link={mapLink(part.values)} />;
  if (part.type === "contact") return <Card part={part} />;
  if (part.type === "mail") return null;
  return part.text ? <Words text={part.text} /> : null;
}

const PICTURES = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/** A place that somebody shared: a link, never a picture from elsewhere. */
function Shared({
  text,
  link,
}: {
  text: string | undefined;
  link: ReturnType<typeof mapLink>;
}): JSX.Element | null {
  const words = safeName(text ?? "") || link?.words;
  if (!words) return null;
  if (!link) return <Words text={words} />;
  return (
    <a class="words" href={link.href} target="_blank" rel="noopener noreferrer nofollow">
      <bdi>{words}</bdi>
    </a>
  );
}

function Card({ part }: { part: PartView }): JSX.Element {
  const { name = "", phone = "" } = part.values ?? {};
  const href = telLink(phone);
  return (
    <p class="words">
      <bdi>{safeName(name || part.text || "")}</bdi>{" "}
      {href ? (
        <a href={href} dir="ltr">
          {safeName(phone)}
        </a>
      ) : (
        <bdi>{safeName(phone)}</bdi>
      )}
    </p>
  );
}

function Attachment({ file, share }: { file: FileView; share: number | undefined }): JSX.Element {
  const name = safeName(file.name);
  if (file.url && PICTURES.includes(file.content_type) && file.width && file.height) {
    const { width, height } = fitted(file.width, file.height);
    return (
      <a class="picture" href={file.url} target="_blank" rel="noopener noreferrer">
        <img src={file.url} alt={name} width={width} height={height} loading="lazy" decoding="async" />
      </a>
    );
  }
  const inside = (
    <>
      <icon.File size={22} />
      <span class="file-words">
        <bdi class="file-name">{name}</bdi>
        <span class="file-size">{fileSize(file.size)}</span>
      </span>
      {share !== undefined && share < 1 && <progress max={1} value={share} aria-label={t.value.sending} />}
    </>
  );
  if (!file.url) return <div class="file">{inside}</div>;
  return (
    <a class="file" href={file.url} target="_blank" rel="noopener noreferrer" download={name}>
      {inside}
      <icon.Download size={18} />
    </a>
  );
}

/** The size on the screen, known before the picture is there, so that nothing moves when it comes. */
function fitted(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(1, 232 / width, 260 / height);
  return { width: Math.max(48, Math.round(width * scale)), height: Math.max(32, Math.round(height * scale)) };
}

function FormReply({ values }: { values: Record<string, string> }): JSX.Element {
  const labels: Record<string, string> = {
    name: t.value.name,
    email: t.value.email,
    message: t.value.message,
  };
  return (
    <dl class="reply">
      {Object.entries(values).map(([key, value]) => (
        <div key={key}>
          <dt>{labels[key] ?? key}</dt>
          <dd dir="auto">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Chips({ row }: { row: BubbleRow }): JSX.Element | null {
  const buttons = buttonsOf(row.parts);
  if (buttons.length === 0) return null;
  return (
    <ul class="chips">
      {buttons.map(({ title, payload }) => (
        <li key={payload}>
          <button
            type="button"
            dir="auto"
            class={row.pressed === title ? "chip pressed" : "chip"}
            disabled={!row.live}
            onClick={() => send({ button: payload, text: title })}
          >
            {title}
          </button>
        </li>
      ))}
    </ul>
  );
}

function Foot({ row }: { row: BubbleRow }): JSX.Element | null {
  if (row.mark === "failed") {
    return (
      <div class="foot problem">
        <icon.Alert size={14} />
        <span>
          {t.value.failed}: {refusal(row.error)}
        </span>
        <button type="button" class="link" onClick={() => retry(row.key)}>
          {t.value.retry}
        </button>
        <button type="button" class="link" onClick={() => discard(row.key)}>
          {t.value.discard}
        </button>
      </div>
    );
  }
  if (!row.last) return null;
  return (
    <div class="foot">
      <time dateTime={new Date(row.at).toISOString()}>{time(row.at)}</time>
      {row.mark && <Ticks mark={row.mark} />}
    </div>
  );
}

function Ticks({ mark }: { mark: Exclude<Mark, "failed"> }): JSX.Element {
  const label = t.value[mark];
  const Icon = mark === "sending" ? icon.Clock : mark === "sent" ? icon.Check : icon.Checks;
  return (
    <span class={`ticks ${mark}`} role="img" aria-label={label} title={label}>
      <Icon size={14} />
    </span>
  );
}
