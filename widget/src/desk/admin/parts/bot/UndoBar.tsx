/** The last import, label of many sentences or removal, and the one step back; it stands there after a reload, too. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { dateTime } from "../../../../ui/format";
import { toast } from "../../../toasts";
import { ApiError } from "../../api";
import { knowledge, lastAct, useLoad } from "../../store";
import { refusalText, t } from "../../words";
import { wordsApi } from "../../wordsApi";

export function UndoBar({ undone }: { undone?: () => void }): JSX.Element | null {
  useLoad(lastAct);
  const [busy, setBusy] = useState(false);
  const act = lastAct.data.value?.act;
  if (!act) return null;
  const undo = async () => {
    setBusy(true);
    try {
      const { gone, kept } = await wordsApi.undo(act.id);
      toast(kept > 0 ? t("undo.done.kept", { n: gone, kept }) : t("undo.done", { n: gone }));
      await knowledge.load();
      undone?.();
    } catch (error) {
      toast(refusalText(error instanceof ApiError ? error.code : "unknown"), "error");
    } finally {
      await lastAct.load();
      setBusy(false);
    }
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
      <button type="button" class="button" disabled={busy} onClick={() => void undo()}>
        {t("review.undo")}
      </button>
    </p>
  );
}
