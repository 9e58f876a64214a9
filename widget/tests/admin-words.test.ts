/** Marks of entities follow the words they are on, and never lie over one another. */
import { describe, expect, it } from "vitest";
import { moveMarks, overlapped, termOf, tintOf, valuesOf } from "../src/desk/admin/model/words";

const mark = (start: number, end: number) => ({ start, end, entity: "city", value: "" });

describe("marks", () => {
  it("stay on their words when others change, and go with their own", () => {
    const marks = [mark(5, 11), mark(15, 21)];
    expect(moveMarks("from tehran to tabriz", "straight from tehran to tabriz", marks)).toEqual([
      mark(14, 20),
      mark(24, 30),
    ]);
    expect(moveMarks("from tehran to tabriz", "from tehran on to tabriz", marks)).toEqual([
      mark(5, 11),
      mark(18, 24),
    ]);
    expect(moveMarks("from tehran to tabriz", "from qom to tabriz", marks)).toEqual([mark(12, 18)]);
    expect(moveMarks("a👍 tehran", "a👍👍 tehran", [mark(3, 9)])).toEqual([mark(4, 10)]);
  });

  it("name the one that they would overlap", () => {
    expect(overlapped({ start: 0, end: 6 }, [mark(5, 11)])).toEqual(mark(5, 11));
    expect(overlapped({ start: 0, end: 5 }, [mark(5, 11)])).toBeNull();
  });
});

describe("terms", () => {
  it("have a place made of kind and name, values on lines, and a tint of their own", () => {
    expect(termOf("synonym:24/7: ☎")).toEqual({ kind: "synonym", name: "24/7: ☎" });
    expect(termOf("nothing:x")).toBeNull();
    expect(valuesOf(" a \n\n b")).toEqual(["a", "b"]);
    expect(tintOf("order_number")).toBe(tintOf("order_number"));
  });
});
