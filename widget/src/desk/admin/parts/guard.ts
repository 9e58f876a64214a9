/** Nobody loses unsaved changes by going elsewhere: the desk's own moves and the browser's are held until the reader decides. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { go, holdRoute } from "../../desk";

/** The move that waits for the reader's decision. */
export const heldMove = signal<(() => void) | null>(null);

let letGoNow: (() => void) | null = null;

/** Ends the holding at once: the changes were saved, or the thing is gone. */
export function letGo(): void {
  letGoNow?.();
}

/** While `dirty`, every move away asks first. */
export function useGuard(dirty: boolean): void {
  useEffect(() => {
    if (!dirty) return;
    const here = location.pathname + location.search;
    const release = holdRoute((next, replace) => {
      // Back and Forward have moved the address already.
      if (replace && location.pathname + location.search !== here) history.pushState(null, "", here);
      heldMove.value = () => {
        release();
        go(next);
      };
    });
    letGoNow = release;
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", onUnload);
    return () => {
      release();
      removeEventListener("beforeunload", onUnload);
    };
  }, [dirty]);
}
