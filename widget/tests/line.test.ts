import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Line, type LineStatus, Refused } from "../src/wire/socket";

type Command = { type: "hello" } | { type: "say"; id: number; text: string } | { type: "ping" };
type Event =
  | { type: "welcome" }
  | { type: "news"; n: number }
  | { type: "bye"; reason: string; retry_after_ms?: number };

/** A socket whose other end is the test. */
class Socket {
  static made: Socket[] = [];
  static readonly OPEN = 1;
  readyState = 1;
  sent: Record<string, unknown>[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  constructor(readonly url: URL) {
    Socket.made.push(this);
  }
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.readyState = 3;
  }
  says(frame: object) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

const flush = () => vi.advanceTimersByTimeAsync(0);
const last = () => Socket.made.at(-1) as Socket;

function line() {
  const seen: Event[] = [];
  const statuses: LineStatus[] = [];
  const made = new Line<Command, Event>({
    url: "/socket",
    first: () => ({ type: "hello" }),
    opening: "welcome",
    onEvent: (event) => seen.push(event),
    onStatus: (status) => statuses.push(status),
  });
  return { made, seen, statuses };
}

async function live() {
  const all = line();
  all.made.start();
  await flush();
  last().onopen?.();
  last().says({ type: "welcome" });
  return all;
}

describe("line", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.spyOn(Math, "random").mockReturnValue(1);
    Socket.made = [];
    vi.stubGlobal("WebSocket", Socket);
    vi.stubGlobal("location", { href: "http://hub.test/chat/shop/app" });
    vi.stubGlobal("addEventListener", () => undefined);
    vi.stubGlobal("removeEventListener", () => undefined);
    vi.stubGlobal("document", {
      addEventListener() {},
      removeEventListener() {},
      visibilityState: "visible",
    });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  it("says hello first and is live after the welcome", async () => {
    const { made, seen, statuses } = await live();
    expect(last().url.href).toBe("ws://hub.test/socket");
    expect(last().sent).toEqual([{ type: "hello" }]);
    expect([made.live, seen, statuses.map((one) => one.kind)]).toEqual([
      true,
      [{ type: "welcome" }],
      ["connecting", "live"],
    ]);
    made.stop();
  });

  it("gives each answer to the one who asked", async () => {
    const { made } = await live();
    const one = made.ask<string>({ type: "say", text: "a" });
    const two = made.ask({ type: "say", text: "b" });
    const [, first, second] = last().sent;
    last().says({ type: "error", id: second?.id, code: "bad_text", text: "no", retry: false });
    last().says({ type: "result", id: first?.id, data: "stored" });
    await expect(one).resolves.toBe("stored");
    await expect(two).rejects.toMatchObject({ code: "bad_text", retry: false });
    made.stop();
  });

  it("refuses open questions when the line is cut, and comes back with growing pauses", async () => {
    const { made, statuses } = await live();
    const open = made.ask({ type: "say", text: "a" });
    last().onclose?.();
    await expect(open).rejects.toMatchObject({ code: "cut", retry: true });
    await expect(made.ask({ type: "say", text: "b" })).rejects.toBeInstanceOf(Refused);
    const pauses = [];
    for (let i = 0; i < 3; i++) {
      const status = statuses.at(-1);
      if (status?.kind !== "waiting") throw new Error(`is ${status?.kind}`);
      pauses.push(status.until - Date.now());
      await vi.advanceTimersByTimeAsync(status.until - Date.now());
      last().onclose?.();
    }
    expect([pauses, Socket.made.length]).toEqual([[500, 1000, 2000], 4]);
    made.stop();
  });

  it("takes a line that answers no pings for dead", async () => {
    const { made } = await live();
    const first = last();
    await vi.advanceTimersByTimeAsync(59_000);
    expect([made.live, first.sent.filter((frame) => frame.type === "ping").length]).toEqual([true, 2]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(made.live).toBe(false);
    made.stop();
  });

  it("asks a line that left a question unanswered whether it lives", async () => {
    const { made } = await live();
    const open = made.ask({ type: "say", text: "a" });
    const refused = expect(open).rejects.toMatchObject({ code: "timeout", retry: true });
    await vi.advanceTimersByTimeAsync(15_000);
    await refused;
    expect([made.live, last().sent.at(-1)]).toEqual([true, { type: "ping" }]);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(made.live).toBe(false);
    made.stop();
  });

  it("keeps a line that answers", async () => {
    const { made } = await live();
    for (let i = 0; i < 5; i++) {
      await vi.advanceTimersByTimeAsync(20_000);
      last().says({ type: "pong", now: 0 });
    }
    expect(made.live).toBe(true);
    made.stop();
  });

  it("stays away after a goodbye for good, and comes back after another", async () => {
    const { made } = await live();
    last().says({ type: "bye", reason: "restart", retry_after_ms: 2_000 });
    expect(made.status.kind).toBe("waiting");
    await vi.advanceTimersByTimeAsync(4_000);
    last().onopen?.();
    last().says({ type: "welcome" });
    expect(made.live).toBe(true);
    last().says({ type: "bye", reason: "forgotten" });
    await vi.advanceTimersByTimeAsync(120_000);
    expect([made.status, Socket.made.length]).toEqual([{ kind: "ended", reason: "forgotten" }, 2]);
  });
});
