import { describe, expect, it } from "vitest";
import { compareText } from "./compare-text.ts";

const PLENTY = { bytes: 1e6, ms: 1_000 };

function lines(count: number, text: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => `${text(index)}\n`).join("");
}

describe("comparing two texts", () => {
  it("gives hunks with three lines around a change", () => {
    const before = lines(20, (index) => `line ${index}`);
    const { hunks, added, removed } = compareText(
      before,
      before.replace("line 10\n", "line ten\nand more\n"),
      PLENTY,
    );
    expect({ added, removed }).toEqual({ added: 2, removed: 1 });
    expect(hunks).toEqual([
      {
        oldStart: 8,
        newStart: 8,
        lines: [
          ...["line 7", "line 8", "line 9"].map((text) => ({ kind: " ", text })),
          { kind: "-", text: "line 10" },
          { kind: "+", text: "line ten" },
          { kind: "+", text: "and more" },
          ...["line 11", "line 12", "line 13"].map((text) => ({ kind: " ", text })),
        ],
      },
    ]);
  });

  it("shows a new text whole, from its first line", () => {
    expect(compareText("", "a\n\nb", PLENTY)).toEqual({
      hunks: [{ oldStart: 0, newStart: 1, lines: ["a", "", "b"].map((text) => ({ kind: "+", text })) }],
      added: 3,
      removed: 0,
    });
  });

  it("shows a removed text whole", () => {
    expect(compareText("a\n", "", PLENTY)).toMatchObject({
      added: 0,
      removed: 1,
      hunks: [{ oldStart: 1, newStart: 0 }],
    });
  });

  it("has nothing to show for two empty texts", () => {
    expect(compareText("", "", PLENTY)).toEqual({ hunks: [], added: 0, removed: 0 });
  });

  it("shows a line that only lost its line break", () => {
    const { hunks } = compareText("a\nb\n", "a\nb", PLENTY);
    expect(hunks?.[0]?.lines).toContainEqual({ kind: "-", text: "b" });
  });

  it("gives up on texts without anything in common, soon, and says how many lines there are", () => {
    const before = lines(20_000, (index) => `a${index}`);
    const after = lines(30_000, (index) => `b${index}`);
    const start = performance.now();
    const budget = { bytes: 1e6, ms: 100 };
    expect(compareText(`same\n${before}end\n`, `same\n${after}end\n`, budget)).toEqual({
      hunks: null,
      added: 30_000,
      removed: 20_000,
    });
    expect(performance.now() - start).toBeLessThan(1_000);
    expect(budget.ms).toBeLessThan(100);
  });
});
