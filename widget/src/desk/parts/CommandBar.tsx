import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Search } from "../../ui/icons";
import { dialog } from "../desk";
import { t } from "../i18n";
import { commands, findCommands } from "./commands";
import { Keys } from "./common";
import { arrowIndex, Dialog } from "./Dialog";

/** Type what you want and press Enter: everything that the mouse can do. */
export function CommandBar(): JSX.Element {
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const [all] = useState(commands);
  const box = useRef<HTMLDivElement>(null);
  const found = findCommands(all, query);
  const close = () => {
    dialog.value = null;
  };
  useEffect(() => {
    box.current?.querySelector(".is-at")?.scrollIntoView({ block: "nearest" });
  }, [at]);
  const run = (n: number) => {
    close();
    found[n]?.run();
  };
  let group = "";
  return (
    <Dialog title={t("rail.commands")} onClose={close} bare>
      <div class="command-field">
        <Search size={18} />
        <input
          type="text"
          dir="auto"
          role="combobox"
          aria-expanded="true"
          aria-controls="commands"
          aria-activedescendant={found[at] ? `command-${at}` : undefined}
          aria-label={t("commands.placeholder")}
          placeholder={t("commands.placeholder")}
          value={query}
          data-first=""
          onInput={(event) => {
            setQuery(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={(event) => {
            const next =
              event.key === "Home" || event.key === "End" ? null : arrowIndex(event, at, found.length);
            if (next !== null) setAt(next);
            else if (event.key === "Enter" && !event.isComposing) run(at);
            else return;
            event.preventDefault();
          }}
        />
      </div>
      <div ref={box} class="commands" role="listbox" id="commands" aria-label={t("rail.commands")}>
        {found.length === 0 && <p class="commands-none">{t("commands.none")}</p>}
        {found.map((one, n) => {
          const head = one.group !== group && !query ? one.group : null;
          group = one.group;
          return (
            <div key={one.key}>
              {head && <p class="commands-group">{head}</p>}
              <button
                type="button"
                id={`command-${n}`}
                role="option"
                aria-selected={n === at}
                tabIndex={-1}
                class={`command ${n === at ? "is-at" : ""}`}
                onPointerMove={() => setAt(n)}
                onClick={() => run(n)}
              >
                <bdi>{one.label}</bdi>
                {one.hint && (
                  <span class="command-hint" dir="auto">
                    {one.hint}
                  </span>
                )}
                {one.caps && <Keys caps={one.caps} />}
              </button>
            </div>
          );
        })}
      </div>
    </Dialog>
  );
}
