/** Rules of dialling as they are written and checked. */
import { latin } from "./digits";
import type { DialRule } from "./records";

/** Numbers of a rule as the hub keeps them (+98, 110, 1*, *), from how people write them; null for anything else. */
export function readNumbers(text: string): string | null {
  const tight = latin(text).replace(/[\s()\-\u200e\u200f\u2066-\u2069]/g, "");
  const plain = /^00\d/.test(tight) ? `+${tight.slice(2)}` : tight;
  return /^(\+\d{1,15}|\d{2,8}|\d{0,7}\*)$/.test(plain) ? plain : null;
}

/** Whether a rule holds for everybody, every number and every hour. */
export function isForAll({ roles, numbers, calendar }: DialRule): boolean {
  return roles.length === 0 && numbers.length === 0 && !calendar;
}
