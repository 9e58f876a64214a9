import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { fileSize, number } from "../ui/format";
import * as icon from "../ui/icons";
import { isTyping, read, remember, send } from "./client";
import { config } from "./config";
import type { Upload } from "./model";
import { safeName } from "./text";
import { objection } from "./upload";
import { t } from "./words";

/** Files chosen and not yet sent, and what was wrong with others. */
const chosen = signal<File[]>([]);
const problem = signal<string | null>(null);
const MOST_FILES = 5;
/** From here on the characters left are shown. */
const NEARLY = 0.85;

/** Takes files that were picked, pasted or dropped; says in words what can't be sent. */
export function takeFiles(files: Iterable<File>): void {
  problem.value = null;
  for (const file of files) {
    const wrong = objection(file);
    const name = safeName(file.name);
    if (wrong === "too_large") problem.value = t.value.too_large(name, fileSize(config.limits.file));
    else if (wrong) problem.value = t.value[wrong](name);
    else if (chosen.value.length < MOST_FILES) chosen.value = [...chosen.value, file];
  }
}

export function focusComposer(): void {
  document.getElementById("composer")?.focus({ preventScroll: true });
}

export function Composer(): JSX.Element {
  const words = t.value;
  const [text, setText] = useState(read("draft") ?? "");
  const area = useRef<HTMLTextAreaElement>(null);
  const length = characters(text);
  const tooLong = length > config.limits.text;
  const ready = (text.trim() !== "" || chosen.value.length > 0) && !tooLong;
  useEffect(() => grow(area.current), [text]);
  const change = (next: string) => {
    setText(next);
    remember("draft", next || null);
    problem.value = null;
    if (next) isTyping();
  };
  const submit = () => {
    if (!ready) return;
    const uploads: Upload[] = chosen.value.map((file) => ({
      name: file.name,
      size: file.size,
      content_type: file.type,
      blob: file,
    }));
    send({ text: text.trim() || undefined, uploads: uploads.length > 0 ? uploads : undefined });
    chosen.value = [];
    change("");
    area.current?.focus();
  };
  const onKey = (event: KeyboardEvent) => {
    // While an input method composes, Enter chooses a word (229: Safari says so after the fact).
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    submit();
  };
  const onPaste = (event: ClipboardEvent) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0 || !config.limits.files) return;
    event.preventDefault();
    takeFiles(files);
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Tray />
      {problem.value && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
      <div class="composer-line">
        {config.limits.files && <Attach />}
        <textarea
          id="composer"
          ref={area}
          rows={1}
          dir={text ? "auto" : undefined}
          value={text}
          enterkeyhint="send"
          placeholder={words.write}
          aria-label={words.writeLabel}
          aria-describedby="left"
          aria-invalid={tooLong}
          onInput={(event) => change(event.currentTarget.value)}
          onKeyDown={onKey}
          onPaste={onPaste}
        />
        <button type="submit" class="send" aria-label={words.send} disabled={!ready}>
          <icon.Send size={22} />
        </button>
      </div>
      <Left length={length} />
    </form>
  );
}

/** As the hub counts them: code points, not halves of them. */
function characters(text: string): number {
  return text.length > config.limits.text * NEARLY ? [...text].length : text.length;
}

function Left({ length }: { length: number }): JSX.Element {
  const left = config.limits.text - length;
  const shown = length > config.limits.text * NEARLY;
  return (
    <p id="left" class={left < 0 ? "left problem" : "left"} aria-live="polite" hidden={!shown}>
      {shown && (left < 0 ? t.value.over_limit(number(-left)) : t.value.left(number(left)))}
    </p>
  );
}

function Attach(): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const hint = t.value.attachHint(fileSize(config.limits.file));
  return (
    <>
      <button
        type="button"
        class="round"
        aria-label={`${t.value.attach} (${hint})`}
        title={`${t.value.attach}\n${hint}`}
        onClick={() => input.current?.click()}
      >
        <icon.Clip size={22} />
      </button>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        tabIndex={-1}
        accept={config.limits.types.join(",")}
        onChange={(event) => {
          takeFiles(event.currentTarget.files ?? []);
          event.currentTarget.value = "";
          focusComposer();
        }}
      />
    </>
  );
}

function Tray(): JSX.Element | null {
  if (chosen.value.length === 0) return null;
  return (
    <ul class="tray">
      {chosen.value.map((file, i) => (
        <li key={`${file.name}${i}`}>
          <icon.File size={16} />
          <bdi class="file-name">{safeName(file.name)}</bdi>
          <span class="file-size">{fileSize(file.size)}</span>
          <button
            type="button"
            class="round"
            aria-label={t.value.remove(safeName(file.name))}
            onClick={() => {
              chosen.value = chosen.value.filter((one) => one !== file);
            }}
          >
            <icon.Close size={16} />
          </button>
        </li>
      ))}
    </ul>
  );
}

function grow(area: HTMLTextAreaElement | null): void {
  if (!area || CSS.supports("field-sizing", "content")) return;
  area.style.blockSize = "auto";
  area.style.blockSize = `${area.scrollHeight + 2}px`;
}
