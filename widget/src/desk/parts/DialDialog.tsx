import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Summary } from "../../wire/desk.types";
import { controlCall, latest } from "../actions";
import { dialog, isMine, link } from "../desk";
import { t } from "../i18n";
import { Dialog } from "./Dialog";
import { Foot } from "./Dialogs";

const close = () => {
  dialog.value = null;
};

/** Asks for a number, as people write it in any script: to send the caller on to, or to ask while the caller waits. */
export function DialDialog({ row, control }: { row: Summary; control: "send_on" | "consult" }): JSX.Element {
  const [number, setNumber] = useState("");
  const [busy, setBusy] = useState(false);
  const ready = number.trim() !== "" && !busy && isMine.value && link.value === "live";
  const run = async () => {
    if (!ready) return;
    setBusy(true);
    if (await controlCall(latest(row), control, number.trim())) close();
    else setBusy(false);
  };
  return (
    <Dialog title={t(`dial.${control}`)} onClose={close}>
      <label class="field">
        <span>{t("dial.number")}</span>
        <input
          class="input"
          type="tel"
          dir="ltr"
          data-first=""
          maxLength={64}
          autoComplete="off"
          placeholder={t("dial.example")}
          aria-describedby="dial-hint"
          value={number}
          onInput={(event) => setNumber(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && !event.isComposing) void run();
          }}
        />
      </label>
      <p class="quiet" id="dial-hint">
        {t(`dial.${control}.hint`)}
      </p>
      <Foot label={t(`dial.${control}.do`)} run={() => void run()} disabled={!ready} />
    </Dialog>
  );
}
