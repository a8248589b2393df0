import { describe, expect, test } from "vitest";
import { isInRange, isRange, satisfying } from "./ranges.ts";
import { savedAs } from "./request.ts";

const PACKUMENT = {
  name: "@acme/x",
  "dist-tags": { latest: "1.1.0", beta: "2.0.0-beta.1" },
  versions: {
    "1.0.0": { version: "1.0.0" },
    "1.1.0": { version: "1.1.0" },
    "2.0.0-beta.1": { version: "2.0.0-beta.1" },
  },
  time: {},
};

describe("a range", () => {
  test.each(["1.0.0", "^1", ">=1 <2 || 3.x", "*", ""])("is %j", (text) => expect(isRange(text)).toBe(true));
  test.each(["latest", "beta", "v-next", "github:acme/x"])("is not %j", (text) =>
    expect(isRange(text)).toBe(false),
  );

  test("has no prerelease of another version in it, and a dist-tag says nothing of any", () => {
    expect(isInRange("2.0.0-beta.1", ">=1.0.0")).toBe(false);
    expect(isInRange("2.0.0-beta.2", "^2.0.0-beta.1")).toBe(true);
    expect(isInRange("1.0.0", "latest")).toBe(true);
  });
});

describe("what is left to choose from", () => {
  function left(...ranges: string[]): [string[], string] {
    const { matching, wanted } = satisfying(PACKUMENT, ranges);
    return [Object.keys(matching.versions), wanted];
  }

  test("is everything for one range, and what all of several allow", () => {
    expect(left("^1.0.0")).toEqual([["1.0.0", "1.1.0", "2.0.0-beta.1"], "^1.0.0"]);
    expect(left("^1.0.0", "<1.1.0")).toEqual([["1.0.0"], "^1.0.0"]);
    expect(left("^1.0.0", "^2.0.0")).toEqual([[], "^1.0.0"]);
  });

  test("is by its tag, where one of several names one", () => {
    expect(left("^2.0.0-beta", "beta")).toEqual([["2.0.0-beta.1"], "beta"]);
  });
});

describe("what skills.json gets of what was typed", () => {
  test.each([
    ["^1.0.0", "typed"],
    ["1.0.0", "typed"],
    [">=1 <2", "typed"],
    ["*", "caret"],
    ["latest", "caret"],
    ["beta", "caret"],
  ] as const)("of %j: %s, or the version with --exact", (range, save) => {
    expect(savedAs(range, false)).toBe(save);
    expect(savedAs(range, true)).toBe("exact");
  });
});
