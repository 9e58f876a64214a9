import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { locale } from "../../ui/i18n";
import { Close } from "../../ui/icons";
import type { Summary } from "../../wire/desk.types";
import { handBack, latest, resolve, setLabels, snooze } from "../actions";
import { current, dialog, serverNow, settings } from "../desk";
import { t, word } from "../i18n";
import { dayAt, momentOf, snoozePresets } from "../state/time";
import { plainNumber } from "./common";
import { DialDialog } from "./DialDialog";
import { arrowIndex, Dialog } from "./Dialog";
import { MergeDialog } from "./MergeDialog";
import { TemplateDialog } from "./TemplateDialog";
import { TransferDialog } from "./TransferDialog";
import { longDay, moment } from "./when";

const close = () => {
  dialog.value = null;
};

interface NoteFieldProps {
  label: string;
  value: string;
  set: (value: string) => void;
  onSend: () => void;
}

/** An optional note under an action; Ctrl+Enter acts. */
export function NoteField({ label, value, set, onSend }: NoteFieldProps): JSX.Element {
  return (
    <label class="field">
      <span>{label}</span>
      <textarea
        rows={2}
        dir="auto"
        value={value}
        onInput={(event) => set(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) onSend();
        }}
      />
    </label>
  );
}

/** The buttons below a dialog. */
export function Foot({
  label,
  run,
  disabled,
  danger,
  cancel = close,
}: {
  label: string;
  run: () => void;
  disabled?: boolean;
  danger?: boolean;
  cancel?: () => void;
}): JSX.Element {
  return (
    <footer class="dialog-foot">
      <button type="button" class="button" onClick={cancel}>
        {t("dialog.cancel")}
      </button>
      <button
        type="button"
        class={`button ${danger ? "button-danger" : "button-main"}`}
        disabled={disabled}
        onClick={run}
      >
        {label}
      </button>
    </footer>
  );
}

function ResolveDialog({ row }: { row: Summary }): JSX.Element {
  const all = settings.value.dispositions;
  const [chosen, setChosen] = useState<string | null>(row.disposition ?? null);
  const [note, setNote] = useState("");
  const run = () => {
    if (!chosen) return;
    close();
    void resolve(latest(row), chosen, note.trim());
  };
  return (
    <Dialog title={t("resolve.title", { number: plainNumber(row.number) })} onClose={close}>
      <fieldset
        class="choices-list"
        onKeyDown={(event) => {
          if (event.key === "Enter" && chosen) run();
          const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
          const picked = digit ? all[Number(digit) - 1] : undefined;
          if (picked) setChosen(picked);
        }}
      >
        <legend>{t("resolve.how")}</legend>
        {all.map((one, n) => (
          <label key={one} class={`choice-row ${chosen === one ? "is-chosen" : ""}`}>
            <input
              type="radio"
              name="disposition"
              checked={chosen === one}
              data-first={one === (row.disposition ?? all[0]) ? "" : undefined}
              onChange={() => setChosen(one)}
            />
            <span>{word("disposition", one)}</span>
            {n < 9 && <kbd>{plainNumber(n + 1)}</kbd>}
          </label>
        ))}
      </fieldset>
      <NoteField label={t("resolve.note")} value={note} set={setNote} onSend={run} />
      <Foot label={t("resolve.do")} run={run} disabled={!chosen} />
    </Dialog>
  );
}

function SnoozeDialog({ row }: { row: Summary }): JSX.Element {
  const now = serverNow();
  const presets = snoozePresets(now, locale.value);
  const [custom, setCustom] = useState(false);
  const [days, setDays] = useState(1);
  const [clock, setClock] = useState("09:00");
  const [at, setAt] = useState(0);
  const until = momentOf(now, days, clock);
  const past = until === null || until <= now;
  const run = (moment_: number) => {
    close();
    void snooze(latest(row), moment_);
  };
  return (
    <Dialog title={t("snooze.title", { number: plainNumber(row.number) })} onClose={close}>
      <p class="quiet">{t("snooze.hint")}</p>
      <ul
        class="options"
        onKeyDown={(event) => {
          const next = arrowIndex(event, at, presets.length + 1);
          if (
            next === null ||
            event.target instanceof HTMLSelectElement ||
            event.target instanceof HTMLInputElement
          )
            return;
          event.preventDefault();
          setAt(next);
          event.currentTarget.querySelectorAll<HTMLElement>(".option")[next]?.focus();
        }}
      >
        {presets.map((one, n) => (
          <li key={one.key}>
            <button
              type="button"
              class="option"
              data-first={n === 0 ? "" : undefined}
              onClick={() => run(one.at)}
            >
              <span>{t(`snooze.${one.key}`)}</span>
              <time class="tabular">{moment(one.at, now)}</time>
            </button>
          </li>
        ))}
        <li>
          <button type="button" class="option" aria-expanded={custom} onClick={() => setCustom(!custom)}>
            <span>{t("snooze.custom")}</span>
          </button>
        </li>
      </ul>
      {custom && (
        <>
          <div class="field-row">
            <label class="field">
              <span>{t("snooze.day")}</span>
              <select value={days} onChange={(event) => setDays(Number(event.currentTarget.value))}>
                {Array.from({ length: settings.value.snooze_max_days }, (_, n) => n).map((n) => (
                  <option key={n} value={n}>
                    {n === 0 ? t("time.today") : longDay(dayAt(now, n, 12), now)}
                  </option>
                ))}
              </select>
            </label>
            <label class="field">
              <span>{t("snooze.time")}</span>
              <input
                type="time"
                dir="ltr"
                value={clock}
                onInput={(event) => setClock(event.currentTarget.value)}
              />
            </label>
          </div>
          <p class={past ? "problem" : "quiet"} role="status">
            {past ? t("snooze.past") : t("owner.snoozed", { time: moment(until, now) })}
          </p>
          <Foot label={t("snooze.do")} run={() => until !== null && run(until)} disabled={past} />
        </>
      )}
    </Dialog>
  );
}

function HandBackDialog({ row, to }: { row: Summary; to: "bot" | "queue" }): JSX.Element {
  const [note, setNote] = useState("");
  const run = () => {
    close();
    void handBack(latest(row), to, note.trim());
  };
  return (
    <Dialog title={t(`handback.${to}.title`)} onClose={close}>
      <p class="quiet">{t(`handback.${to}.hint`)}</p>
      <NoteField label={t("handback.note")} value={note} set={setNote} onSend={run} />
      <Foot label={t("handback.do")} run={run} />
    </Dialog>
  );
}

function LabelsDialog({ row }: { row: Summary }): JSX.Element {
  const [labels, setAll] = useState<readonly string[]>(row.labels ?? []);
  const [text, setText] = useState("");
  const add = () => {
    const one = text.trim();
    if (one && !labels.includes(one)) setAll([...labels, one]);
    setText("");
  };
  const run = () => {
    const rest = text.trim();
    close();
    void setLabels(latest(row), rest && !labels.includes(rest) ? [...labels, rest] : labels);
  };
  return (
    <Dialog title={t("labels.title")} onClose={close}>
      <p class="labels">
        {labels.map((one) => (
          <span key={one} class="label" dir="auto">
            {one}
            <button
              type="button"
              aria-label={t("labels.remove", { name: one })}
              onClick={() => setAll(labels.filter((it) => it !== one))}
            >
              <Close size={11} />
            </button>
          </span>
        ))}
      </p>
      <input
        class="input"
        type="text"
        dir="auto"
        maxLength={40}
        data-first=""
        aria-label={t("labels.add")}
        placeholder={t("labels.add")}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.isComposing) return;
          event.preventDefault();
          if (event.ctrlKey || event.metaKey || !text.trim()) run();
          else add();
        }}
      />
      <Foot label={t("labels.save")} run={run} />
    </Dialog>
  );
}

/** The dialog of the conversation that is open, if one is asked for. */
export function ConversationDialogs(): JSX.Element | null {
  const row = current.value;
  if (!row) return null;
  switch (dialog.value) {
    case "resolve":
      return <ResolveDialog row={row} />;
    case "snooze":
      return <SnoozeDialog row={row} />;
    case "handback.bot":
      return <HandBackDialog row={row} to="bot" />;
    case "handback.queue":
      return <HandBackDialog row={row} to="queue" />;
    case "labels":
      return <LabelsDialog row={row} />;
    case "merge":
      return <MergeDialog row={row} />;
    case "template":
      return <TemplateDialog row={row} />;
    case "dial.send_on":
      return <DialDialog row={row} control="send_on" />;
    case "dial.consult":
      return <DialDialog row={row} control="consult" />;
    case "transfer":
      return <TransferDialog row={row} />;
    default:
      return null;
  }
}
