/** Find an intent by typing a part of its name, or begin a new one. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Plus, Search } from "../../../../ui/icons";
import { arrowIndex, Dialog } from "../../../parts/Dialog";
import type { IntentSummary } from "../../model/bot";
import { matches } from "../../model/search";
import { t } from "../../words";

interface PickerProps {
  title: string;
  intents: readonly IntentSummary[];
  onPick: (name: string) => void;
  onNew?: (name: string) => void;
  onClose: () => void;
}

export function IntentPicker({ title, intents, onPick, onNew, onClose }: PickerProps): JSX.Element {
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const found = intents.filter((one) => matches(query, one.name, one.name.replaceAll("_", " ")));
  const all: (IntentSummary | null)[] = onNew ? [...found, null] : found;
  useEffect(() => {
    box.current?.querySelector(".is-at")?.scrollIntoView({ block: "nearest" });
  }, [at]);
  const run = (n: number) => {
    const one = all[n];
    if (one === undefined) return;
    if (one) onPick(one.name);
    else onNew?.(query.trim().replace(/\s+/g, "_"));
  };
  return (
    <Dialog title={title} onClose={onClose} bare>
      <div class="command-field">
        <Search size={18} />
        <input
          type="text"
          dir="auto"
          role="combobox"
          aria-expanded="true"
          aria-controls="intents-found"
          aria-activedescendant={`intent-${at}`}
          aria-label={title}
          placeholder={title}
          value={query}
          data-first=""
          onInput={(event) => {
            setQuery(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={(event) => {
            const next =
              event.key === "Home" || event.key === "End" ? null : arrowIndex(event, at, all.length);
            if (next !== null) setAt(next);
            else if (event.key === "Enter" && !event.isComposing) run(at);
            else return;
            event.preventDefault();
          }}
        />
      </div>
      <div ref={box} class="commands" role="listbox" id="intents-found" aria-label={title}>
        {all.length === 0 && <p class="commands-none">{t("table.none")}</p>}
        {all.map((one, n) => (
          <button
            key={one?.name ?? "+"}
            type="button"
            id={`intent-${n}`}
            role="option"
            aria-selected={n === at}
            tabIndex={-1}
            class={`command ${n === at ? "is-at" : ""}`}
            onPointerMove={() => setAt(n)}
            onClick={() => run(n)}
          >
            {one ? (
              <>
                <bdi>{one.name}</bdi>
                <span class="command-hint">{t("bot.sentences.n", { n: one.fa + one.en })}</span>
              </>
            ) : (
              <>
                <Plus size={16} />
                <bdi>{query.trim() ? t("bot.new.named", { name: query.trim() }) : t("bot.new")}</bdi>
              </>
            )}
          </button>
        ))}
      </div>
    </Dialog>
  );
}
