/** What the hub says of a flow while it is written. */
import { useEffect, useRef, useState } from "preact/hooks";
import { asRefusal } from "../../api";
import { flowApi } from "../../flowApi";
import type { FlowContent, FlowReview } from "../../model/flow";

const PAUSE_MS = 250;

export interface Reviewed {
  /** Of the newest content that could be looked at; null before the first. */
  review: FlowReview | null;
  /** The review is of what stands there now. */
  current: boolean;
  /** Why the last one failed. */
  error: string | null;
}

/** `ready`: it can be looked at. Asks once the writer pauses. */
export function useReview(content: FlowContent, ready: boolean): Reviewed {
  const [found, setFound] = useState<{ to: string; review: FlowReview } | null>(null);
  const [error, setError] = useState<string | null>(null);
  const newest = useRef("");
  const key = JSON.stringify(content);
  newest.current = key;
  useEffect(() => {
    if (!ready) return;
    const ask = async () => {
      try {
        const review = await flowApi.review(content);
        if (newest.current !== key) return;
        setFound({ to: key, review });
        setError(null);
      } catch (thrown) {
        if (newest.current === key) setError(asRefusal(thrown).code);
      }
    };
    const timer = setTimeout(() => void ask(), found ? PAUSE_MS : 0);
    addEventListener("online", ask);
    return () => {
      clearTimeout(timer);
      removeEventListener("online", ask);
    };
  }, [key, ready]);
  return { review: found?.review ?? null, current: found?.to === key, error };
}
