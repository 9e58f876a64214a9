/** What the cards of a flow's steps share: the steps there are, and what can be done with them. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Locale } from "../../../../wire/desk.types";
import type { Step, StepType } from "../../model/flow";

export interface Bench {
  readOnly: boolean;
  locales: readonly Locale[];
  /** In the order of their cards. */
  steps: ReadonlyMap<string, Step>;
  /** Makes a step, after the card of another; gives its name. */
  add: (type: StepType, after: string | null) => string;
  /** Opens the card of a step and takes the focus there. */
  show: (name: string) => void;
}

const Shared = createContext<Bench | null>(null);
export const BenchProvider = Shared.Provider;

export function useBench(): Bench {
  const bench = useContext(Shared);
  if (!bench) throw new Error("a step's card stands outside of an editor");
  return bench;
}
