/** How sure a version was of its test sentences, and what a threshold would do with them. */

/** So many sentences of one step of confidence, read rightly and wrongly. */
export interface Bin {
  right: number;
  wrong: number;
}

export interface Effect {
  /** Shares of all test sentences: not answered, answered wrongly. */
  left: number;
  wrong: number;
}

/** What answering only from the `step`-th step on would do; null without any sentence. */
export function effectOf(bins: readonly Bin[], step: number): Effect | null {
  const sum = (all: readonly Bin[], of: (one: Bin) => number) => all.reduce((n, one) => n + of(one), 0);
  const whole = sum(bins, (one) => one.right + one.wrong);
  if (whole === 0) return null;
  return {
    left: sum(bins.slice(0, step), (one) => one.right + one.wrong) / whole,
    wrong: sum(bins.slice(step), (one) => one.wrong) / whole,
  };
}
