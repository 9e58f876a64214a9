/** The pieces of a message as the timeline shows them. */
import type { JSX } from "preact";
import { fileSize } from "../../ui/format";
import { Alert, Clock, Download, File, Person, Retry } from "../../ui/icons";
import { mapLink, telLink } from "../../ui/links";
import { inOrder } from "../../ui/order";
import type { FileView, PartView } from "../../wire/desk.types";
import { retryFile } from "../actions";
import { currentId, currentOpen, link } from "../desk";
import { type Key, t, word } from "../i18n";
import { en } from "../i18n/en";
import { imageBox } from "../state/timeline";
import { transcriptOf } from "../state/transcript";
import { Pin } from "./icons";

const IMAGES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"]);

/** An attachment that isn't here: still at the provider, lost there, or erased. */
function Absent({ file }: { file: FileView }): JSX.Element {
  const coming = file.state === "coming";
  const id = currentId.value;
  return (
    <span class={`file ${coming ? "is-coming" : "is-lost"}`} role="status">
      <span class="file-sign">{coming ? <Clock size={20} /> : <Alert size={20} />}</span>
      <span class="file-text">
        <bdi>{file.name || t("file.nameless")}</bdi>
        <small>
          {coming
            ? [t("file.coming"), file.size > 0 ? fileSize(file.size) : ""].filter(Boolean).join(" · ")
            : t(file.state === "lost" ? "file.lost" : "file.unavailable")}
        </small>
        {file.state === "lost" && id && (
          <button
            type="button"
            class="file-retry"
            disabled={link.value !== "live"}
            onClick={() => void retryFile(id, file.id)}
          >
            <Retry size={13} />
            {t("file.retry")}
          </button>
        )}
      </span>
    </span>
  );
}

/** Folded while it is longer than this. */
const SHORT = 240;

/** What was said in a recording, as a machine wrote it down. */
function Words({ file }: { file: string }): JSX.Element | null {
  const found = transcriptOf(currentOpen.value?.entries ?? [], file);
  if (!found) return null;
  const { outcome, text, locale } = found;
  if (outcome !== "written") return <small>{t(`sound.words.${outcome}`)}</small>;
  const language = `card.language.${locale}` as Key;
  return (
    <details class="sound-words" open={text.length <= SHORT}>
      <summary>{t("sound.words", { language: language in en ? t(language) : locale })}</summary>
      <p dir="auto" lang={locale}>
        {text}
      </p>
    </details>
  );
}

/** A recording that can be listened to here, or taken along. */
function Sound({ file, url }: { file: FileView; url: string }): JSX.Element {
  return (
    <div class="sound">
      {/* biome-ignore lint/a11y/useMediaCaption: what was said stands below, if anybody wrote it down */}
      <audio controls preload="none" src={url} aria-label={t("file.sound", { name: file.name })} />
      <a href={url} download={file.name}>
        <bdi>{file.name}</bdi> · {fileSize(file.size)}
      </a>
      <small>{t("file.sound.noted")}</small>
      <Words file={file.id} />
    </div>
  );
}

function Attachment({ file }: { file: FileView }): JSX.Element {
  if (!file.url) return <Absent file={file} />;
  if (IMAGES.has(file.content_type)) {
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
  if (["audio/wav", "audio/mpeg"].includes(file.content_type)) return <Sound file={file} url={file.url} />;
  return (
    <a class="file" href={file.url} download={file.name} title={t("file.download", { name: file.name })}>
      <span class="file-sign">
        <File size={20} />
      </span>
      <span class="file-text">
        <bdi>{file.name}</bdi>
        <small>{fileSize(file.size)}</small>
      </span>
      <Download size={16} />
    </a>
  );
}

/** A place as a plain link: no map is loaded from anywhere. */
function Location({ part }: { part: PartView }): JSX.Element {
  const link = mapLink(part.values);
  const inside = (
    <>
      <span class="file-sign">
        <Pin size={20} />
      </span>
      <span class="file-text">
        <bdi>{part.text || t("part.location")}</bdi>
        {link && (
          <small dir="ltr" class="tabular">
            {link.words}
          </small>
        )}
      </span>
    </>
  );
  if (!link) return <span class="file">{inside}</span>;
  return (
    <a
      class="file"
      href={link.href}
      target="_blank"
      rel="noopener noreferrer"
      title={t("part.location.open")}
    >
      {inside}
    </a>
  );
}

/** Somebody's card, as the customer shared it. */
function SharedContact({ part }: { part: PartView }): JSX.Element {
  const { name, phone } = part.values ?? {};
  const href = telLink(phone);
  return (
    <span class="file">
      <span class="file-sign">
        <Person size={20} />
      </span>
      <span class="file-text">
        <bdi>{name || part.text || t("part.contact")}</bdi>
        {phone &&
          (href ? (
            <a class="tel" href={href} dir="ltr">
              {phone}
            </a>
          ) : (
            <small dir="ltr">{phone}</small>
          ))}
      </span>
    </span>
  );
}

/** One piece of a message. A mail's surroundings stand under the bubble: see `MailLine`. */
export function Part({ part }: { part: PartView }): JSX.Element | null {
  if (part.type === "attachment") return part.file ? <Attachment file={part.file} /> : null;
  if (part.type === "location") return <Location part={part} />;
  if (part.type === "contact") return <SharedContact part={part} />;
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
  if (!part.text) return null;
  return (
    <>
      {part.type === "template" && <small class="template-mark">{t("part.template")}</small>}
      <p class="words" dir="auto">
        {inOrder(part.text)}
      </p>
    </>
  );
}

/** Whether an entry is only pictures, which need no bubble around them. */
export function onlyImages(parts: readonly PartView[]): boolean {
  return (
    parts.length > 0 &&
    parts.every((part) => part.type === "attachment" && part.file?.url && IMAGES.has(part.file.content_type))
  );
}
