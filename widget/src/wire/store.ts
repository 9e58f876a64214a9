/** Where unsent things wait: IndexedDB, so that a reload keeps them; memory where the browser forbids it. */

export interface Kept<P> {
  /** The idempotency key: however often it is sent, it is the same message. */
  client_id: string;
  /** Made at, ms since the epoch: the order of sending. */
  at: number;
  payload: P;
  state: "queued" | "failed";
  /** The code of the refusal, when failed. */
  error?: string;
}

export interface KeptStore<P> {
  all(): Promise<Kept<P>[]>;
  put(item: Kept<P>): Promise<void>;
  remove(clientId: string): Promise<void>;
  clear(): Promise<void>;
}

const TABLE = "queue";

function finished<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

class Database<P> implements KeptStore<P> {
  constructor(private readonly db: IDBDatabase) {}

  async all(): Promise<Kept<P>[]> {
    const rows: Kept<P>[] = await finished(this.table("readonly").getAll());
    return inOrder(rows);
  }

  put(item: Kept<P>): Promise<void> {
    return this.change((table) => table.put(item));
  }

  remove(clientId: string): Promise<void> {
    return this.change((table) => table.delete(clientId));
  }

  clear(): Promise<void> {
    return this.change((table) => table.clear());
  }

  private table(mode: IDBTransactionMode): IDBObjectStore {
    return this.db.transaction(TABLE, mode).objectStore(TABLE);
  }

  /** Resolves when the change is committed, not only asked for. */
  private async change(work: (table: IDBObjectStore) => IDBRequest): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const table = this.table("readwrite");
      table.transaction.oncomplete = () => resolve();
      table.transaction.onabort = () => reject(table.transaction.error);
      work(table);
    });
  }
}

class Memory<P> implements KeptStore<P> {
  private readonly rows = new Map<string, Kept<P>>();

  async all(): Promise<Kept<P>[]> {
    return inOrder([...this.rows.values()]);
  }

  async put(item: Kept<P>): Promise<void> {
    this.rows.set(item.client_id, item);
  }

  async remove(clientId: string): Promise<void> {
    this.rows.delete(clientId);
  }

  async clear(): Promise<void> {
    this.rows.clear();
  }
}

/** The database, with memory behind it for what it can't take: quota, private windows, a database pulled away. */
class Backed<P> implements KeptStore<P> {
  private readonly memory = new Memory<P>();

  constructor(private readonly disk: KeptStore<P>) {}

  async all(): Promise<Kept<P>[]> {
    const kept = await this.disk.all().catch(() => []);
    return inOrder([...kept, ...(await this.memory.all())]);
  }

  put(item: Kept<P>): Promise<void> {
    return this.disk.put(item).catch(() => this.memory.put(item));
  }

  async remove(clientId: string): Promise<void> {
    await this.memory.remove(clientId);
    await this.disk.remove(clientId).catch(() => undefined);
  }

  async clear(): Promise<void> {
    await this.memory.clear();
    await this.disk.clear().catch(() => undefined);
  }
}

function inOrder<P>(rows: Kept<P>[]): Kept<P>[] {
  return rows.sort((a, b) => a.at - b.at || (a.client_id < b.client_id ? -1 : 1));
}

/** Opens the store of this name. Never fails: without IndexedDB it forgets at reload. */
export async function openStore<P>(name: string): Promise<KeptStore<P>> {
  try {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(TABLE, { keyPath: "client_id" });
    return new Backed(new Database<P>(await finished(request)));
  } catch {
    return new Memory<P>();
  }
}
