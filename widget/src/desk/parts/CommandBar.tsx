import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { dialog } from "../desk";
import { t } from "../i18n";
import { commands, findCommands } from "./commands";
import { Keys } from "./common";
import { Dialog } from "./Dialog";
import { Finder } from "./Finder";

/** Type what you want and press Enter: everything that the mouse can do. */
export function CommandBar(): JSX.Element {
  const [query, setQuery] = useState("");
  const [all] = useState(commands);
  const found = findCommands(all, query);
  const close = () => {
    dialog.value = null;
  };
  return (
    <Dialog title={t("rail.commands")} onClose={close} bare>
      <Finder
        bar
        label={t("commands.placeholder")}
        query={query}
        search={setQuery}
        found={found.map((one, n) => ({
          key: one.key,
          head: !query && one.group !== found[n - 1]?.group ? one.group : null,
          look: (
            <>
              <bdi>{one.label}</bdi>
              {one.hint && (
                <span class="command-hint" dir="auto">
                  {one.hint}
                </span>
              )}
              {one.caps && <Keys caps={one.caps} />}
            </>
          ),
        }))}
        take={(n) => {
          close();
          found[n]?.run();
        }}
        none={<p class="commands-none">{t("commands.none")}</p>}
      />
    </Dialog>
  );
}
