import type { JSX } from "preact";
import { Close } from "../../ui/icons";
import { t } from "../i18n";
import { dismiss, toasts } from "../toasts";

/** Toasts, newest below. Read out politely; errors at once. */
export function Toasts(): JSX.Element {
  return (
    <div class="toasts">
      {toasts.value.map((one) => (
        <div key={one.id} class={`toast toast-${one.tone}`} role={one.tone === "error" ? "alert" : "status"}>
          <span dir="auto">{one.text}</span>
          {one.action && (
            <button
              type="button"
              class="toast-action"
              onClick={() => {
                one.action?.run();
                dismiss(one.id);
              }}
            >
              {one.action.label}
            </button>
          )}
          <button
            type="button"
            class="toast-close"
            aria-label={t("toast.dismiss")}
            onClick={() => dismiss(one.id)}
          >
            <Close size={14} />
          </button>
        </div>
      ))}
    </div>
  );
}
