/** What channels could not make a message of: why, and what to do with it. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { dateTime } from "../../../ui/format";
import { Download, Retry, Trash } from "../../../ui/icons";
import { Empty } from "../../parts/common";
import { toast } from "../../toasts";
import { type ApiError, api, asRefusal } from "../api";
import type { AsideItem } from "../model/records";
import { query } from "../nav";
import { ConfirmDialog } from "../parts/dialogs";
import { Aside as AsideIcon } from "../parts/icons";
import { LoadFailed, Page, Waiting } from "../parts/Page";
import { FilterSelect, Filters, NothingFits } from "../parts/Table";
import { Wrong } from "../parts/Wrong";
import { inboxes, inboxName, mayChange, useLoad } from "../store";
import { isWord, refusalText, t } from "../words";

const REASONS = ["unreadable", "too_large", "automatic", "loop", "refused", "no_inbox"] as const;

interface Pile {
  items: AsideItem[];
  /** Where the next page begins; null at the end, undefined before the first one. */
  before: string | null | undefined;
  error: ApiError | null;
  busy: boolean;
  more: () => void;
  change: (id: string, item: AsideItem | null) => void;
}

/** The list as the filters of the address want it, page by page. */
function usePile(): Pile {
  const [items, setItems] = useState<AsideItem[]>([]);
  const [before, setBefore] = useState<string | null | undefined>(undefined);
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(true);
  const run = useRef(0);
  const { inbox = "", reason = "" } = query.value;
  const load = async (known: AsideItem[], from: string) => {
    const mine = ++run.current;
    setBusy(true);
    setError(null);
    try {
      const page = await api.aside({ inbox, reason, before: from });
      if (mine !== run.current) return;
      setItems([...known, ...page.items]);
      setBefore(page.before);
    } catch (thrown) {
      if (mine === run.current) setError(asRefusal(thrown));
    } finally {
      if (mine === run.current) setBusy(false);
    }
  };
  useEffect(() => {
    setItems([]);
    setBefore(undefined);
    void load([], "");
    return () => {
      run.current++;
    };
  }, [inbox, reason]);
  return {
    items,
    before,
    error,
    busy,
    more: () => void load(items, before ?? ""),
    change: (id, item) =>
      setItems((now) => now.flatMap((one) => (one.id !== id ? [one] : item === null ? [] : [item]))),
  };
}

export function AsideList(): JSX.Element {
  useLoad(inboxes);
  const pile = usePile();
  const filtered = Boolean(query.value.inbox || query.value.reason);
  const done = !pile.busy && !pile.error;
  const boxes = (inboxes.data.value ?? []).map((one) => ({ value: one.id, label: one.name }));
  return (
    <Page title={t("aside.title")} lead={t("aside.lead")}>
      {(filtered || pile.items.length > 0) && (
        <Filters search={false}>
          <FilterSelect name="inbox" label={t("aside.inbox")} options={boxes} />
          <FilterSelect
            name="reason"
            label={t("aside.reason")}
            options={REASONS.map((value) => ({ value, label: t(`aside.short.${value}`) }))}
          />
        </Filters>
      )}
      <ul class="aside-list">
        {pile.items.map((one) => (
          <Item key={one.id} item={one} change={pile.change} />
        ))}
      </ul>
      {pile.error && <LoadFailed error={pile.error} retry={pile.more} />}
      {pile.busy && <Waiting rows={pile.items.length === 0 ? 5 : 2} />}
      {done && pile.items.length === 0 && !filtered && (
        <Empty title={t("aside.none")} hint={t("aside.none.hint")} icon={<AsideIcon size={24} />} />
      )}
      {done && pile.items.length === 0 && filtered && <NothingFits />}
      {done && pile.before && (
        <div class="trail-foot">
          <button type="button" class="button" onClick={pile.more}>
            {t("aside.older")}
          </button>
        </div>
      )}
    </Page>
  );
}

function reasonText(code: string): string {
  const key = `aside.reason.${code}`;
  return isWord(key) ? t(key) : t("aside.reason.other", { code });
}

function Item({ item, change }: { item: AsideItem; change: Pile["change"] }): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [asks, setAsks] = useState(false);
  const rerun = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await api.rerunAside(item.id);
      change(item.id, null);
      toast(t("aside.rerun.done"));
    } catch (error) {
      const code = asRefusal(error).code;
      if (code === "not_found") change(item.id, null);
      setProblem(refusalText(code));
    } finally {
      setBusy(false);
    }
  };
  const discard = async () => {
    await api.discardAside(item.id);
    change(item.id, null);
    toast(t("aside.discarded"));
  };
  return (
    <li class="aside-item">
      <div class="aside-words">
        <p class="aside-why">{reasonText(item.reason)}</p>
        {item.summary && (
          <p class="aside-summary">
            <bdi>{item.summary}</bdi>
          </p>
        )}
        <p class="aside-facts">
          <bdi>{inboxName(item.inbox)}</bdi>
          <time class="tabular" dateTime={new Date(item.at).toISOString()}>
            {dateTime(item.at)}
          </time>
          <span>{t("aside.size", { n: Math.max(1, Math.round(item.size / 1024)) })}</span>
          {item.times > 1 && <span>{t("aside.times", { n: item.times })}</span>}
        </p>
        {problem === null && item.trouble !== null && item.tried_at !== null && (
          <p class="aside-facts is-warned">
            {t("aside.tried", { when: dateTime(item.tried_at), why: refusalText(item.trouble) })}
          </p>
        )}
        <div role="status">
          <Wrong>{problem}</Wrong>
        </div>
      </div>
      {mayChange() && (
        <div class="aside-acts">
          <button type="button" class="button" disabled={busy} onClick={() => void rerun()}>
            <Retry size={16} />
            {t(busy ? "aside.rerun.busy" : "aside.rerun")}
          </button>
          <a class="button" href={api.asideRaw(item.id)} download>
            <Download size={16} />
            {t("aside.download")}
          </a>
          <button type="button" class="button button-warn" onClick={() => setAsks(true)}>
            <Trash size={16} />
            {t("aside.discard")}
          </button>
        </div>
      )}
      {asks && (
        <ConfirmDialog
          title={t("aside.discard.title")}
          text={t("aside.discard.text")}
          word={t("aside.discard.word")}
          action={t("aside.discard.do")}
          run={discard}
          onClose={() => setAsks(false)}
        />
      )}
    </li>
  );
}
