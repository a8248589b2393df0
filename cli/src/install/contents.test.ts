import { inspectSkill } from "@skills-registry/schema";
import { describe, expect, test } from "vitest";
import { skillText } from "../../../test/support/cli.ts";
import { entriesOf, type Files } from "../../../test/support/skill.ts";
import type { Wish } from "../project/project-schema.ts";
import { contentsOf, lockedSkills, type PlacedContent } from "./contents.ts";

const SINGLE = { "SKILL.md": skillText("x"), "references/SKILL.md": "name: x\n" };
const PACK = {
  "README.md": "r",
  "skills/a/SKILL.md": skillText("a"),
  "skills/a/scripts/run.sh": "true",
  "skills/ab/SKILL.md": skillText("ab"),
};

function placed(files: Files, wish?: Partial<Wish>): PlacedContent[] {
  const entries = entriesOf({ "package.json": '{"name": "@acme/x", "version": "1.0.0"}', ...files });
  const unpacked = { entries, skills: inspectSkill(entries).skills };
  return contentsOf("@acme/x@1.0.0", unpacked, wish === undefined ? undefined : { range: "*", ...wish });
}

function pathsOf(contents: PlacedContent[]): Record<string, string[]> {
  return Object.fromEntries(contents.map(({ name, files }) => [name, files.map(({ path }) => path)]));
}

describe("the skills of a package", () => {
  test("are the whole package where it is one skill", () => {
    expect(pathsOf(placed(SINGLE))).toEqual({ x: ["package.json", "SKILL.md", "references/SKILL.md"] });
  });

  test("are the folders of a pack, without what lies beside them", () => {
    expect(pathsOf(placed(PACK))).toEqual({ a: ["SKILL.md", "scripts/run.sh"], ab: ["SKILL.md"] });
  });

  test("are only those that are wished for", () => {
    expect(pathsOf(placed(PACK, { skills: ["ab"] }))).toEqual({ ab: ["SKILL.md"] });
  });

  test("get the name that is wished for, in their own SKILL.md alone", () => {
    const [skill] = placed(SINGLE, { as: { x: "y" } });
    const texts = skill?.files.map(({ data }) => new TextDecoder().decode(data));
    expect(skill).toMatchObject({ name: "y", from: "x" });
    expect(texts?.slice(1)).toEqual([skillText("x").replace("name: x", "name: y"), "name: x\n"]);
  });

  test.each([{ skills: ["b"] }, { as: { b: "c" } }])("are not what it has not: %j", (wish) => {
    expect(() => placed(PACK, wish)).toThrow(
      expect.objectContaining({
        code: "ENOTFOUND",
        message: "@acme/x@1.0.0 has no skill b",
        hint: "It has a, ab.",
      }),
    );
  });

  test("are locked by the bytes that lie on the disk, with the name that they had", () => {
    const [own, renamed] = [placed(SINGLE), placed(SINGLE, { as: { x: "y" } })].map(lockedSkills);
    expect(renamed?.["y"]).toMatchObject({ from: "x" });
    expect(own?.["x"]).not.toHaveProperty("from");
    expect(renamed?.["y"]?.files["SKILL.md"]).not.toBe(own?.["x"]?.files["SKILL.md"]);
    expect(renamed?.["y"]?.files["package.json"]).toBe(own?.["x"]?.files["package.json"]);
  });
});
