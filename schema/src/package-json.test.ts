import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePackageJson, toPackageManifest } from "./package-json.ts";

const GOOD = { name: "@acme/x", version: "1.0.0" };
const codes = (fields: Record<string, unknown>): string[] =>
  toPackageManifest({ ...GOOD, ...fields }).issues.map(({ code }) => code);

describe("toPackageManifest", () => {
  it("keeps the fields of the list, in npm's shape, and drops the others", () => {
    const { manifest, name, issues } = toPackageManifest({
      ...GOOD,
      description: "d",
      keywords: "a, b",
      license: { type: "MIT", url: "x" },
      author: "Jane Doe <jane@example.org> (https://example.org)",
      contributors: ["Joe", { name: "Jim", twitter: "@jim" }],
      homepage: "https://example.org/x",
      repository: "github:acme/x",
      bugs: "https://example.org/bugs",
      dependencies: { "@acme/y": "^1.0.0", "@acme/z": "latest" },
      engines: { node: ">=20" },
      scripts: { test: "vitest", prepublishOnly: "x", prepack: "y" },
      bundleDependencies: [],
      gypfile: false,
      devDependencies: { "left-pad": "git://x" },
      files: ["SKILL.md"],
      dist: { tarball: 5 },
      skill: { allow: [{ path: "a.md", code: "content.token" }], other: 1 },
    });
    expect(issues).toEqual([]);
    expect(name).toEqual({ full: "@acme/x", namespace: "acme", skill: "x" });
    expect(manifest).toEqual({
      ...GOOD,
      description: "d",
      keywords: ["a", "b"],
      license: "MIT",
      author: { name: "Jane Doe", email: "jane@example.org", url: "https://example.org" },
      contributors: [{ name: "Joe" }, { name: "Jim" }],
      homepage: "https://example.org/x",
      repository: { type: "git", url: "github:acme/x" },
      bugs: { url: "https://example.org/bugs" },
      dependencies: { "@acme/y": "^1.0.0", "@acme/z": "latest" },
      engines: { node: ">=20" },
      skill: { allow: [{ path: "a.md", code: "content.token" }] },
    });
  });

  it.each([
    "x",
    "@acme/X",
    "@Acme/x",
    "@acme/x.",
    "@acme./x",
    "@acme/a--b",
    "@acme/",
    "acme/x",
    "@acme/x/y",
    5,
    null,
    undefined,
  ])("refuses the name %j", (name) => {
    expect(codes({ name })).toEqual(["package.name"]);
  });

  it.each([
    "v1.0.0",
    "1.0",
    "01.0.0",
    " 1.0.0",
    "1.0.0 ",
    "latest",
    "^1.0.0",
    "1.0.0+build",
    "=1.0.0",
    "",
    1,
    null,
    `1.0.0-${"a".repeat(260)}`,
  ])("refuses the version %j", (version) => {
    expect(codes({ version })).toEqual(["package.version"]);
  });

  it("takes every version in its shortest form", () => {
    for (const version of ["0.0.1", "1.0.0-beta.1", "10.20.30"]) expect(codes({ version })).toEqual([]);
  });

  it.each([
    "preinstall",
    "install",
    "postinstall",
    "preprepare",
    "prepare",
    "postprepare",
    "prepublish",
    "preuninstall",
    "uninstall",
    "postuninstall",
    "dependencies",
  ])("refuses the script %s", (script) => {
    expect(codes({ scripts: { [script]: "x" } })).toEqual(["package.scripts"]);
  });

  it.each([
    ["package.gyp", { gypfile: true }],
    ["package.bundled", { bundleDependencies: true }],
    ["package.bundled", { bundledDependencies: ["@acme/y"] }],
    ["package.bin", { bin: "x.js" }],
    ["package.bin", { directories: { bin: "bin" } }],
    ["package.dependencies", { dependencies: { "left-pad": "1.0.0" } }],
    ["package.dependencies", { optionalDependencies: { "@acme/Y": "1.0.0" } }],
    ["package.dependencies", { peerDependencies: { "@acme/y": "npm:left-pad@1" } }],
    ["package.dependencies", { dependencies: { "@acme/y": "git+https://example.org/y.git" } }],
    ["package.dependencies", { dependencies: { "@acme/y": "file:../y" } }],
    ["package.dependencies", { dependencies: { "@acme/y": "acme/y" } }],
    ["package.dependencies", { dependencies: { "@acme/y": "workspace:*" } }],
    ["package.dependencies", { dependencies: { "@acme/y": "../y" } }],
    ["package.field", { skill: 5 }],
    ["package.field", { skill: { forkedFrom: { name: "x", version: "1.0.0" } } }],
    ["package.field", { skill: { forkedFrom: { name: "@acme/x", version: "^1.0.0" } } }],
    ["package.field", { skill: { importedFrom: { repository: "https://example.com/x" } } }],
    ["package.field", { skill: { importedFrom: { repository: "https://t0k3n@example.com/x", path: "" } } }],
    ["package.field", { skill: { importedFrom: { repository: "me:pw@example.com:x", path: "" } } }],
    ["package.field", { skill: { importedFrom: { repository: "ssh://git:pw@example.com/x", path: "" } } }],
    [
      "package.field",
      { skill: { importedFrom: { repository: "https://example.com/x", path: "a/../../b" } } },
    ],
    [
      "package.characters",
      { skill: { importedFrom: { repository: "https://example.com/x", path: "a\u001bb" } } },
    ],
    ["package.waiver", { skill: { allow: [{ path: "x", code: "archive.link" }] } }],
    ["package.waiver", { skill: { allow: [{ path: "x", code: "constructor" }] } }],
    ["package.characters", { description: "\u001b[31m" }],
    ["package.characters", { keywords: ["a\u202eb"] }],
    ["package.characters", { author: { name: "\u{e0041}" } }],
    ["package.field", { homepage: "javascript:alert(1)" }],
    ["package.field", { bugs: "nothing" }],
    ["package.field", { repository: { type: "git" } }],
    ["package.field", { keywords: Array.from({ length: 101 }, String) }],
    ["package.field", { description: "x".repeat(5_000) }],
    ["package.field", { engines: ["node >= 20"] }],
    ["package.field", { scripts: "x" }],
    ["package.field", { dependencies: { "@acme/y": 5 } }],
    [
      "package.field",
      {
        dependencies: Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`@acme/y${index}`, "1"])),
      },
    ],
  ])("refuses with %s: %j", (code, fields) => {
    expect(codes(fields)).toEqual([code]);
  });

  it("keeps the name of a manifest that is wrong elsewhere", () => {
    expect(toPackageManifest({ ...GOOD, bin: "x" })).toMatchObject({ name: { skill: "x" } });
  });

  it("answers every JSON value with a manifest or an issue, and never throws", () => {
    const fields = fc.constantFrom(
      "name",
      "version",
      "description",
      "keywords",
      "license",
      "author",
      "contributors",
      "homepage",
      "repository",
      "bugs",
      "dependencies",
      "optionalDependencies",
      "peerDependencies",
      "engines",
      "skill",
      "scripts",
      "bin",
      "directories",
      "bundleDependencies",
      "__proto__",
    );
    fc.assert(
      fc.property(fc.jsonValue(), fc.dictionary(fields, fc.jsonValue()), (value, changes) => {
        for (const candidate of [value, { ...GOOD, ...changes }]) {
          const { manifest, issues } = toPackageManifest(candidate);
          expect(manifest === undefined).toBe(issues.length > 0);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("comes to the same when it is applied to its own result", () => {
    const { manifest } = toPackageManifest({
      ...GOOD,
      author: "Jane <j@example.org>",
      keywords: "a, b",
      repository: "acme/x",
      bugs: "a@example.org",
    });
    expect(toPackageManifest(manifest).manifest).toEqual(manifest);
  });
});

describe("parsePackageJson", () => {
  it("gives the line of the field, or of the field around it", () => {
    const text = JSON.stringify(
      { ...GOOD, scripts: { test: "x", postinstall: "y" }, bin: "z", homepage: 5 },
      null,
      2,
    );
    expect(parsePackageJson(Buffer.from(text)).issues.map(({ code, line }) => [code, line])).toEqual([
      ["package.scripts", 6],
      ["package.bin", 8],
      ["package.field", 9],
    ]);
  });

  it("names the setting of a publish that is wrong, with its line, and says what is wrong with it", () => {
    const skill = {
      allow: [{ path: "x", code: "archive.link" }],
      forkedFrom: { name: "@acme/y", version: "1" },
      importedFrom: { repository: "https://me:secret@example.com/x", path: "" },
    };
    const { issues } = parsePackageJson(Buffer.from(JSON.stringify({ ...GOOD, skill }, null, 2)));
    const found = issues.map(({ code, line, message }) => [code, line, message]);
    expect(found.toSorted(([, a], [, b]) => Number(a) - Number(b))).toEqual([
      ["package.waiver", 5, '"skill.allow.0.code" is wrong'],
      ["package.field", 11, '"skill.forkedFrom.version" is not an exact version'],
      ["package.field", 15, '"skill.importedFrom.repository" has credentials in it'],
    ]);
  });

  it("keeps where a skill comes from", () => {
    const skill = {
      forkedFrom: { name: "@acme/y", version: "1.0.0" },
      importedFrom: { repository: "ssh://git@example.com/x.git", commit: "0a1b", path: "skills/x" },
    };
    expect(toPackageManifest({ ...GOOD, skill }).manifest?.skill).toEqual(skill);
  });

  it("takes a byte order mark, as npm does", () => {
    expect(parsePackageJson(Buffer.from(`\ufeff${JSON.stringify(GOOD)}`)).manifest).toEqual(GOOD);
  });

  it.each([
    ["nothing", ""],
    ["not JSON", "{"],
    ["a list", "[]"],
    ["null", "null"],
    ["100,000 nested lists", "[".repeat(100_000)],
    ["300 KB", `{"a":"${"x".repeat(300_000)}"}`],
  ])("refuses %s", (_name, text) => {
    expect(parsePackageJson(Buffer.from(text)).issues).toMatchObject([
      { code: "package.json", path: "package.json" },
    ]);
  });

  it("refuses bytes that are not UTF-8", () => {
    expect(parsePackageJson(Buffer.from([0x22, 0xff, 0x22])).issues).toMatchObject([
      { code: "package.json" },
    ]);
  });
});
