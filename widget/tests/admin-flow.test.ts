// biome-ignore-all lint/suspicious/noThenProperty: it is where a step of a flow leads
import { describe, expect, it } from "vitest";
import { momentOf } from "../src/desk/admin/model/dates";
import { rebase } from "../src/desk/admin/model/diff";
import {
  blankStep,
  contentOf,
  draftOf,
  type FlowContent,
  fieldsOf,
  freeKey,
  freeName,
  inReadingOrder,
  isWhole,
  renamed,
  STEP_TYPES,
  type Step,
  stepField,
  targetsOf,
  tidyFlow,
} from "../src/desk/admin/model/flow";

const menu: Step = { ...blankStep("menu"), choices: { "2": "line", "1": "bot" }, otherwise: "bye" };
const content: FlowContent = {
  name: "Front desk",
  version: 0,
  entry: { node: "door", locale: "fa" },
  entries: { "+982191000000": { node: "menu", locale: "en" } },
  locales: ["fa", "en"],
  nodes: {
    bye: blankStep("hangup"),
    lost: blankStep("hangup"),
    menu,
    line: { ...blankStep("queue"), queue: "support" },
    bot: { ...blankStep("bot"), then: "bye", handoff: "line", otherwise: "line" },
    door: { ...blankStep("hours"), open: "menu", closed: "bye" },
  },
};
const draft = draftOf({ name: "Front desk", revision: 3, draft: content });

describe("the steps of a flow", () => {
  it("are read from the beginning on, those that nothing leads to at the end", () => {
    expect(inReadingOrder(content)).toEqual(["door", "menu", "bot", "bye", "line", "lost"]);
  });

  it("are whole and lead nowhere when they are new", () => {
    for (const type of STEP_TYPES) {
      expect(isWhole(blankStep(type))).toBe(true);
      expect(targetsOf(blankStep(type))).toEqual([]);
    }
  });

  it("go into a form and come back, in the order of their cards", () => {
    const back = contentOf(draft, ["door", "menu"]);
    expect(back).toEqual(content);
    expect(Object.keys(back.nodes).slice(0, 2)).toEqual(["door", "menu"]);
  });

  it("get another name, and everything that leads there follows", () => {
    const next = contentOf(tidyFlow({ ...draft, ...renamed(draft, "menu", "choices") }));
    expect(next.nodes.menu).toBeUndefined();
    expect(next.nodes.door?.open).toBe("choices");
    expect(next.entries["+982191000000"]?.node).toBe("choices");
    const again = { ...draft, ...renamed(draft, "bot", "robot") };
    expect((again[stepField("menu")] as Step).choices).toEqual({ "1": "robot", "2": "line" });
  });

  it("are tidied: what was left empty is left out, what was removed is gone", () => {
    const empty = { ...blankStep("queue"), text: { fa: " ", en: "" }, patience: Number.NaN, then: "" };
    const tidy = tidyFlow({ ...draft, [stepField("line")]: empty, [stepField("lost")]: undefined });
    expect(tidy[stepField("line")]).toMatchObject({ text: null, patience: null, then: null });
    expect(stepField("lost") in tidy).toBe(false);
  });

  it("have names and keys of their own", () => {
    expect(freeName("Menu", new Set(["Menu", "Menu 2"]))).toBe("Menu 3");
    expect(freeKey(["1", "2"])).toBe("3");
  });

  it("of two admins both stand, unless they wrote in the same one", () => {
    const mine = {
      ...draft,
      [stepField("new")]: blankStep("say"),
      [stepField("bye")]: blankStep("voicemail"),
    };
    const theirs = {
      ...draft,
      revision: 4,
      [stepField("menu")]: { ...menu, retries: 5 },
      [stepField("bye")]: blankStep("transfer"),
    };
    const found = rebase(draft, mine, theirs, fieldsOf(draft, mine));
    expect(found.merged.revision).toBe(4);
    expect(found.merged[stepField("new")]).toEqual(blankStep("say"));
    expect(found.merged[stepField("menu")]).toMatchObject({ retries: 5 });
    expect(found.clashes.map((one) => one.field)).toEqual([stepField("bye")]);
  });
});

describe("a moment", () => {
  it("is a day and a clock where the reader is, or nothing", () => {
    expect(momentOf("2026-12-25", "18:30")).toBe(new Date(2026, 11, 25, 18, 30).getTime());
    expect(momentOf("2026-12-25", null)).toBeNull();
    expect(momentOf(null, "18:30")).toBeNull();
  });
});
