import "fake-indexeddb/auto";
import { describe, expect, it } from "vitest";
import { backoff } from "../src/wire/backoff";
import { uuid7 } from "../src/wire/ids";
import { Outbox } from "../src/wire/outbox";
import { Refused } from "../src/wire/socket";
import type { Kept } from "../src/wire/store";

// Node has neither Web Locks nor localStorage; with the latter the tests run under the lease, the weaker of the two.
const kept = new Map<string, string>();
Object.defineProperty(globalThis, "localStorage", {
  value: {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  },
});

describe("backoff", () => {
  it("doubles to a ceiling of 30 s and spreads over the whole span", () => {
    expect([0, 1, 2, 10, 50].map((attempt) => backoff(attempt, () => 1))).toEqual([
      500, 1000, 2000, 30_000, 30_000,
    ]);
    expect(backoff(5, () => 0)).toBe(0);
  });
});

describe("ids", () => {
  it("are UUIDv7 and sort by time", () => {
    const ids = [1_000, 2_000, 1_700_000_000_000].map((at) => uuid7(at));
    for (const id of ids)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect([...ids].sort()).toEqual(ids);
  });
});

let names = 0;

function outbox(answer: (item: Kept<string>, tries: number) => string | Refused, name = `q${names++}`) {
  const sent: string[] = [];
  const tries = new Map<string, number>();
  const state = { live: true, items: [] as Kept<string>[] };
  let settle: (() => void) | undefined;
  const box = new Outbox<string, string>({
    name,
    ready: () => state.live,
    deliver: async (item) => {
      const count = (tries.get(item.client_id) ?? 0) + 1;
      tries.set(item.client_id, count);
      const result = answer(item, count);
      if (result instanceof Refused) throw result;
      sent.push(item.payload);
      return result;
    },
    onChange: (items) => {
      state.items = items;
      settle?.();
    },
  });
  const until = (done: () => boolean) =>
    new Promise<void>((resolve) => {
      settle = () => done() && resolve();
      settle();
    });
  return { box, sent, state, tries, until, name };
}

describe("outbox", () => {
  it("sends in the order of writing, one at a time", async () => {
    const { box, sent, state, until } = outbox(() => "ok");
    await Promise.all(["a", "b", "c"].map((text) => box.add(text)));
    await until(() => sent.length === 3 && state.items.length === 0);
    expect(sent).toEqual(["a", "b", "c"]);
    box.close();
  });

  it("keeps what was written without a line, over a reload, and sends it once", async () => {
    const before = outbox(() => "ok");
    before.state.live = false;
    const item = await before.box.add("hello");
    before.box.close();
    const after = outbox(() => "ok", before.name);
    await after.until(() => after.state.items.length === 1);
    await after.box.flush();
    expect(after.sent).toEqual(["hello"]);
    expect([...after.tries.keys()]).toEqual([item.client_id]);
    expect(await after.box.items()).toEqual([]);
    after.box.close();
  });

  it("marks what is refused for good as failed, goes on, and retries with the same id", async () => {
    const { box, sent, state, tries, until } = outbox((item, count) =>
      item.payload === "bad" && count === 1 ? new Refused("bad_text", "no", false) : "ok",
    );
    const bad = await box.add("bad");
    await box.add("good");
    await until(() => sent.length === 1 && state.items.length === 1);
    expect(state.items[0]).toMatchObject({ client_id: bad.client_id, state: "failed", error: "bad_text" });
    await box.retry(bad.client_id);
    await until(() => state.items.length === 0);
    expect(sent).toEqual(["good", "bad"]);
    expect(tries.get(bad.client_id)).toBe(2);
    box.close();
  });

  it("holds the rest back while one has to be tried again, so that the order stays", async () => {
    const { box, sent, state } = outbox((item, count) =>
      item.payload === "first" && count === 1 ? new Refused("cut", "cut", true) : "ok",
    );
    state.live = false;
    await box.add("first");
    await box.add("second");
    await box.flush();
    state.live = true;
    await box.flush();
    expect(sent).toEqual([]);
    await box.flush();
    expect(sent).toEqual(["first", "second"]);
    box.close();
  });

  it("sends also what the disk does not take", async () => {
    const { box, sent, state } = outbox(() => "ok");
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
    try {
      state.live = false;
      await box.add("big");
      expect((await box.items()).map((item) => item.payload)).toEqual(["big"]);
    } finally {
      IDBObjectStore.prototype.put = put;
    }
    state.live = true;
    await box.flush();
    expect([sent, await box.items()]).toEqual([["big"], []]);
    box.close();
  });

  it("two tabs over one queue send each message once", async () => {
    const one = outbox(() => "ok");
    const two = outbox(() => "ok", one.name);
    one.state.live = two.state.live = false;
    for (const text of ["a", "b", "c", "d"]) await one.box.add(text);
    one.state.live = two.state.live = true;
    await Promise.all([one.box.flush(), two.box.flush()]);
    expect([...one.sent, ...two.sent].sort()).toEqual(["a", "b", "c", "d"]);
    one.box.close();
    two.box.close();
  });
});
