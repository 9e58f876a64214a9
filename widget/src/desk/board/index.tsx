/** The wallboard: who waits, how the day goes, who does what, and what supervisors do about it. */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { dateTime } from "../../ui/format";
import { Empty, Failed, IconButton, Skeleton } from "../parts/common";
import { Full, Line } from "../parts/icons";
import "./board.css";
import { People } from "./People";
import { Queues, Sums } from "./Queues";
import { dayFrom, failed, load, loaded, queues, shown, watch } from "./store";
import { Waiting } from "./Waiting";
import { t } from "./words";

/** The whole view. */
export function Wallboard(): JSX.Element {
  const box = useRef<HTMLElement>(null);
  useEffect(watch, []);
  const open = shown.value;
  return (
    <main class="board" ref={box}>
      <header class="board-head">
        <h1>{t("board.title")}</h1>
        {loaded.value && <p class="quiet">{sinceText(dayFrom.value)}</p>}
        <span class="board-gap" />
        <IconButton label={t("board.full")} onClick={() => void fullScreen(box.current)}>
          <Full />
        </IconButton>
      </header>
      {failed.value && !loaded.value && <Failed text={t("board.error")} retry={() => void load()} />}
      {!loaded.value && !failed.value && <Skeleton rows={6} kind="line" />}
      {loaded.value && (
        <>
          <Sums />
          <section aria-label={t("board.queues")}>
            {queues.value.length === 0 ? (
              <Empty title={t("board.noqueues")} hint={t("board.noqueues.hint")} icon={<Line size={28} />} />
            ) : (
              <Queues />
            )}
          </section>
          {open && <Waiting key={open} id={open} />}
          <section class="board-people" aria-label={t("board.people")}>
            <People />
          </section>
        </>
      )}
    </main>
  );
}

/** Since when is counted; where the workplace's midnight is another than the reader's, its time. */
function sinceText(from: number): string {
  const day = new Date(from);
  if (day.getHours() === 0 && day.getMinutes() === 0) return t("board.since.midnight");
  return t("board.since", { time: dateTime(from) });
}

async function fullScreen(box: HTMLElement | null): Promise<void> {
  if (document.fullscreenElement) await document.exitFullscreen();
  else await box?.requestFullscreen().catch(() => undefined);
}
