import { describe, expect, test } from "vitest";
import { reduce } from "../../src/desk/state/reducer";
import type { Action } from "../../src/desk/state/types";
import { deskAfter, entry, frame, NOW, open, opened, openedAt, ready, row, seqs } from "./make";

const arrives = (seq: number, over = {}): Action =>
  frame({ type: "entry", conversation: "c1", entry: entry(seq, over) });

describe("a timeline", () => {
  test("grows by the next entry and shows none twice", () => {
    expect(seqs(deskAfter(open, openedAt(opened()), arrives(4), arrives(4), arrives(2)))).toEqual([
      1, 2, 3, 4,
    ]);
  });

  test("doesn't show what leaves a hole, and asks again", () => {
    const state = deskAfter(open, openedAt(opened()), arrives(5));
    expect(seqs(state)).toEqual([1, 2, 3]);
    expect(state.open.get("c1")?.gap).toBe(true);
    const healed = reduce(state, openedAt(opened({ entries: [entry(4)] }), 3));
    expect(seqs(healed)).toEqual([1, 2, 3, 4, 5]);
    expect(healed.open.get("c1")?.gap).toBe(false);
  });

  test("keeps what comes before the answer to open", () => {
    expect(seqs(deskAfter(open, arrives(4), openedAt(opened())))).toEqual([1, 2, 3, 4]);
    expect(seqs(deskAfter(open, arrives(3), openedAt(opened())))).toEqual([1, 2, 3]);
  });

  test("is dropped when the server says start over", () => {
    const state = deskAfter(
      open,
      openedAt(opened()),
      openedAt(opened({ entries: [entry(90), entry(91)], start_over: true, more: true }), 3),
    );
    expect(seqs(state)).toEqual([90, 91]);
    expect(state.open.get("c1")?.more).toBe(true);
  });

  test("takes older pages at its head, each number once", () => {
    const state = deskAfter(open, openedAt(opened({ entries: [entry(10), entry(11)], more: true })), {
      do: "older.done",
      id: "c1",
      page: { entries: [entry(8), entry(9), entry(10)], more: false },
    });
    expect(seqs(state)).toEqual([8, 9, 10, 11]);
    expect(state.open.get("c1")?.more).toBe(false);
  });
});

describe("an optimistic reply", () => {
  const pending: Action = {
    do: "pending.add",
    id: "c1",
    pending: {
      clientId: "x",
      kind: "message",
      text: "hi",
      files: [],
      mentions: [],
      template: null,
      at: NOW,
      state: "sending",
      code: null,
    },
  };

  test("gives way to its entry", () => {
    const state = deskAfter(
      open,
      openedAt(opened()),
      pending,
      arrives(4, { client_id: "x", author: "agent" }),
    );
    expect(state.open.get("c1")?.pending).toEqual([]);
    expect(seqs(state)).toEqual([1, 2, 3, 4]);
  });

  test("gives way when the entry comes by the resumed snapshot", () => {
    const state = deskAfter(
      open,
      openedAt(opened()),
      pending,
      openedAt(opened({ entries: [entry(4, { client_id: "x" })] }), 3),
    );
    expect(state.open.get("c1")?.pending).toEqual([]);
  });

  test("stays with its reason when it failed, and can be dropped", () => {
    const state = deskAfter(open, openedAt(opened()), pending, {
      do: "pending.set",
      id: "c1",
      clientId: "x",
      state: "failed",
      code: "not_yours",
    });
    expect(state.open.get("c1")?.pending[0]).toMatchObject({ state: "failed", code: "not_yours" });
    expect(reduce(state, { do: "pending.drop", id: "c1", clientId: "x" }).open.get("c1")?.pending).toEqual(
      [],
    );
  });
});

describe("delivery", () => {
  const ours = (seq: number, delivery: string) => entry(seq, { author: "agent", delivery });
  const states = (...actions: Action[]) =>
    deskAfter(open, openedAt(opened({ entries: [entry(1), ours(2, "sent"), ours(3, "queued")] })), ...actions)
      .open.get("c1")
      ?.entries.map((one) => one.delivery);

  test("up to a number moves all ours, never the customer's", () => {
    expect(
      states(frame({ type: "delivery", conversation: "c1", seq: 3, state: "read", up_to: true })),
    ).toEqual([undefined, "read", "read"]);
  });

  test("never goes backwards", () => {
    expect(
      states(
        frame({ type: "delivery", conversation: "c1", seq: 2, state: "read" }),
        frame({ type: "delivery", conversation: "c1", seq: 2, state: "sent" }),
      ),
    ).toEqual([undefined, "read", "queued"]);
  });

  test("a failure can be followed by success, once it is tried again", () => {
    expect(
      states(
        frame({ type: "delivery", conversation: "c1", seq: 3, state: "failed", reason: "blocked" }),
        frame({ type: "delivery", conversation: "c1", seq: 3, state: "queued" }),
        frame({ type: "delivery", conversation: "c1", seq: 3, state: "sent" }),
      ),
    ).toEqual([undefined, "sent", "sent"]);
  });
});

describe("rows", () => {
  test("an older one doesn't replace a newer one", () => {
    const state = deskAfter(
      frame({ type: "summary", conversation: row("c1", { last_seq: 9, last_text: "new" }) }),
      frame({ type: "summary", conversation: row("c1", { last_seq: 8, last_text: "old" }) }),
    );
    expect(state.rows.get("c1")?.last_text).toBe("new");
  });

  test("a snapshot drops what isn't mine any more and keeps what is open", () => {
    const state = deskAfter(
      frame(ready({ mine: [row("c1"), row("c2")] })),
      openedAt(opened()),
      frame(ready({ mine: [row("c3")] })),
    );
    expect([...state.rows.keys()].sort()).toEqual(["c1", "c3"]);
    expect(state.open.get("c1")?.gap).toBe(true);
  });

  test("a first page takes away what has left the tab", () => {
    const state = deskAfter(
      frame(ready()),
      frame({ type: "summary", conversation: row("c1", { owner: { kind: "queue", fence: 2 } }) }),
      {
        do: "list.page",
        tab: "queue",
        first: true,
        page: { rows: [row("c2", { owner: { kind: "queue", fence: 2 } })], total: 1 },
      },
    );
    expect([...state.rows.keys()]).toEqual(["c2"]);
  });
});

describe("the rest", () => {
  const offer = {
    id: "o1",
    conversation: row("c9"),
    reason: "requested",
    summary: "",
    until: NOW + 20_000,
    seconds: 20,
    waited_ms: 0,
  };

  test("an offer comes once and goes", () => {
    const state = deskAfter(frame({ type: "offer", offer }), frame({ type: "offer", offer }));
    expect(state.offers).toHaveLength(1);
    expect(reduce(state, frame({ type: "offer.gone", offer: "o1", reason: "expired" })).offers).toEqual([]);
  });

  test("my status follows the event about me", () => {
    const state = deskAfter(
      frame(ready()),
      frame({
        type: "agent",
        agent: { id: "me", name: "Me", role: "agent", status: "not_responding", connected: true },
      }),
    );
    expect(state.me?.status).toBe("not_responding");
    expect(state.agents.find((one) => one.id === "me")?.status).toBe("not_responding");
  });

  test("typing ends by word, by message, and by itself", () => {
    const typing = frame({ type: "typing", conversation: "c1", who: "contact", on: true });
    expect(deskAfter(typing).typing.has("c1")).toBe(true);
    expect(
      deskAfter(typing, frame({ type: "typing", conversation: "c1", who: "contact", on: false })).typing.has(
        "c1",
      ),
    ).toBe(false);
    expect(deskAfter(open, openedAt(opened()), typing, arrives(4)).typing.has("c1")).toBe(false);
    expect(deskAfter(typing, { do: "typing.sweep", now: NOW + 6001 }).typing.has("c1")).toBe(false);
  });

  test("a lost line keeps what is on the screen", () => {
    const state = deskAfter(frame(ready({ mine: [row("c1")] })), open, openedAt(opened()), {
      do: "link",
      link: "reconnecting",
    });
    expect(state.rows.size).toBe(1);
    expect(seqs(state)).toEqual([1, 2, 3]);
  });
});
