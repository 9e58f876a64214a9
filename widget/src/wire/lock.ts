/** One tab at a time. */

const LEASE_MS = 10_000;

/**
 * Runs `work` while no other tab of this browser holds `name`: by Web Locks, or where they are absent (plain http) by
 * a lease in localStorage. The lease is not airtight; what runs under it must bear to be done twice.
 */
export async function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  if (typeof navigator !== "undefined" && navigator.locks) {
    return (await navigator.locks.request(name, work)) as T;
  }
  return byLease(name, work);
}

async function byLease<T>(name: string, work: () => Promise<T>): Promise<T> {
  const me = Math.random().toString(36).slice(2);
  while (!take(name, me)) await new Promise((resolve) => setTimeout(resolve, 150 + Math.random() * 150));
  const renew = setInterval(() => write(name, me), LEASE_MS / 3);
  try {
    return await work();
  } finally {
    clearInterval(renew);
    release(name);
  }
}

function take(name: string, me: string): boolean {
  try {
    const [holder, until] = (localStorage.getItem(name) ?? "").split(" ");
    if (holder && holder !== me && Number(until) > Date.now()) return false;
  } catch {
    return true;
  }
  write(name, me);
  return true;
}

function write(name: string, me: string): void {
  try {
    localStorage.setItem(name, `${me} ${Date.now() + LEASE_MS}`);
  } catch {
    // No storage: then there is no other tab that we could meet in it.
  }
}

function release(name: string): void {
  try {
    localStorage.removeItem(name);
  } catch {
    // As above.
  }
}
