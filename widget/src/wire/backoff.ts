/** How long to wait before trying again. */

const BASE_MS = 500;
const TOP_MS = 30_000;

/**
 * Full jitter: anything between 0 and 0.5 s * 2^attempt, capped at 30 s, so that a thousand clients that were cut at
 * the same instant don't come back at the same instant.
 * Source: AWS Architecture Blog, "Exponential Backoff And Jitter".
 *
 * @param attempt failures so far, from 0
 * @param random between 0 and 1, for tests
 */
export function backoff(attempt: number, random: () => number = Math.random): number {
  return Math.round(random() * Math.min(TOP_MS, BASE_MS * 2 ** attempt));
}
