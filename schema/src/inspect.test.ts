import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checksummed, privateKey } from "../../test/support/secrets.ts";
import { buildSkill, entriesOf } from "../../test/support/skill.ts";
import type { Entry } from "./entry.ts";
import { inspectSkill } from "./inspect.ts";
import type { Issue } from "./issue.ts";
import { DEFAULT_LIMITS } from "./limits.ts";

const codes = (issues: Issue[]): string[] => issues.map(({ code }) => code);
const skillFile = (name: string): string => `---\nname: ${name}\ndescription: d\nlicense: MIT\n---\nBody.\n`;

describe("inspectSkill", () => {
  it("returns the skill with its manifest, body and text", () => {
    const { entries, files } = buildSkill({ body: "Do it." });
    const { skills, packageManifest, issues, waived } = inspectSkill(entries);
    expect({ issues, waived }).toEqual({ issues: [], waived: [] });
    expect(packageManifest).toEqual({ name: "@acme/sample", version: "1.0.0", license: "MIT" });
    expect(skills).toEqual([
      {
        root: "",
        path: "SKILL.md",
        manifest: { name: "sample", description: "Does one thing, for tests.", license: "MIT" },
        body: "\nDo it.\n",
        text: files["SKILL.md"],
      },
    ]);
  });

  it("takes a pack whose texts together are as long as four", () => {
    const text = skillFile("a");
    const pack = (skills: string[]) =>
      inspectSkill(
        entriesOf({
          "package.json": buildSkill().files["package.json"] ?? "",
          ...Object.fromEntries(skills.map((name) => [`skills/${name}/SKILL.md`, skillFile(name)])),
        }),
        { limits: { ...DEFAULT_LIMITS, skillFile: text.length } },
      );
    expect(pack(["a", "b", "c", "d"]).issues).toEqual([]);
    expect(pack(["a", "b", "c", "d", "e"]).issues).toEqual([
      expect.objectContaining({ code: "skill.size", path: "skills" }),
    ]);
  });

  it("takes the folder's name where there is no package.json", () => {
    const entries = entriesOf({ "SKILL.md": skillFile("x") });
    expect(inspectSkill(entries, { folder: "x" }).issues).toEqual([]);
    expect(codes(inspectSkill(entries, { folder: "y" }).issues)).toEqual(["manifest.name.mismatch"]);
    expect(codes(inspectSkill(entries).issues)).toEqual(["package.missing"]);
  });

  it("takes the package's name, not the folder's, where there is a package.json", () => {
    const { entries } = buildSkill();
    expect(inspectSkill(entries, { folder: "elsewhere" }).issues).toEqual([]);
  });

  it("compares with the package's name even when package.json is wrong elsewhere", () => {
    const { entries } = buildSkill({ manifest: { bin: "x" }, files: { "SKILL.md": skillFile("other") } });
    expect(codes(inspectSkill(entries).issues)).toEqual(["manifest.name.mismatch", "package.bin"]);
  });

  it("inspects every skill of a pack, with and without one at the root", () => {
    const files = {
      "skills/a/SKILL.md": skillFile("a"),
      "skills/b/SKILL.md": skillFile("b"),
      "skills/b/docs/SKILL.md": "nested",
    };
    expect(inspectSkill(entriesOf(files), { folder: "f" }).skills.map(({ root }) => root)).toEqual([
      "skills/a",
      "skills/b",
    ]);
    const both = inspectSkill(entriesOf({ ...files, "SKILL.md": skillFile("f") }), { folder: "f" });
    expect(both.skills.map(({ root }) => root)).toEqual(["skills/a", "skills/b", ""]);
    expect(both.issues).toEqual([]);
  });

  it("returns the good skills of a pack beside the issues of the bad ones", () => {
    const files = { "skills/a/SKILL.md": skillFile("a"), "skills/b/SKILL.md": skillFile("c") };
    const { skills, issues } = inspectSkill(entriesOf(files), { folder: "f" });
    expect(skills.map(({ root }) => root)).toEqual(["skills/a"]);
    expect(issues).toMatchObject([{ code: "manifest.name.mismatch", path: "skills/b/SKILL.md", line: 2 }]);
  });

  it.each([
    ["skill.md", "SKILL.md"],
    ["Skill.MD", "SKILL.md"],
    ["Skills/x/SKILL.md", "skills/x/SKILL.md"],
    ["skills/x/Skill.md", "skills/x/SKILL.md"],
  ])("asks to rename %s to %s", (path, right) => {
    const { issues } = inspectSkill(entriesOf({ [path]: skillFile("x") }), { folder: "x" });
    expect(issues).toMatchObject([{ code: "skill.case", path, fix: `Rename it to "${right}".` }]);
  });

  it.each(["LICENSE", "LICENSE.md", "LICENCE.txt", "COPYING", "UNLICENSE", "license-mit"])(
    "takes %s for the licence",
    (name) => {
      const entries = entriesOf({ "SKILL.md": "---\nname: x\ndescription: d\n---\n", [name]: "MIT" });
      expect(inspectSkill(entries, { folder: "x" }).issues).toEqual([]);
    },
  );

  it("returns every issue at once, sorted by path, line and code", () => {
    const { entries } = buildSkill({
      manifest: { version: "1", scripts: { install: "x" } },
      files: {
        "SKILL.md": "---\nname: Bad\ndescription: ''\nodd: 1\n---\n[x](y.md)\n",
        ".env": "",
        "a\u202e.md": "",
      },
    });
    const { issues } = inspectSkill(entries);
    expect(issues.map(({ path, line, code }) => [path, line, code])).toEqual([
      [".env", undefined, "archive.env"],
      ["SKILL.md", undefined, "manifest.license.missing"],
      ["SKILL.md", 2, "manifest.name.pattern"],
      ["SKILL.md", 3, "manifest.description.missing"],
      ["SKILL.md", 4, "manifest.field.unknown"],
      ["SKILL.md", 6, "content.link.broken"],
      ["a\u202e.md", undefined, "archive.path.characters"],
      ["package.json", 1, "package.scripts"],
      ["package.json", 1, "package.version"],
    ]);
  });

  it("waives secrets by path and code, and shows what was waived", () => {
    const files = { "a.md": checksummed("ghp_"), "b.md": checksummed("ghp_"), "c.pem": privateKey() };
    const allow = [
      { path: "a.md", code: "content.token" },
      { path: "c.pem", code: "content.private-key" },
    ];
    const { issues, waived } = inspectSkill(buildSkill({ files, manifest: { skill: { allow } } }).entries);
    expect(issues).toMatchObject([{ code: "content.token", path: "b.md" }]);
    expect(waived).toMatchObject([
      { code: "content.token", path: "a.md" },
      { code: "content.private-key", path: "c.pem" },
    ]);
  });

  it("warns of a waiver that matches nothing, and waives nothing when package.json is wrong", () => {
    const allow = [{ path: "a.md", code: "content.private-key" }];
    const files = { "a.md": checksummed("ghp_") };
    const unused = inspectSkill(buildSkill({ files, manifest: { skill: { allow } } }).entries);
    expect(codes(unused.issues)).toEqual(["content.token", "package.waiver.unused"]);
    const wrong = inspectSkill(buildSkill({ files, manifest: { bin: "x", skill: { allow } } }).entries);
    expect(codes(wrong.issues)).toEqual(["content.token", "package.bin"]);
  });

  it("warns of a SKILL.md that is long, by lines and by tokens", () => {
    const { issues } = inspectSkill(buildSkill({ body: `${"word ".repeat(9)}\n`.repeat(501) }).entries);
    expect(codes(issues)).toEqual(["skill.lines", "skill.tokens"]);
  });

  it("never throws, and gives the same twice, for any entries", () => {
    const path = fc.oneof(
      fc.constantFrom(
        "SKILL.md",
        "skill.md",
        "package.json",
        "skills/a/SKILL.md",
        "../x",
        "",
        "/",
        "a",
        "a/b",
        ".env",
        "CON",
      ),
      fc.uint16Array({ maxLength: 20 }).map((units) => String.fromCharCode(...units)),
    );
    const data = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value))),
      fc.string().map((text) => Buffer.from(`---\n${text}\n---\n${text}`)),
    );
    const entry: fc.Arbitrary<Entry> = fc.record({
      path,
      type: fc.constantFrom("file", "directory", "symlink", "other"),
      mode: fc.nat(0o7777),
      data,
    });
    fc.assert(
      fc.property(
        fc.array(entry, { maxLength: 8 }),
        fc.option(fc.string(), { nil: undefined }),
        (entries, folder) => {
          const options = folder === undefined ? {} : { folder };
          expect(inspectSkill(entries, options)).toEqual(inspectSkill(entries, options));
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
