import { describe, expect, it } from "vitest";
import * as model from "../src/chat/model";
import * as rows from "../src/chat/rows";
import * as text from "../src/chat/text";
import { inOrder } from "../src/ui/order";
import type { EntryView, StateView, Welcome } from "../src/wire/webchat.types";

const NOON = new Date(2026, 10, 22, 12).getTime();
const entry = (
  seq: number,
  author: EntryView["author"] = "bot",
  more: Partial<EntryView> = {},
): EntryView => ({
  seq,
  at: NOON + seq * 1000,
  author,
  parts: [{ type: "text", text: `text ${seq}` }],
  ...more,
});
const state = (more: Partial<StateView> = {}): StateView => ({
  conversation: "c1",
  status: "open",
  owner: "bot",
  locale: "en",
  ...more,
});
const welcome = (more: Partial<Welcome> = {}): Welcome => ({
  type: "welcome",
  visitor: "v",
  now: NOON,
  desk: { hours_open: true, agents_online: true, bot: true },
  ...more,
});
const seqs = (chat: model.Chat) => chat.entries.map((one) => one.seq);
const keys = (chat: model.Chat) => rows.rows(chat).map((row) => row.key);
const pending = (id: string, words: string): model.Chat["pending"][number] => ({
  client_id: id,
  at: NOON + 60_000,
  payload: { text: words },
  state: "queued",
});

describe("resuming", () => {
  it("adds what was missed, each number once and in order", () => {
    const before = model.onWelcome(model.EMPTY, welcome({ state: state(), entries: [entry(1), entry(4)] }));
    const after = model.onWelcome(
      before,
      welcome({ state: state(), entries: [entry(9), entry(4), entry(6)] }),
    );
    expect(seqs(after)).toEqual([1, 4, 6, 9]);
  });

  it("drops what is shown when told to start over", () => {
    const before = model.onWelcome(model.EMPTY, welcome({ state: state(), entries: [entry(1)] }));
    const after = model.onWelcome(
      before,
      welcome({ state: state(), entries: [entry(50), entry(51)], more: true, start_over: true }),
    );
    expect([seqs(after), after.more]).toEqual([[50, 51], true]);
  });

  it("keeps `more` of the first page when only news came", () => {
    const before = model.onWelcome(
      model.EMPTY,
      welcome({ state: state(), entries: [entry(30)], more: true }),
    );
    expect(model.onWelcome(before, welcome({ state: state(), entries: [entry(31)] })).more).toBe(true);
  });

  it("does not bring back a conversation that was put aside", () => {
    const ended = model.onWelcome(
      model.EMPTY,
      welcome({ state: state({ status: "resolved" }), entries: [entry(1)] }),
    );
    const fresh = model.beginAnew(ended);
    const again = model.onWelcome(
      fresh,
      welcome({ state: state({ status: "resolved" }), entries: [entry(1)] }),
    );
    expect([again.convo, again.entries]).toEqual([null, []]);
    expect(model.onEntry(again, "c1", entry(2, "system"), "en")).toBe(again);
    expect(seqs(model.onEntry(again, "c2", entry(1), "en"))).toEqual([1]);
  });
});

describe("a message of mine", () => {
  const open = () => model.onWelcome(model.EMPTY, welcome({ state: state(), entries: [entry(1)] }));
  const mine = entry(2, "contact", { client_id: "id-of-mine" });

  it("is one row from writing to receipt, whichever answer comes first", () => {
    const written = { ...open(), pending: [pending("id-of-mine", "hello")] };
    const [item] = written.pending;
    if (!item) throw new Error("unreachable");
    const result = { conversation: "c1", seq: 2, at: NOON };
    const confirmed = model.onSent(written, item, result, "en");
    const echoed = model.onEntry(written, "c1", mine, "en");
    const shown = keys(written);
    for (const chat of [
      confirmed,
      echoed,
      model.onEntry(confirmed, "c1", mine, "en"),
      model.onSent(echoed, item, result, "en"),
    ]) {
      expect(keys(chat)).toEqual(shown);
    }
  });

  it("goes from sending to sent to read", () => {
    const marks = (chat: model.Chat) =>
      rows.rows(chat).flatMap((row) => (row.kind === "bubble" ? [row.mark] : []));
    const written = { ...open(), pending: [pending("id-of-mine", "hello")] };
    const stored = model.onEntry(written, "c1", mine, "en");
    expect([marks(written), marks(stored), marks(model.onState(stored, state({ agent_read: 2 })))]).toEqual([
      [null, "sending"],
      [null, "sent"],
      [null, "read"],
    ]);
  });

  it("begins a new conversation in this tab and in others", () => {
    const ended = model.onState(open(), state({ status: "resolved" }));
    const elsewhere = model.onEntry(ended, "c2", entry(1, "contact"), "en");
    expect([elsewhere.convo?.conversation, seqs(elsewhere)]).toEqual(["c2", [1]]);
    const item = pending("id-of-mine", "hello");
    const here = model.onSent(model.beginAnew(ended), item, { conversation: "c2", seq: 1, at: NOON }, "en");
    expect(here.convo?.conversation).toBe("c2");
  });
});

describe("rows", () => {
  const chips = entry(2, "bot", { parts: [{ type: "buttons", buttons: [{ title: "Yes", payload: "/y" }] }] });
  const live = (chat: model.Chat) =>
    rows.rows(chat).flatMap((row) => (row.kind === "bubble" && row.live ? [row.key] : []));

  it("buttons may be pressed until something was said", () => {
    const asked = model.onWelcome(
      model.EMPTY,
      welcome({ state: state(), entries: [entry(1, "contact"), chips] }),
    );
    expect(live(asked)).toEqual(["s2"]);
    const pressing = {
      ...asked,
      pending: [{ ...pending("id-press", "Yes"), payload: { button: "/y", text: "Yes" } }],
    };
    expect(live(pressing)).toEqual([]);
    expect(rows.rows(pressing).find((row) => row.key === "s2")).toMatchObject({
      live: false,
      pressed: "Yes",
    });
  });

  it("groups one author's messages and separates days", () => {
    const late = entry(3, "bot", { at: NOON + 86_400_000 });
    const chat = model.onWelcome(
      model.EMPTY,
      welcome({ state: state(), entries: [entry(1), entry(2), late] }),
    );
    const shape = rows.rows(chat).map((row) => (row.kind === "bubble" ? [row.first, row.last] : row.kind));
    expect(shape).toEqual(["day", [true, false], [false, true], "day", [true, true]]);
  });

  it("asks a form once", () => {
    const ask = entry(2, "system", { parts: [{ type: "form", form: "offline" }] });
    const reply = entry(3, "contact", { parts: [{ type: "form_reply", form: "offline", values: {} }] });
    const asked = model.onWelcome(
      model.EMPTY,
      welcome({ state: state(), entries: [entry(1, "contact"), ask] }),
    );
    expect(rows.openForm(asked)).toBe("offline");
    expect(rows.openForm(model.onEntry(asked, "c1", reply, "en"))).toBe(null);
  });

  it("counts what I have not seen, and only from people and the bot", () => {
    const entries = [entry(1), entry(2, "contact"), entry(3, "system"), entry(4, "agent")];
    const chat = model.onWelcome(model.EMPTY, welcome({ state: state({ contact_read: 1 }), entries }));
    expect(model.unreadCount(chat)).toBe(1);
  });
});

describe("words from outside", () => {
  it("only http and https become links, without the punctuation after them", () => {
    const said = "see https://example.com/a?b=1). javascript:alert(1) http://x.ir، data:text/html,x";
    expect(text.pieces(said).flatMap((piece) => piece.href ?? [])).toEqual([
      "https://example.com/a?b=1",
      "http://x.ir/",
    ]);
    expect(
      text
        .pieces(said)
        .map((piece) => piece.text)
        .join(""),
    ).toBe(said);
  });

  it("digits in groups keep their order, whatever stands around them", () => {
    const parts = inOrder("تلفن +98 21 9100 0000 یا ۰۲۱ ۹۱۰۰۰۰۰۰، سفارش 12345 در 10 - 14");
    expect(
      parts.map((part) => (typeof part === "string" ? part : { [part.props.dir]: part.props.children })),
    ).toEqual([
      "تلفن ",
      { ltr: "+98 21 9100 0000" },
      " یا ",
      { ltr: "۰۲۱ ۹۱۰۰۰۰۰۰" },
      "، سفارش 12345 در 10 - 14",
    ]);
  });

  it("names lose what turns text around and keep what Persian needs", () => {
    expect(text.safeName("ali\u202egnp.exe\u0000")).toBe("alignp.exe");
    expect(text.safeName("می\u200cنا")).toBe("می\u200cنا");
  });
});
