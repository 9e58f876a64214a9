/** The list of doubts on the screen: loading, deciding, undoing. What was decided leaves the list at once. */
import { useEffect, useRef, useState } from "preact/hooks";
import { toast } from "../../../toasts";
import { type ApiError, asRefusal } from "../../api";
import { botApi, type Label } from "../../botApi";
import type { ReviewRow } from "../../model/bot";
import { query } from "../../nav";
import { lastAct } from "../../store";
import { t, withMasked } from "../../words";
import { useAct } from "../useAct";

const LOOK_MS = 15_000;

export interface Doubts {
  groups: ReviewRow[][] | null;
  waiting: number;
  /** How many came since the list was loaded. */
  fresh: number;
  error: ApiError | null;
  busy: boolean;
  load: () => Promise<void>;
  /** Teaches sentences; throws what the hub refuses. */
  teach: (label: Label) => Promise<void>;
  /** The same, with the refusal in a toast. */
  tell: (act: () => Promise<void>) => Promise<void>;
  ignore: (ids: string[]) => Promise<void>;
  reopen: (ids: string[]) => Promise<void>;
  undo: () => Promise<void>;
}

export function useDoubts(): Doubts {
  const [groups, setGroups] = useState<ReviewRow[][] | null>(null);
  const [waiting, setWaiting] = useState(0);
  const [fresh, setFresh] = useState(0);
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, tell] = useAct();
  const last = useRef<string[]>([]);
  const run = useRef(0);
  const { state = "", reason = "", lang = "" } = query.value;

  const load = async () => {
    const mine = ++run.current;
    try {
      const page = await botApi.review({ state, reason, lang });
      if (mine !== run.current) return;
      setGroups(page.groups.map((one) => one.rows));
      setWaiting(page.waiting);
      setFresh(0);
      setError(null);
    } catch (thrown) {
      if (mine === run.current) setError(asRefusal(thrown));
    }
  };
  useEffect(() => {
    setGroups(null);
    void load();
    return () => {
      run.current++;
    };
  }, [state, reason, lang]);

  const known = useRef(0);
  known.current = waiting;
  useEffect(() => {
    const look = async () => {
      if (document.visibilityState === "hidden") return;
      const page = await botApi.review({}).catch(() => null);
      if (page) setFresh(Math.max(0, page.waiting - known.current));
    };
    const timer = setInterval(() => void look(), LOOK_MS);
    return () => clearInterval(timer);
  }, []);

  const gone = (ids: string[], left: number) => {
    const out = new Set(ids);
    setGroups(
      (now) =>
        now?.map((rows) => rows.filter((one) => !out.has(one.id))).filter((rows) => rows.length) ?? now,
    );
    setWaiting(left);
  };
  const undo = async () => {
    const ids = last.current;
    if (ids.length === 0) return;
    last.current = [];
    await botApi.reopen(ids);
    await Promise.all([load(), lastAct.load()]);
    toast(t("review.undone"));
  };
  const decided = (ids: string[], left: number, text: string) => {
    gone(ids, left);
    last.current = ids;
    void lastAct.load();
    toast(text, "plain", { label: t("review.undo"), run: () => void tell(undo) });
  };
  return {
    groups,
    waiting,
    fresh,
    error,
    busy,
    load,
    tell,
    undo,
    teach: async (label) => {
      const { waiting: left, masked } = await botApi.label(label);
      const taught = t("review.taught", { n: label.ids.length, intent: label.intent });
      decided(label.ids, left, withMasked(taught, masked));
    },
    ignore: async (ids) => {
      const { waiting: left } = await botApi.ignore(ids);
      decided(ids, left, t("review.ignored", { n: ids.length }));
    },
    reopen: async (ids) => {
      gone(ids, (await botApi.reopen(ids)).waiting);
    },
  };
}
