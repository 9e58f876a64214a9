import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Close } from "../ui/icons";
import { openRow } from "./actions";
import { Asking } from "./board/Asking";
import { cardOver, current, currentId, dialog, go, route, unread } from "./desk";
import { t } from "./i18n";
import { onEvent } from "./link";
import { Banners } from "./parts/Banners";
import { CommandBar } from "./parts/CommandBar";
import { Conversation } from "./parts/Conversation";
import { Failed, Skeleton } from "./parts/common";
import { ConversationDialogs } from "./parts/Dialogs";
import { KeysHelp } from "./parts/KeysHelp";
import { ListPane } from "./parts/ListPane";
import { MailPanel } from "./parts/Mail";
import { NotifyQuestion, OfferCard } from "./parts/Offer";
import { leads, Rail } from "./parts/Rail";
import { SideCard } from "./parts/SideCard";
import { Splitter } from "./parts/Splitter";
import { Toasts } from "./parts/Toasts";
import { cardShown, cardWidth, listWidth } from "./prefs";
import { parseRoute } from "./state/route";
import { toast } from "./toasts";
import { useKeys } from "./useKeys";

/** A part that few need, fetched when somebody goes there. */
function Fetched({ part }: { part: () => Promise<ComponentType> }): JSX.Element {
  const [App, setApp] = useState<ComponentType | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    part().then(
      (found) => setApp(() => found),
      () => setFailed(true),
    );
  }, [part]);
  if (failed)
    return (
      <main class="admin-host">
        <Failed text={t("admin.error")} retry={() => location.reload()} />
      </main>
    );
  return <div class="admin-host">{App ? <App /> : <Skeleton rows={6} kind="line" />}</div>;
}

const admin = () => import("./admin").then((part) => part.AdminApp);
const board = () => import("./board").then((part) => part.Wallboard);

function Inbox(): JSX.Element {
  const id = currentId.value;
  const shown = cardShown.value && current.value !== null;
  return (
    <div
      class={`inbox ${id ? "has-open" : ""} ${shown ? "has-card" : ""} ${cardOver.value ? "is-card-over" : ""}`}
      style={{ "--list": `${listWidth.value}px`, "--card": `${cardWidth.value}px` }}
    >
      <ListPane />
      <Splitter width={listWidth} least={260} most={520} grows="end" label={t("split.list")} />
      <Conversation />
      {shown && <Splitter width={cardWidth} least={260} most={460} grows="start" label={t("split.card")} />}
      {(shown || cardOver.value) && current.value && <SideCard />}
      {cardOver.value && (
        <button
          type="button"
          class="card-scrim"
          aria-label={t("card.hide")}
          onClick={() => {
            cardOver.value = false;
          }}
        >
          <Close size={1} />
        </button>
      )}
    </div>
  );
}

/** The whole desk. */
export function App(): JSX.Element {
  useKeys();
  const here = route.value;
  const n = unread.value;
  useEffect(() => {
    document.title = `${n > 0 ? `(${n}) ` : ""}${t("app.title")} · ${t("app.name")}`;
  });
  useEffect(() => {
    const onPop = () => go(parseRoute(location.pathname), true);
    addEventListener("popstate", onPop);
    return () => removeEventListener("popstate", onPop);
  }, []);
  useEffect(
    () =>
      onEvent((frame) => {
        if (frame.type !== "mention") return;
        toast(t("toast.mention", { name: frame.by, number: frame.number }), "plain", {
          label: t("toast.mention.open"),
          run: () => openRow(frame.conversation),
        });
      }),
    [],
  );
  return (
    <div class={`desk ${currentId.value ? "is-deep" : ""}`}>
      <Rail />
      <div class="stage">
        <Banners />
        {(here.view === "inbox" || (here.view === "team" && !leads())) && <Inbox />}
        {here.view === "team" && leads() && <Fetched key="board" part={board} />}
        {here.view === "admin" && <Fetched key="admin" part={admin} />}
        <NotifyQuestion />
      </div>
      <ConversationDialogs />
      <MailPanel />
      {dialog.value === "board" && <Asking />}
      {dialog.value === "keys" && <KeysHelp />}
      {dialog.value === "commands" && <CommandBar />}
      <OfferCard />
      <Toasts />
    </div>
  );
}
