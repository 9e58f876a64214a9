/** Find an intent by typing a part of its name, or begin a new one. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Plus } from "../../../../ui/icons";
import { Dialog } from "../../../parts/Dialog";
import { Finder, type Found } from "../../../parts/Finder";
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
  const found = intents.filter((one) => matches(query, one.name, one.name.replaceAll("_", " ")));
  const rows: Found[] = found.map((one) => ({
    key: one.name,
    look: (
      <>
        <bdi>{one.name}</bdi>
        <span class="command-hint">{t("bot.sentences.n", { n: one.fa + one.en })}</span>
      </>
    ),
  }));
  if (onNew) {
    const look = (
      <>
        <Plus size={16} />
        <bdi>{query.trim() ? t("bot.new.named", { name: query.trim() }) : t("bot.new")}</bdi>
      </>
    );
    rows.push({ key: "+", look });
  }
  const take = (n: number) => {
    const one = found[n];
    if (one) onPick(one.name);
    else onNew?.(query.trim().replace(/\s+/g, "_"));
  };
  return (
    <Dialog title={title} onClose={onClose} bare>
      <Finder
        bar
        label={title}
        query={query}
        search={setQuery}
        found={rows}
        take={take}
        none={<p class="commands-none">{t("table.none")}</p>}
      />
    </Dialog>
  );
}
