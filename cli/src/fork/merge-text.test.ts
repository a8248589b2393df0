import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergeText } from "./merge-text.ts";

const LABELS = { ours: "@me/x", theirs: "@acme/x@2.0.0" };
const BASE = "a\nb\nc\nd\ne\nf\n";

describe("mergeText", () => {
  it.each([
    [
      "changes of both sides in different places",
      "A\nb\nc\nd\ne\nf\n",
      "a\nb\nc\nd\ne\nF\n",
      "A\nb\nc\nd\ne\nF\n",
    ],
    ["the same change of both sides once", "a\nB\nc\nd\ne\nf\n", "a\nB\nc\nd\ne\nf\n", "a\nB\nc\nd\ne\nf\n"],
    ["an insertion and a removal", "a\nb\nnew\nc\nd\ne\nf\n", "a\nb\nc\nd\n", "a\nb\nnew\nc\nd\n"],
    ["lines added at both ends", `0\n${BASE}`, `${BASE}g\n`, `0\n${BASE}g\n`],
    ["a change of theirs alone", BASE, "a\n", "a\n"],
    ["a change of ours alone", "", BASE, ""],
  ])("takes %s", (_name, ours, theirs, expected) => {
    expect(mergeText({ base: BASE, ours, theirs }, LABELS)).toEqual({ text: expected, conflicts: 0 });
  });

  it("puts both versions between markers where both changed the same lines", () => {
    const ours = "a\nmine\nc\nd\ne\nf\n";
    const theirs = "a\nyours\nc\nd\ne\nF\n";
    expect(mergeText({ base: BASE, ours, theirs }, LABELS)).toEqual({
      text: "a\n<<<<<<< @me/x\nmine\n=======\nyours\n>>>>>>> @acme/x@2.0.0\nc\nd\ne\nF\n",
      conflicts: 1,
    });
  });

  it("keeps the line ends of ours in its markers, and a last line without an end apart from them", () => {
    expect(mergeText({ base: "a\r\nb", ours: "a\r\nmine", theirs: "a\r\nyours" }, LABELS)?.text).toBe(
      "a\r\n<<<<<<< @me/x\r\nmine\r\n=======\r\nyours\r\n>>>>>>> @acme/x@2.0.0\r\n",
    );
  });

  it("takes a checkout with other line ends for the same text, and keeps its line ends", () => {
    const ours = BASE.replace("b", "mine").replaceAll("\n", "\r\n");
    const theirs = BASE.replace("e", "yours");
    expect(mergeText({ base: BASE, ours, theirs }, LABELS)).toEqual({
      text: "a\r\nmine\r\nc\r\nd\r\nyours\r\nf\r\n",
      conflicts: 0,
    });
  });

  it("gives up on texts that have nothing in common", () => {
    const lines = (letter: string) =>
      Array.from({ length: 4_000 }, (_, line) => `${letter}${line}\n`).join("");
    expect(mergeText({ base: lines("a"), ours: lines("b"), theirs: lines("c") }, LABELS)).toBeUndefined();
  });

  it("never loses a line that we added", () => {
    const text = fc
      .array(fc.constantFrom("a\n", "b\n", "c\n", "d\n"), { maxLength: 12 })
      .map((lines) => lines.join(""));
    fc.assert(
      fc.property(text, text, fc.nat(12), (base, theirs, at) => {
        const lines = base.split(/(?<=\n)/);
        const ours = [...lines.slice(0, at), "mine\n", ...lines.slice(at)].join("");
        expect(mergeText({ base, ours, theirs }, LABELS)?.text).toContain("mine\n");
        expect(mergeText({ base, ours, theirs: base }, LABELS)?.text).toBe(ours);
        expect(mergeText({ base, ours: base, theirs }, LABELS)?.text).toBe(theirs);
      }),
      { numRuns: 200 },
    );
  });
});
