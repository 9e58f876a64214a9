import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { number } from "../../ui/format";
import { keypad } from "../calling";
import { t } from "../i18n";
import { KEYPAD, toneOf } from "../phone/joins";
import { leg } from "../phone/phone";
import { CAPS } from "../state/keys";
import { Keypad as Sign } from "./icons";

/** Tones in the reader's digits. */
function written(tones: string): string {
  return tones.replace(/\d/g, (one) => number(Number(one)));
}

function close(): void {
  keypad.value = false;
}

/** Tones for the other side's menus: by the buttons, or typed in any script's digits. Escape closes. */
function Pad(): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [sent, setSent] = useState("");
  useLayoutEffect(() => {
    const before = document.activeElement;
    box.current?.querySelector("button")?.focus();
    const outside = (event: PointerEvent) => {
      if (event.target instanceof Node && !box.current?.parentElement?.contains(event.target)) close();
    };
    document.addEventListener("pointerdown", outside);
    return () => {
      document.removeEventListener("pointerdown", outside);
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  const press = (tone: string) => {
    leg.peek()?.leg.press(tone);
    setSent((all) => (all + tone).slice(-16));
  };
  return (
    <div
      ref={box}
      class="menu keypad"
      role="group"
      aria-label={t("call.keypad")}
      onKeyDown={(event) => {
        const tone = event.ctrlKey || event.metaKey || event.altKey ? null : toneOf(event.key);
        if (tone) press(tone);
        else if (event.key === "Escape") close();
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <output class="keypad-sent tabular" dir="ltr" aria-label={t("call.keypad.sent")}>
        {written(sent)}
      </output>
      <div class="keypad-keys" dir="ltr">
        {KEYPAD.map((tone) => (
          <button key={tone} type="button" class="button" onClick={() => press(tone)}>
            {written(tone)}
          </button>
        ))}
      </div>
    </div>
  );
}

/** Opens and closes the keypad. */
export function KeypadButton(): JSX.Element {
  const open = keypad.value;
  return (
    <div>
      <button
        type="button"
        class="button"
        aria-expanded={open}
        title={CAPS["call.keypad"]?.join("+")}
        onClick={() => {
          keypad.value = !open;
        }}
      >
        <Sign size={16} />
        <span>{t("call.keypad")}</span>
      </button>
      {open && <Pad />}
    </div>
  );
}
