import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { percent } from "../../ui/format";
import { Alert, Clip, Close, File as FileSign, Lock, Send } from "../../ui/icons";
import type { CannedView, Draft, Summary } from "../../wire/desk.types";
import { write } from "../actions";
import { agents, channels, focusComposer, link, me, serverNow, settings } from "../desk";
import { draftOf, keepDraft, saveDraft } from "../drafts";
import { nameOf, t, word } from "../i18n";
import { enterSends } from "../prefs";
import { pieces } from "../state/channel";
import { charsLeft, complete, fillVariables, mentionsIn, sends } from "../state/composer";
import { CannedMenu, MentionMenu } from "./ComposerMenus";
import { IconButton, plainNumber } from "./common";
import { hint, menuKey, openMenu, signalTyping } from "./composing";
import { Quick } from "./icons";
import { useFiles } from "./useFiles";
import { todayText } from "./when";

interface ComposerProps {
  row: Summary;
  draft: Draft | null;
  /** Only notes may be written: the conversation isn't mine to answer. */
  noteOnly: boolean;
}

/** Where replies and notes are written. Mount it with the conversation's id as key. */
export function Composer({ row, draft, noteOnly }: ComposerProps): JSX.Element {
  const field = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const kept = draftOf(row.id) ?? draft;
  const [text, setText] = useState(kept?.text ?? "");
  const [note, setNote] = useState(kept?.note ?? false);
  const [touched, setTouched] = useState(false);
  const [caret, setCaret] = useState(0);
  const [closedAt, setClosedAt] = useState<number | null>(null);
  const [at, setAt] = useState(0);
  const [dropping, setDropping] = useState(false);
  const files = useFiles(row.channel);
  const typedAt = useRef(0);
  const isNote = note || noteOnly;
  const live = link.value === "live";
  const left = charsLeft(text, settings.value.max_text);
  const channel = channels.value[row.channel];
  const parcels = isNote ? 1 : pieces(text, channel);
  const ready = files.all.filter((one) => one.file);
  const canSend = live && left >= 0 && !files.busy && (text.trim() !== "" || (!isNote && ready.length > 0));

  const open = openMenu(text, caret, isNote, row, closedAt);

  // The server's draft may come after the first drawing; it fills the field only while nobody has typed.
  useEffect(() => {
    if (draft && !touched && text === "") {
      setText(draft.text);
      setNote(draft.note);
    }
  }, [draft]);
  useEffect(() => () => saveDraft(row.id), []);
  // Before the paint: whoever presses R and writes on at once loses no letter.
  useLayoutEffect(() => {
    const asked = focusComposer.value;
    if (!asked) return;
    focusComposer.value = null;
    setNote(asked.note || (isNote && text.trim() !== ""));
    field.current?.focus();
  }, [focusComposer.value]);
  useEffect(() => setAt(0), [open?.trigger.query, open?.kind]);
  useLayoutEffect(() => {
    const it = field.current;
    // Where the style sheet's `field-sizing` does it, measuring here would only cost a layout per key.
    if (!it || CSS.supports("field-sizing", "content")) return;
    it.style.blockSize = "auto";
    it.style.blockSize = `${Math.min(it.scrollHeight, 240)}px`;
  }, [text]);

  const change = (next: string, place: number, asNote = isNote) => {
    setText(next);
    setCaret(place);
    setTouched(true);
    // What was begun as a note stays one when the conversation becomes mine meanwhile: nothing private slips out.
    if (noteOnly && next) setNote(true);
    keepDraft(row.id, { text: next, note: asNote });
    signalTyping(row.id, !asNote && next.trim() !== "", typedAt);
  };
  const place = (next: { text: string; caret: number }) => {
    change(next.text, next.caret);
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(next.caret, next.caret);
    });
  };
  const fill = (one: CannedView) =>
    fillVariables(one.text, {
      "contact.name": nameOf(row),
      "agent.name": me.value?.name ?? "",
      "conversation.number": plainNumber(row.number, row.locale),
      today: todayText(row.locale, serverNow()),
    });
  const pick = (n: number) => {
    if (open?.kind === "canned" && open.found[n]) place(complete(text, open.trigger, fill(open.found[n])));
    if (open?.kind === "mention" && open.found[n])
      place(complete(text, open.trigger, `@${open.found[n].name} `));
  };
  const toggle = () => {
    if (noteOnly) return;
    setNote(!isNote);
    keepDraft(row.id, { text, note: !isNote });
    if (!isNote) signalTyping(row.id, false, typedAt);
  };
  const send = () => {
    if (!canSend) return;
    const views = isNote ? [] : ready.flatMap((one) => (one.file ? [one.file] : []));
    write(
      row.id,
      isNote ? "note" : "message",
      text.trim(),
      views,
      isNote ? mentionsIn(text, agents.peek()) : [],
    );
    change("", 0);
    saveDraft(row.id);
    if (!isNote) files.clear();
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (open && menuKey(event, open.found.length, at, setAt, pick, () => setClosedAt(open.trigger.from)))
      return;
    if (sends(event, enterSends.value)) {
      event.preventDefault();
      send();
    } else if (event.key === "Tab" && !event.shiftKey && !event.ctrlKey && !event.altKey && !noteOnly) {
      event.preventDefault();
      toggle();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      field.current?.blur();
    }
  };

  return (
    <div
      class={`composer ${noteOnly ? "is-aside" : ""} ${isNote ? "is-note" : ""} ${dropping ? "is-dropping" : ""}`}
      onDragOver={(event) => {
        if (isNote || !event.dataTransfer?.types.includes("Files")) return;
        event.preventDefault();
        setDropping(true);
      }}
      onDragLeave={() => setDropping(false)}
      onDrop={(event) => {
        event.preventDefault();
        setDropping(false);
        if (!isNote) files.add(event.dataTransfer?.files ?? []);
      }}
    >
      {open?.kind === "canned" && (
        <CannedMenu
          found={open.found}
          at={at}
          query={open.trigger.query}
          preview={fill}
          pick={(one) => pick(open.found.indexOf(one))}
          hover={setAt}
        />
      )}
      {open?.kind === "mention" && open.found.length > 0 && (
        <MentionMenu found={open.found} at={at} pick={(one) => pick(open.found.indexOf(one))} hover={setAt} />
      )}
      <div class="composer-modes" role="radiogroup" aria-label={t("composer.mode")}>
        {!noteOnly && (
          <button
            type="button"
            role="radio"
            aria-checked={!isNote}
            class="mode"
            onClick={() => isNote && toggle()}
          >
            {t("composer.reply")}
          </button>
        )}
        <button
          type="button"
          role="radio"
          aria-checked={isNote}
          class="mode mode-note"
          onClick={() => !isNote && toggle()}
        >
          <Lock size={13} />
          {t("composer.note")}
        </button>
        {parcels > 1 && left >= 0 && (
          <span class="composer-left tabular" role="status">
            {t("composer.pieces", { n: parcels })}
          </span>
        )}
        {left < 300 && (
          <span class={`composer-left tabular ${left < 0 ? "is-over" : ""}`} role="status">
            {left < 0 ? t("composer.over", { n: -left }) : t("composer.left", { n: left })}
          </span>
        )}
      </div>
      <textarea
        ref={field}
        dir="auto"
        rows={1}
        value={text}
        placeholder={hint(row, isNote)}
        aria-label={isNote ? t("composer.note") : t("composer.reply")}
        aria-controls={open ? "complete" : undefined}
        aria-activedescendant={open ? `complete-${at}` : undefined}
        onInput={(event) => {
          setClosedAt(null);
          change(event.currentTarget.value, event.currentTarget.selectionStart);
        }}
        onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
        onKeyDown={onKeyDown}
        onBlur={() => signalTyping(row.id, false, typedAt)}
        onPaste={(event) => {
          const pasted = event.clipboardData?.files;
          if (isNote || !pasted?.length) return;
          event.preventDefault();
          files.add(pasted);
        }}
      />
      {files.all.length > 0 && !isNote && (
        <ul class="attached">
          {files.all.map((one) => (
            <li key={one.key} class={one.failed ? "is-failed" : ""} title={one.failed ?? one.name}>
              {one.failed ? <Alert size={14} /> : <FileSign size={14} />}
              <bdi>{one.failed ?? one.name}</bdi>
              {!one.file && !one.failed && (
                <progress
                  value={one.share}
                  max={1}
                  aria-label={t("composer.uploading", { name: one.name, percent: percent(one.share) })}
                />
              )}
              <button
                type="button"
                aria-label={t("composer.remove", { name: one.name })}
                onClick={() => files.remove(one.key)}
              >
                <Close size={12} />
              </button>
            </li>
          ))}
        </ul>
      )}
      <div class="composer-foot">
        {!isNote && (
          <IconButton
            label={
              channel && !channel.attachments
                ? t("composer.nofiles", { channel: word("channel", row.channel) })
                : t("composer.attach")
            }
            disabled={channel && !channel.attachments}
            onClick={() => picker.current?.click()}
          >
            <Clip size={18} />
          </IconButton>
        )}
        <IconButton
          label={t("composer.canned")}
          onClick={() =>
            place({
              text: text && !/\s$/.test(text) ? `${text} /` : `${text}/`,
              caret: text.length + (text && !/\s$/.test(text) ? 2 : 1),
            })
          }
        >
          <Quick size={18} />
        </IconButton>
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          onChange={(event) => {
            files.add(event.currentTarget.files ?? []);
            event.currentTarget.value = "";
          }}
        />
        <span class="composer-space" />
        <button
          type="button"
          class="composer-pref"
          title={t("composer.preference")}
          onClick={() => {
            enterSends.value = !enterSends.value;
          }}
        >
          {t(enterSends.value ? "composer.enter" : "composer.ctrl")}
        </button>
        <button
          type="button"
          class={`button ${isNote ? "button-note" : "button-main"}`}
          disabled={!canSend}
          title={live ? undefined : t("composer.send.offline")}
          onClick={send}
        >
          {isNote ? t("composer.save") : t("composer.send")}
          {!isNote && <Send size={15} />}
        </button>
      </div>
      {dropping && <div class="drop-here">{t("composer.drop")}</div>}
    </div>
  );
}
