import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { number } from "../ui/format";
import * as icon from "../ui/icons";
import { Composer, focusComposer, takeFiles } from "./Composer";
import { Confirm } from "./Confirm";
import { beginAnew, chat, connect, forgotten, startAgain, status, typing } from "./client";
import { config } from "./config";
import { closePanel, Header } from "./Header";
import { minutes } from "./presence";
import { openForm } from "./rows";
import { Timeline } from "./Timeline";
import { safeName } from "./text";
import { t } from "./words";

export function App(): JSX.Element {
  const drop = useDrop();
  return (
    <main
      class="app"
      aria-labelledby="title"
      onKeyDown={(event) => event.key === "Escape" && closePanel()}
      {...drop.on}
    >
      <Header />
      {forgotten.value ? <Forgotten /> : <Timeline />}
      <div>
        <Notice />
      </div>
      <footer class="bottom">
        <Typing />
        <Bottom />
      </footer>
      {drop.over && (
        <div class="drop" aria-hidden="true">
          <icon.Clip size={28} />
          {t.value.drop}
        </div>
      )}
      <Confirm />
    </main>
  );
}

function Bottom(): JSX.Element | null {
  if (forgotten.value) return null;
  if (chat.value.convo?.status === "resolved") {
    const begin = () => {
      beginAnew();
      requestAnimationFrame(focusComposer);
    };
    return (
      <div class="composer">
        <button type="button" class="solid wide" onClick={begin}>
          {t.value.again}
        </button>
      </div>
    );
  }
  // With nobody there the form takes the composer's place; who waits in line may fill in the form or just write.
  const waits = chat.value.convo !== null && chat.value.convo.staffed !== false;
  if (openForm(chat.value) && !waits) return null;
  return <Composer />;
}

/** One quiet bar: no connection, or the place in line. */
function Notice(): JSX.Element | null {
  const { convo } = chat.value;
  const words = t.value;
  const now = status.value;
  const cut = (now.kind === "waiting" && now.attempt > 0) || now.kind === "ended";
  if (cut && !forgotten.value) {
    return (
      <div class="bar warn" role="status">
        <span>{now.kind === "ended" ? words.unavailable : words.offline}</span>
        <button type="button" class="link" onClick={connect}>
          {words.retryNow}
        </button>
      </div>
    );
  }
  if (!convo || convo.status === "resolved" || !convo.place) return null;
  return (
    <div class="bar" role="status">
      <icon.Clock size={16} />
      <span key={convo.place}>{convo.place === 1 ? words.next : words.place(number(convo.place))}</span>
      {convo.wait_minutes ? (
        <span class="wait" key={convo.wait_minutes}>
          {words.wait(minutes(convo.wait_minutes))}
        </span>
      ) : null}
    </div>
  );
}

/** Its room is always there, so that nothing moves when somebody types. */
function Typing(): JSX.Element {
  const who = typing.value;
  const name =
    who && (safeName(who.name ?? "") || (who.who === "bot" ? t.value.assistant : t.value.colleague));
  return (
    <div class="typing" role="status">
      {name && (
        <>
          <span class="dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          <span>{t.value.typing(name)}</span>
        </>
      )}
    </div>
  );
}

function Forgotten(): JSX.Element {
  return (
    <div class="log-box">
      <div class="forgotten" role="status">
        <icon.Check size={32} />
        <p>{t.value.forgotten}</p>
        <button type="button" class="solid" onClick={startAgain}>
          {t.value.again}
        </button>
      </div>
    </div>
  );
}

function useDrop() {
  const [over, setOver] = useState(false);
  const carries = (event: DragEvent) =>
    config.limits.files && event.dataTransfer?.types.includes("Files") === true;
  const on = {
    onDragOver: (event: DragEvent) => {
      if (!carries(event)) return;
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: (event: DragEvent) => event.relatedTarget === null && setOver(false),
    onDrop: (event: DragEvent) => {
      if (!carries(event)) return;
      event.preventDefault();
      setOver(false);
      takeFiles(event.dataTransfer?.files ?? []);
    },
  };
  return { over, on };
}
