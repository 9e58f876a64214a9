/** The cards of a flow's steps: which one is open, and how they are made, named and found. */
import { useMemo, useRef, useState } from "preact/hooks";
import {
  blankStep,
  type FlowContent,
  type FlowDraft,
  freeName,
  renamed,
  type StepType,
  stepField,
} from "../../model/flow";
import { t } from "../../words";
import type { Draft } from "../useDraft";
import type { Bench } from "./bench";

export interface Cards {
  bench: Bench;
  list: { current: HTMLOListElement | null };
  open: string | null;
  setOpen: (name: string | null) => void;
  rename: (from: string, to: string) => void;
}

/** `setOrder`, `setMade`: change the order of the cards, and the names of those that were made here. */
export function useCards(
  draft: Draft<FlowDraft>,
  content: FlowContent,
  readOnly: boolean,
  setOrder: (change: (now: string[]) => string[]) => void,
  setMade: (change: (now: readonly string[]) => readonly string[]) => void,
): Cards {
  const [open, setOpen] = useState<string | null>(null);
  const list = useRef<HTMLOListElement>(null);
  const show = (name: string) => {
    setOpen(name);
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        const card = [...(list.current?.children ?? [])].find(
          (one) => one.getAttribute("data-step") === name,
        );
        card?.scrollIntoView({ block: "nearest" });
        card?.querySelector<HTMLElement>(".route-fold")?.focus();
      }),
    );
  };
  const add = (type: StepType, after: string | null): string => {
    const name = freeName(t(`flow.type.${type}`), new Set(Object.keys(content.nodes)));
    setMade((now) => [...now, name]);
    setOrder((now) => {
      const at = after === null ? now.length : now.indexOf(after) + 1;
      return [...now.slice(0, at), name, ...now.slice(at)];
    });
    draft.set({ [stepField(name)]: blankStep(type) });
    return name;
  };
  const rename = (from: string, next: string) => {
    setMade((now) => [...now, next]);
    setOrder((now) => now.map((one) => (one === from ? next : one)));
    draft.set(renamed(draft.value, from, next));
    if (open === from) setOpen(next);
  };
  const locales = content.locales;
  const steps = useMemo(() => new Map(Object.entries(content.nodes)), [JSON.stringify(content.nodes)]);
  return { bench: { readOnly, locales, steps, add, show }, list, open, setOpen, rename };
}
