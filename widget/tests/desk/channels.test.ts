import { describe, expect, test } from "vitest";
import { fileLimit, filledText, pieces, textSize, windowState } from "../../src/desk/state/channel";
import { advances, resumeAfter } from "../../src/desk/state/delivery";
import { layout } from "../../src/desk/state/timeline";
import type { Action } from "../../src/desk/state/types";
import { mapLink, telLink } from "../../src/ui/links";
import type { ChannelView } from "../../src/wire/desk.types";
import { deskAfter, entry, frame, NOW, open, opened, openedAt, row, seqs } from "./make";

const pigeon: ChannelView = { max_text: 10, text_unit: "utf16", attachments: true, max_attachment: 100 };

describe("what a channel can't do", () => {
  test("a text is as long as the channel counts it", () => {
    expect(textSize("سلام🙂", "characters")).toBe(5);
    expect(textSize("سلام🙂", "utf16")).toBe(6);
    expect(textSize("سلام🙂", "utf8")).toBe(12);
  });

  test("a long text goes out in several messages", () => {
    expect(pieces("0123456789", pigeon)).toBe(1);
    expect(pieces("01234567890", pigeon)).toBe(2);
    expect(pieces("  ", pigeon)).toBe(1);
    expect(pieces("01234567890", undefined)).toBe(1);
  });

  test("the smaller limit of house and channel counts for a file", () => {
    expect(fileLimit(pigeon, 50)).toBe(50);
    expect(fileLimit(pigeon, 500)).toBe(100);
    expect(fileLimit({ max_text: 1 }, 500)).toBe(0);
    expect(fileLimit(undefined, 500)).toBe(500);
  });

  test("a window says two hours before that it closes", () => {
    const until = row("c1", { reply_until: NOW + 3 * 3_600_000 });
    expect(windowState(until, NOW)).toBe("open");
    expect(windowState(until, NOW + 1.5 * 3_600_000)).toBe("soon");
    expect(windowState(until, NOW + 3 * 3_600_000 + 1)).toBe("closed");
    expect(windowState(row("c1"), NOW)).toBe("open");
  });

  test("a blank that is empty stays to be seen, and what was filled in is not filled again", () => {
    const one = { name: "n", language: "fa", text: "سلام {{1}}، {{ order }}", blanks: ["1", "order"] };
    expect(filledText(one, ["{{order}}", " "])).toBe("سلام {{order}}، {{ order }}");
    expect(filledText(one, ["مریم", "۴۲"])).toBe("سلام مریم، ۴۲");
  });
});

describe("how far a message has come", () => {
  test.each([
    ["queued", "uncertain", true],
    ["uncertain", "queued", true],
    ["failed", "queued", true],
    ["sent", "queued", false],
    ["delivered", "failed", false],
    ["uncertain", "sent", true],
    ["sent", "failed", true],
    ["failed", "sent", false],
    ["failed", "delivered", true],
    ["read", "delivered", false],
  ])("%s to %s: %s", (from, to, yes) => expect(advances(from, to)).toBe(yes));

  test("that later ones were read says nothing of one that failed", () => {
    const ours = { author: "agent" as const };
    const state = deskAfter(
      open,
      openedAt(
        opened({
          entries: [entry(1, { ...ours, delivery: "failed" }), entry(2, { ...ours, delivery: "sent" })],
        }),
      ),
      frame({ type: "delivery", conversation: "c1", seq: 2, state: "read", up_to: true }),
    );
    expect(state.open.get("c1")?.entries.map((one) => one.delivery)).toEqual(["failed", "read"]);
  });

  test("why, in whose words and when next come with the state, and go with the next one", () => {
    const sent = entry(1, { author: "agent", delivery: "queued" });
    const waits = frame({
      type: "delivery",
      conversation: "c1",
      seq: 1,
      state: "queued",
      code: "unreachable",
      reason: "421",
      due: NOW,
    });
    const there = frame({ type: "delivery", conversation: "c1", seq: 1, state: "sent" });
    const before = deskAfter(open, openedAt(opened({ entries: [sent] })), waits);
    expect(before.open.get("c1")?.entries[0]).toMatchObject({
      delivery_code: "unreachable",
      delivery_due: NOW,
    });
    const after = deskAfter(open, openedAt(opened({ entries: [sent] })), waits, there);
    expect(after.open.get("c1")?.entries[0]?.delivery_code).toBeUndefined();
  });

  test("what the hub itself says to the customer arrives like anybody's words", () => {
    const said = entry(1, { author: "system", delivery: "queued" });
    const there = frame({ type: "delivery", conversation: "c1", seq: 1, state: "sent" });
    const after = deskAfter(open, openedAt(opened({ entries: [said] })), there);
    expect(after.open.get("c1")?.entries[0]?.delivery).toBe("sent");
  });

  test("news that overtake the answer to open are not lost behind it", () => {
    const waits = entry(3, { author: "agent", delivery: "queued" });
    const there = frame({ type: "delivery", conversation: "c1", seq: 3, state: "sent" });
    const here = { ...entry(1), parts: [{ type: "text" as const, text: "whole" }] };
    const whole = frame({ type: "entry.changed", conversation: "c1", entry: here });
    const answer = openedAt(opened({ entries: [entry(1), entry(2), waits] }));
    const ends = (...actions: readonly Action[]) => {
      const [first, , last] = deskAfter(...actions).open.get("c1")?.entries ?? [];
      return [first?.parts?.[0]?.text, last?.delivery];
    };
    expect(ends(open, there, whole, answer)).toEqual(["whole", "sent"]);
    expect(ends(open, answer, open, there, whole, answer)).toEqual(["whole", "sent"]);
    const came = frame({ type: "entry", conversation: "c1", entry: waits });
    expect(ends(open, came, there, answer)).toEqual(["m1", "sent"]);
    const sent = { ...waits, delivery: "sent" as const };
    expect(ends(open, came, openedAt(opened({ entries: [entry(1), entry(2), sent] })))).toEqual([
      "m1",
      "sent",
    ]);
  });

  test("a timeline in memory is asked for again from the first one whose end isn't known", () => {
    const ours = { author: "agent" as const };
    expect(resumeAfter([])).toBeNull();
    expect(resumeAfter([entry(1), entry(2)])).toBe(2);
    expect(
      resumeAfter([
        entry(1),
        entry(2, { ...ours, delivery: "sent" }),
        entry(3, { ...ours, delivery: "read" }),
      ]),
    ).toBe(1);
    const file = { id: "f", name: "a", content_type: "x/y", size: 1, state: "coming" as const };
    expect(resumeAfter([entry(1), entry(2, { parts: [{ type: "attachment", file }] }), entry(3)])).toBe(1);
  });

  test("what comes again replaces what was there, in its place", () => {
    const old = entry(2, { author: "agent", delivery: "sent" });
    const state = deskAfter(
      open,
      openedAt(opened({ entries: [entry(1), old, entry(3)] })),
      openedAt(opened({ entries: [{ ...old, delivery: "failed" }, entry(3), entry(4)] }), 1),
    );
    expect(seqs(state)).toEqual([1, 2, 3, 4]);
    expect(state.open.get("c1")?.entries[1]?.delivery).toBe("failed");
  });

  test("an attachment that has come is shown in its place", () => {
    const changed = entry(2, { parts: [{ type: "text", text: "here" }] });
    const state = deskAfter(
      open,
      openedAt(opened()),
      frame({ type: "entry.changed", conversation: "c1", entry: changed }),
    );
    expect(state.open.get("c1")?.entries[1]).toBe(changed);
    expect(seqs(state)).toEqual([1, 2, 3]);
  });
});

test("what was changed later is marked as such", () => {
  const blocks = layout([entry(1), entry(2), entry(3, { edits: 1 })], [], "me", null);
  const items = blocks.flatMap((one) => (one.type === "group" ? one.items : []));
  expect(items.map((one) => one.kind === "entry" && one.replaced)).toEqual([true, false, false]);
});

describe("links", () => {
  test("a place is a link only where it is on this earth", () => {
    expect(mapLink({ latitude: "35.6892", longitude: "51.3890" })).toEqual({
      href: "https://www.openstreetmap.org/?mlat=35.6892&mlon=51.389#map=17/35.6892/51.389",
      words: "35.6892, 51.389",
    });
    for (const latitude of ["91", "1e2", "javascript:1", "", "35.6&x=1"])
      expect(mapLink({ latitude, longitude: "51" })).toBeNull();
    expect(mapLink(undefined)).toBeNull();
  });

  test("a phone number may be called, whatever its digits, and nothing else", () => {
    expect(telLink("+98 (912) 345-6789")).toBe("tel:+989123456789");
    expect(telLink("۰۹۱۲۳۴۵۶۷۸۹")).toBe("tel:09123456789");
    expect(telLink("٠٩١٢")).toBe("tel:0912");
    expect(telLink("javascript:alert(1)")).toBeNull();
    expect(telLink(undefined)).toBeNull();
  });
});
