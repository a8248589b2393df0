import { describe, expect, test } from "vitest";
import { parseJudgements } from "./judgements.ts";
import { ndcg, reciprocalRank } from "./metrics.ts";

const [judgement] = parseJudgements("topic", "law\n  3 @a/law\n  2 @a/contract\n  1 @a/court\n");
const grades = judgement?.grades ?? new Map();

describe("reciprocal rank", () => {
  test.each([
    ["the answer comes first", ["@a/law", "@a/x"], 1],
    ["it comes third", ["@a/x", "@a/y", "@a/contract"], 1 / 3],
    ["only a related skill is found", ["@a/court"], 0],
    [
      "the answer comes eleventh",
      Array.from({ length: 10 }, (_, index) => `@a/${index}`).concat("@a/law"),
      0,
    ],
    ["nothing is found", [], 0],
  ])("%s", (_, found, expected) => {
    expect(reciprocalRank(found, grades)).toBe(expected);
  });
});

describe("nDCG", () => {
  test("is 1 for the best order, whatever else is found below", () => {
    expect(ndcg(["@a/law", "@a/contract", "@a/court", "@a/x"], grades)).toBe(1);
  });

  test("falls with each step that an answer is lower", () => {
    const values = [
      ["@a/law", "@a/contract", "@a/court"],
      ["@a/law", "@a/court", "@a/contract"],
      ["@a/contract", "@a/court", "@a/law"],
      ["@a/court"],
      [],
    ].map((found) => ndcg(found, grades));
    expect(values).toEqual(values.toSorted((a, b) => b - a));
    expect(new Set(values).size).toBe(values.length);
    expect(values.at(-1)).toBe(0);
  });

  test("is what a hand calculates", () => {
    const ideal = 7 + 3 / Math.log2(3) + 1 / 2;
    expect(ndcg(["@a/x", "@a/law"], grades)).toBeCloseTo(7 / Math.log2(3) / ideal, 12);
  });
});

describe("judgements", () => {
  test("a skill graded twice is a mistake", () => {
    expect(() => parseJudgements("topic", "law\n  3 @a/law\n  2 @a/law\n")).toThrow(/twice/);
  });

  test("a query that nothing answers is a mistake", () => {
    expect(() => parseJudgements("topic", "law\n  2 @a/law\n")).toThrow(/exactly what "law"/);
  });

  test("a grade before the first query is a mistake", () => {
    expect(() => parseJudgements("topic", "  3 @a/law\n")).toThrow(/before there is a query/);
  });
});
