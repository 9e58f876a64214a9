/** The audit trail as the screen filters it. The hub gives pages, newest first; filters look through what was fetched. */
import type { AuditRecord } from "./records";

export const KINDS = [
  "agent",
  "queue",
  "conversation",
  "inbox",
  "flow",
  "aside",
  "bot",
  "canned",
  "settings",
  "rules",
  "dialling",
  "call",
  "calendar",
  "sla",
  "account",
  "session",
] as const;

export interface TrailFilter {
  /** An agent's id; "-" for nobody known. */
  who: string;
  kind: string;
}

/** Whether a record fits. */
export function inTrail(record: AuditRecord, { who, kind }: TrailFilter): boolean {
  return (
    (!who || record.actor === (who === "-" ? "" : who)) && (!kind || record.action.startsWith(`${kind}.`))
  );
}

/** What a deed was done to: kind and id, of "queue:support". */
export function targetOf(target: string): { kind: string; id: string } {
  const at = target.indexOf(":");
  return at < 0 ? { kind: "", id: target } : { kind: target.slice(0, at), id: target.slice(at + 1) };
}

/** The name that a record itself knows for its target: of what was made, changed or deleted. */
export function nameWithin(record: AuditRecord): string | null {
  for (const field of ["name", "shortcut", "login"]) {
    const [before, after] = record.changes[field] ?? [];
    const found = after ?? before;
    if (typeof found === "string" && found) return found;
  }
  return null;
}
