/** Something of the hub that only this page shows. */
import { useEffect, useRef, useState } from "preact/hooks";
import { type ApiError, asRefusal } from "../api";

export interface Fetched<T> {
  data: T | null;
  error: ApiError | null;
  load: () => Promise<void>;
}

/** Loads once, and again by `load`; the page is made anew where something else is wanted. */
export function useFetched<T>(fetch_: () => Promise<T>): Fetched<T> {
  const [data, setData] = useState<T | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const here = useRef(true);
  const load = async () => {
    try {
      const found = await fetch_();
      if (!here.current) return;
      setData(found);
      setError(null);
    } catch (thrown) {
      if (here.current) setError(asRefusal(thrown));
    }
  };
  useEffect(() => {
    void load();
    return () => {
      here.current = false;
    };
  }, []);
  return { data, error, load };
}
