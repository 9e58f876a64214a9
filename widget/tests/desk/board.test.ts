import { describe, expect, it } from "vitest";
import { breached, changed, level, ordered, stepOf, stillThere, whole } from "../../src/desk/board/model";
import { en } from "../../src/desk/board/words/en";
import { fa } from "../../src/desk/board/words/fa";
import type { AgentBoard, QueueBoard } from "../../src/wire/desk.types";

const queue = (id: string, figures: Partial<QueueBoard> = {}): QueueBoard => ({
  id,
  name: id,
  target_percent: 80,
  target_seconds: 20,
  ...figures,
});
const agent = (id: string, more: Partial<AgentBoard> = {}): AgentBoard => ({
  id,
  name: id,
  role: "agent",
  status: "online",
  connected: true,
  since: 1,
  ...more,
});
const held = [
  { conversation: "c", number: 1, channel: "webchat", contact_name: "", state: "active" as const, fence: 1 },
];

describe("changes on the wallboard", () => {
  const board = whole({
    now: 0,
    day_from: 5,
    queues: [queue("a"), queue("b")],
    agents: [agent("x"), agent("y")],
  });

  it("replaces whole rows and leaves the others the very same", () => {
    const next = changed(board, { type: "board", day_from: 5, queues: [queue("a", { waiting: 3 })] });
    expect(next.queues.get("a")?.waiting).toBe(3);
    expect(next.queues.get("b")).toBe(board.queues.get("b"));
    expect(next.agents).toBe(board.agents);
  });

  it("takes away what is gone, queue or colleague", () => {
    const next = changed(board, { type: "board", day_from: 6, gone: ["b", "x", "unknown"] });
    expect([...next.queues.keys()]).toEqual(["a"]);
    expect([...next.agents.keys()]).toEqual(["y"]);
    expect(next.dayFrom).toBe(6);
  });
});

describe("service level", () => {
  it("leaves out who left at once, and adds figures instead of averaging shares", () => {
    const busy = queue("a", { answered: 90, in_time: 90, abandoned: 12, short: 2 });
    const idle = queue("b", { answered: 1, in_time: 0 });
    expect(level([busy])).toEqual({ inTime: 90, of: 100, share: 0.9 });
    expect(level([busy, idle])).toEqual({ inTime: 90, of: 101, share: 90 / 101 });
  });

  it("says nothing while nobody counts, and is breached only below the target", () => {
    expect(level([queue("a", { abandoned: 1, short: 1 })]).share).toBeNull();
    expect(breached(queue("a"))).toBeNull();
    expect(breached(queue("a", { answered: 5, in_time: 4 }))).toBe(false);
    expect(breached(queue("a", { answered: 5, in_time: 3 }))).toBe(true);
  });
});

describe("colleagues", () => {
  it("stand with what wants looking at first", () => {
    const all = [
      agent("off", { status: "offline" }),
      agent("break", { status: "break:lunch" }),
      agent("on"),
      agent("gone", { connected: false, held }),
      agent("silent", { status: "not_responding" }),
    ];
    expect(ordered(all, "").map((one) => one.id)).toEqual(["silent", "gone", "on", "break", "off"]);
    expect(ordered(all, " ON ").map((one) => one.id)).toEqual(["gone", "on"]);
  });
});

describe("picking", () => {
  it("forgets what has left, and is the same while nothing has", () => {
    const picked = new Set(["a", "b"]);
    expect(stillThere(picked, ["b", "a", "c"])).toBe(picked);
    expect([...stillThere(picked, ["b"])]).toEqual(["b"]);
  });

  it("has a word for every priority", () => {
    expect([10, 7, 0, -3, -10].map(stepOf)).toEqual(["urgent", "high", "normal", "low", "lowest"]);
  });
});

describe("words", () => {
  const holes = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
  it("have the same holes in both languages", () => {
    for (const key of Object.keys(en) as (keyof typeof en)[]) {
      expect([key, holes(fa[key])]).toEqual([key, holes(en[key])]);
      expect([key, fa[key].split("|").length]).toEqual([key, en[key].split("|").length]);
    }
  });
});
