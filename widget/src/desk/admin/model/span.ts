/** Spans of time as people say them: a number and a unit. */

export type Unit = "second" | "minute" | "hour" | "day";

const SECONDS: Record<Unit, number> = { second: 1, minute: 60, hour: 3600, day: 86_400 };
export const UNITS = Object.keys(SECONDS) as Unit[];

/** Seconds as the largest unit in which they are a whole number. */
export function splitSeconds(seconds: number): { value: number; unit: Unit } {
  const unit = [...UNITS].reverse().find((one) => seconds !== 0 && seconds % SECONDS[one] === 0) ?? "second";
  return { value: seconds / SECONDS[unit], unit };
}

/** Back to seconds. */
export function joinSeconds(value: number, unit: Unit): number {
  return value * SECONDS[unit];
}
