/** Which calls are taken without asking, and which keys a keypad has. Pure. */
import type { Summary } from "../../wire/desk.types";

/** A conversation as it was when its call was accepted. */
export interface Join {
  conversation: string;
  fence: number;
}

/** Reads "conversation;fence"; null for anything else. */
export function joinOf(header: string | undefined): Join | null {
  const found = /^([\w-]{1,80});(\d{1,15})$/.exec(header ?? "");
  return found?.[1] ? { conversation: found[1], fence: Number(found[2]) } : null;
}

/** Whether this is the call that I have just accepted, and no other. */
export function isAwaited(join: Join, row: Summary | undefined, me: string): boolean {
  const owner = row?.owner;
  return (
    row?.call !== undefined && owner?.kind === "agent" && owner.agent === me && owner.fence === join.fence
  );
}

/** Who rings, as far as that is a number; "" for who hides it. */
export function numberOf(user: string): string {
  return /^\+?\d{2,20}$/.test(user) ? user : "";
}

export const KEYPAD = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"] as const;

const PERSIAN = "۰۱۲۳۴۵۶۷۸۹";
const ARABIC = "٠١٢٣٤٥٦٧٨٩";

/** The tone that a key of the keyboard stands for, digits of any script; null for others. */
export function toneOf(key: string): string | null {
  if (key.length !== 1) return null;
  const at = Math.max(PERSIAN.indexOf(key), ARABIC.indexOf(key));
  const one = at >= 0 ? String(at) : key;
  return (KEYPAD as readonly string[]).includes(one) ? one : null;
}
