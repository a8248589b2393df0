import { describe, expect, it } from "vitest";
import {
  DEFAULT_LIMITS,
  inspectSkill,
  inspectTarball,
  ISSUE_TABLE,
  type Issue,
} from "../schema/src/index.ts";
import { builtCases, fixtureCases, fixtureFolders, readFixture } from "./fixtures/cases.ts";
import { packageTarball } from "./support/skill.ts";
import { hostileTarballs } from "./support/tarball.ts";
import { hostileZips } from "./support/zips.ts";

function codesOf(issues: Issue[]): string[] {
  return [...new Set(issues.map(({ code }) => code))].toSorted();
}

describe("the validator", () => {
  it.each(fixtureCases)("finds exactly the expected in the folder $case", ({ case: name, codes }) => {
    expect(codesOf(inspectSkill(readFixture(name)).issues)).toEqual([...codes]);
  });

  it.each(fixtureCases)("finds the same in the tarball of $case", async ({ case: name, codes }) => {
    const files = Object.fromEntries(readFixture(name).map(({ path, data }) => [path, data]));
    expect(codesOf((await inspectTarball(packageTarball(files))).issues)).toEqual([...codes]);
  });

  it.each(builtCases)("finds exactly the expected in $name", async ({ bytes, limits, codes }) => {
    const { issues } = await inspectTarball(bytes(), { ...DEFAULT_LIMITS, ...limits });
    expect(codesOf(issues)).toEqual([...codes]);
  });
});

describe("the tables of cases", () => {
  it("name every fixture folder", () => {
    expect(fixtureFolders().toSorted()).toEqual(fixtureCases.map(({ case: name }) => name).toSorted());
  });

  it("have a case for every issue code", () => {
    const proved = new Set<string>(
      [...fixtureCases, ...builtCases, ...hostileTarballs, ...hostileZips].flatMap(({ codes }) => codes),
    );
    expect(Object.keys(ISSUE_TABLE).filter((code) => !proved.has(code))).toEqual([]);
  });
});
