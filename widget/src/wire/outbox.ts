/**
 * What the user sent and the hub has not yet confirmed. It survives a reload, leaves in the order it was written, one
 * at a time, and by one tab only; a retry carries the same `client_id`, so a message can't be stored twice.
 */
import { uuid7 } from "./ids";
import { alone } from "./lock";
import { Refused } from "./socket";
import { type Kept, type KeptStore, openStore } from "./store";

export interface OutboxOptions<P, R> {
  /** Names the queue; tabs with the same name share it. */
  name: string;
  /** Sends one; rejects with `Refused`. */
  deliver: (item: Kept<P>) => Promise<R>;
  /** Whether sending makes sense now. */
  ready: () => boolean;
  /** The queue changed, here or in another tab. */
  onChange: (items: Kept<P>[]) => void;
  /** Confirmed (called in the tab that sent it). */
  onSent?: (item: Kept<P>, result: R) => void;
}

export class Outbox<P, R> {
  private readonly store: Promise<KeptStore<P>>;
  private readonly channel: BroadcastChannel | null;
  private running: Promise<void> | null = null;
  private again = false;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private last = 0;

  constructor(private readonly options: OutboxOptions<P, R>) {
    this.store = openStore<P>(options.name);
    this.channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(options.name);
    if (this.channel) this.channel.onmessage = () => void this.publish();
    void this.publish();
  }

  /** Keeps a message (resolves when it is safe on disk) and sends it as soon as it can. */
  async add(payload: P, clientId = uuid7()): Promise<Kept<P>> {
    this.last = Math.max(Date.now(), this.last + 1);
    const item: Kept<P> = { client_id: clientId, at: this.last, payload, state: "queued" };
    await (await this.store).put(item);
    await this.changed();
    void this.flush();
    return item;
  }

  /** Tries a failed one again, with the same id. */
  async retry(clientId: string): Promise<void> {
    const item = (await this.items()).find((one) => one.client_id === clientId);
    if (!item) return;
    await (await this.store).put({ ...item, state: "queued", error: undefined });
    await this.changed();
    void this.flush();
  }

  async remove(clientId: string): Promise<void> {
    await (await this.store).remove(clientId);
    await this.changed();
  }

  async clear(): Promise<void> {
    await (await this.store).clear();
    await this.changed();
  }

  async items(): Promise<Kept<P>[]> {
    return (await this.store).all();
  }

  /** Sends what waits; resolves when nothing more can be sent now. Call it when the line comes up. */
  flush(): Promise<void> {
    this.again = true;
    this.running ??= this.run().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  close(): void {
    clearTimeout(this.retryTimer);
    this.channel?.close();
  }

  private async run(): Promise<void> {
    while (this.again) {
      this.again = false;
      await alone(`${this.options.name}:flush`, () => this.drain());
    }
  }

  private async drain(): Promise<void> {
    while (this.options.ready()) {
      const item = (await this.items()).find((one) => one.state === "queued");
      if (!item) return;
      if (!(await this.one(item))) return;
    }
  }

  /** Sends one; false when the rest has to wait. */
  private async one(item: Kept<P>): Promise<boolean> {
    try {
      const result = await this.options.deliver(item);
      this.options.onSent?.(item, result);
      await (await this.store).remove(item.client_id);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (error.retry) {
        // A cut line flushes when it is back; everything else is tried again after a while.
        clearTimeout(this.retryTimer);
        this.retryTimer = setTimeout(() => void this.flush(), Math.max(1_000, error.retryAfter));
        return false;
      }
      await (await this.store).put({ ...item, state: "failed", error: error.code });
    }
    await this.changed();
    return true;
  }

  private async changed(): Promise<void> {
    this.channel?.postMessage("changed");
    await this.publish();
  }

  private async publish(): Promise<void> {
    this.options.onChange(await this.items());
  }
}
