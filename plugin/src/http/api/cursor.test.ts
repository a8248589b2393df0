import { describe, expect, it } from "vitest";
import { cursorAfter, REACH_MAX, readCursor } from "./cursor.ts";

const QUESTION = ["contract", "relevance"];

describe("a cursor", () => {
  it("leads to where the page before ended", () => {
    const cursor = cursorAfter(QUESTION, { from: 20, shown: 20, total: 100 });
    expect(readCursor(QUESTION, cursor ?? "")).toBe(40);
  });

  it("is not given after the last hit, beyond reach, or by a page without hits", () => {
    expect(cursorAfter(QUESTION, { from: 80, shown: 20, total: 100 })).toBeNull();
    expect(cursorAfter(QUESTION, { from: REACH_MAX, shown: 20, total: 50_000 })).toBeNull();
    expect(cursorAfter(QUESTION, { from: 3_000, shown: 0, total: 50_000 })).toBeNull();
    expect(cursorAfter(QUESTION, { from: 0, shown: 0, total: 50_000 })).toBeNull();
  });
});
