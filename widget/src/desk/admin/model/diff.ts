/** What changes between two states of a record, and what to do when somebody else changed it meanwhile. */

export interface Change<T> {
  field: keyof T & string;
  before: unknown;
  after: unknown;
}

/** Whether two values of JSON say the same. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const x = a as Record<string, unknown>;
  const y = b as Record<string, unknown>;
  const names = new Set([...Object.keys(x), ...Object.keys(y)]);
  return [...names].every((name) => same(x[name], y[name]));
}

/** The fields that differ, in the order of `fields`. */
export function changesOf<T extends object>(
  before: T,
  after: T,
  fields: readonly (keyof T & string)[],
): Change<T>[] {
  return fields
    .filter((field) => !same(before[field], after[field]))
    .map((field) => ({ field, before: before[field], after: after[field] }));
}

export interface Clash<T> {
  field: keyof T & string;
  mine: unknown;
  theirs: unknown;
}

/** How changes of a field by two people go together, so that both stand. */
export type Merges<T> = { [K in keyof T]?: (base: T[K], mine: T[K], theirs: T[K]) => T[K] };

/**
 * Puts my changes onto what somebody else saved meanwhile. A field that only they changed is theirs; one that only I changed is
 * mine; one that both changed to different values is a clash, which stays mine until the reader decides.
 * Where `merges` knows how, both stand together (`joined`).
 */
export function rebase<T extends object>(
  base: T,
  mine: T,
  latest: T,
  fields: readonly (keyof T & string)[],
  merges: Merges<T> = {},
): { merged: T; adopted: Change<T>[]; clashes: Clash<T>[]; joined: boolean } {
  const merged = { ...latest };
  let joined = false;
  const adopted: Change<T>[] = [];
  const clashes: Clash<T>[] = [];
  for (const field of fields) {
    const iChanged = !same(base[field], mine[field]);
    const theyChanged = !same(base[field], latest[field]);
    if (iChanged) merged[field] = mine[field];
    if (theyChanged && !iChanged) adopted.push({ field, before: base[field], after: latest[field] });
    const merge = merges[field];
    if (theyChanged && iChanged && merge && !same(mine[field], latest[field])) {
      merged[field] = merge(base[field], mine[field], latest[field]);
      adopted.push({ field, before: base[field], after: latest[field] });
      joined = true;
    } else if (theyChanged && iChanged && !same(mine[field], latest[field])) {
      clashes.push({ field, mine: mine[field], theirs: latest[field] });
    }
  }
  return { merged, adopted, clashes, joined };
}

/** What of a list is new and what is gone. */
export function listDiff<V>(before: readonly V[], after: readonly V[]): { added: V[]; removed: V[] } {
  return {
    added: after.filter((one) => !before.some((other) => same(one, other))),
    removed: before.filter((one) => !after.some((other) => same(one, other))),
  };
}
