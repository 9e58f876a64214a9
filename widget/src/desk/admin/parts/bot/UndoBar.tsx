/** The last import, label of many sentences or removal, and the one step back; it stands there after a reload, too. */
import type { JSX } from "preact";
import { dateTime } from "../../../../ui/format";
import { toast } from "../../../toasts";
import { knowledge, lastAct, useLoad } from "../../store";
import { t } from "../../words";
import { wordsApi } from "../../wordsApi";
import { useAct } from "../useAct";

export function UndoBar({ undone }: { undone?: () => void }): JSX.Element | null {
  useLoad(lastAct);
  const [busy, tell] = useAct();
  const act = lastAct.data.value?.act;
  if (!act) return null;
  const undo = async () => {
    const { gone, kept } = await wordsApi.undo(act.id);
    toast(kept > 0 ? t("undo.done.kept", { n: gone, kept }) : t("undo.done", { n: gone }));
    await knowledge.load();
    undone?.();
  };
  return (
    <p class="undo-bar">
      <span>
        {t(`undo.${act.kind}`, { n: act.sentences, what: act.what })}
        <span class="quiet">
          {" "}
          {act.by_name && <bdi>{act.by_name}</bdi>} <time>{dateTime(act.at)}</time>
        </span>
      </span>
      <button
        type="button"
        class="button"
        disabled={busy}
        onClick={() => void tell(() => undo().finally(lastAct.load))}
      >
        {t("review.undo")}
      </button>
    </p>
  );
}
