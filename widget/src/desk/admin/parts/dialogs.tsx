/** Questions that stand over a form, and the button that copies. */
import type { JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Check } from "../../../ui/icons";
import { Dialog } from "../../parts/Dialog";
import { toast } from "../../toasts";
import { t } from "../words";
import { heldMove } from "./guard";
import { Copy } from "./icons";
import { useAct } from "./useAct";
import { Wrong } from "./Wrong";

/** Asks before unsaved changes are lost. */
export function LeaveQuestion(): JSX.Element | null {
  const move = heldMove.value;
  if (!move) return null;
  const stay = () => {
    heldMove.value = null;
  };
  return (
    <Dialog title={t("leave.title")} onClose={stay}>
      <p>{t("leave.text")}</p>
      <div class="dialog-foot">
        <button
          type="button"
          class="button"
          onClick={() => {
            stay();
            move();
          }}
        >
          {t("leave.go")}
        </button>
        <button type="button" class="button button-main" data-first onClick={stay}>
          {t("leave.stay")}
        </button>
      </div>
    </Dialog>
  );
}

/** Asks before something that cannot be undone, or that hits somebody at once: the word has to be typed. */
export function ConfirmDialog(props: {
  title: string;
  text: string;
  word: string;
  action: string;
  run: () => Promise<void>;
  onClose: () => void;
}): JSX.Element {
  const [typed, setTyped] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, act] = useAct(setProblem);
  const id = useId();
  const fits = typed.trim() === props.word;
  const [before, after] = t("confirm.type", { word: "\u0000" }).split("\u0000");
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <form
        class="confirm"
        onSubmit={(event) => {
          event.preventDefault();
          if (fits && !busy) void act(props.run);
        }}
      >
        <p>{props.text}</p>
        <label for={id}>
          {before}
          <bdi class="confirm-word">{props.word}</bdi>
          {after}
        </label>
        <input
          id={id}
          class="control"
          dir="auto"
          autocomplete="off"
          spellcheck={false}
          data-first
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <Wrong role="alert">{problem}</Wrong>
        <div class="dialog-foot">
          <button type="button" class="button" onClick={props.onClose}>
            {t("form.cancel")}
          </button>
          <button type="submit" class="button button-danger" disabled={!fits || busy}>
            {props.action}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** Puts a text on the clipboard and says so on itself. */
export function CopyButton({
  text,
  label,
  main,
}: {
  text: string;
  label?: string;
  main?: boolean;
}): JSX.Element {
  const [done, setDone] = useState(false);
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setDone(true);
      clearTimeout(timer.current);
      timer.current = window.setTimeout(() => setDone(false), 2000);
    } catch {
      toast(t("copy.failed"), "error");
    }
  };
  return (
    <button
      type="button"
      class={`button ${main ? "button-main" : ""}`}
      data-first={main || undefined}
      onClick={() => void copy()}
    >
      {done ? <Check size={16} /> : <Copy size={16} />}
      <span aria-live="polite">{done ? t("copy.done") : (label ?? t("copy.do"))}</span>
    </button>
  );
}
