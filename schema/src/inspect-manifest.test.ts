import { describe, expect, it } from "vitest";
import { inspectManifest } from "./inspect-manifest.ts";
import { parseFrontmatter } from "./frontmatter.ts";

function inspect(
  yaml: string,
  context: { expectedName?: string; version?: string } = {},
): ReturnType<typeof inspectManifest> {
  const { frontmatter } = parseFrontmatter(`---\n${yaml}\n---\n`, "SKILL.md");
  if (frontmatter === undefined) throw new Error(`not YAML: ${yaml}`);
  const { expectedName, version } = context;
  return inspectManifest(frontmatter, { path: "SKILL.md", expectedName, version });
}

const GOOD = "name: x\ndescription: y";

describe("inspectManifest", () => {
  it("returns the fields of the specification and keeps the others", () => {
    const { manifest, issues } = inspect(`${GOOD}\nlicense: MIT\ntriggers: [a, b]`);
    expect(manifest).toEqual({ name: "x", description: "y", license: "MIT", triggers: ["a", "b"] });
    expect(issues).toMatchObject([{ code: "manifest.field.unknown", severity: "warning", line: 5 }]);
  });

  it.each([
    ["manifest.name.missing", "description: y"],
    ["manifest.name.missing", "name:\ndescription: y"],
    ["manifest.name.pattern", "name: 123\ndescription: y"],
    ["manifest.name.pattern", "name: a--b\ndescription: y"],
    ["manifest.name.pattern", "name: -a\ndescription: y"],
    ["manifest.name.pattern", "name: a/b\ndescription: y"],
    ["manifest.name.pattern", "name: café\ndescription: y"],
    ["manifest.name.pattern", `name: ${"a".repeat(65)}\ndescription: y`],
    ["manifest.description.missing", "name: x"],
    ["manifest.description.missing", "name: x\ndescription: '  '"],
    ["manifest.description.length", "name: x\ndescription: [a]"],
    ["manifest.description.length", "name: x\ndescription: 5"],
    ["manifest.compatibility", `${GOOD}\ncompatibility: ""`],
    ["manifest.compatibility", `${GOOD}\ncompatibility: [a]`],
    ["manifest.characters", 'name: x\ndescription: "\\u202Ey"'],
    ["manifest.characters", `${GOOD}\nother:\n  - "\\U000E0041"`],
    ["manifest.characters", `${GOOD}\nmetadata:\n  "a\\e": b`],
  ])("refuses with %s alone: %j", (code, yaml) => {
    const { manifest, issues } = inspect(yaml);
    expect(manifest).toBeUndefined();
    expect(issues.filter(({ severity }) => severity === "error").map((found) => found.code)).toEqual([code]);
  });

  it("counts characters, not UTF-16 units", () => {
    expect(inspect(`name: x\ndescription: ${"😀".repeat(1_024)}`).issues).toEqual([]);
    expect(inspect(`name: x\ndescription: ${"😀".repeat(1_025)}`).issues).toMatchObject([
      { code: "manifest.description.length", message: "the description has 1,025 characters" },
    ]);
  });

  it("compares the name with the expected one, and says which to write", () => {
    expect(inspect(GOOD, { expectedName: "x" }).issues).toEqual([]);
    expect(inspect(GOOD, { expectedName: "z" }).issues).toMatchObject([
      { code: "manifest.name.mismatch", line: 2 },
    ]);
    expect(inspect(GOOD, { expectedName: "My Folder" }).issues).toMatchObject([
      { code: "manifest.name.mismatch", fix: "Rename the folder to x." },
    ]);
    expect(inspect("name: My Skill\ndescription: y").issues).toMatchObject([
      { fix: "Write name: my-skill; skills validate --fix does it for you." },
    ]);
  });

  it.each([
    ["license: 2.0", { license: "2" }, "manifest.field.type"],
    ["license: [MIT]", {}, "manifest.field.type"],
    ["metadata: text", {}, "manifest.field.type"],
    ["metadata:", {}, "manifest.field.type"],
    ["metadata:\n  n: 1.5", { metadata: { n: "1.5" } }, "manifest.metadata"],
    ["metadata:\n  tags: [a, b]", { metadata: { tags: "a, b" } }, "manifest.metadata"],
    ["metadata:\n  deep:\n    a: b", { metadata: { deep: '{"a":"b"}' } }, "manifest.metadata"],
    ["allowed-tools: [Read, Grep]", { "allowed-tools": "Read Grep" }, "manifest.allowed-tools"],
    ["allowed-tools:\n  - a: b", {}, "manifest.allowed-tools"],
  ])("takes an odd %j leniently", (line, fields, code) => {
    const { manifest, issues } = inspect(`${GOOD}\n${line}`);
    expect(manifest).toEqual({ name: "x", description: "y", ...fields });
    expect(issues).toMatchObject([{ code, severity: "warning" }]);
  });

  it("compares metadata.version with the package's version where there is one", () => {
    const yaml = `${GOOD}\nmetadata:\n  version: "1.0"`;
    expect(inspect(yaml).issues).toEqual([]);
    expect(inspect(yaml, { version: "1.0" }).issues).toEqual([]);
    expect(inspect(yaml, { version: "1.0.0" }).issues).toMatchObject([{ code: "manifest.version", line: 5 }]);
  });

  it("names no message of the schema library", () => {
    const { issues } = inspect(
      "name: 5\ndescription: 6\ncompatibility: 7\nmetadata: 8\nlicense: 9\nallowed-tools: 10",
    );
    for (const { message } of issues) expect(message).not.toMatch(/invalid|expected|received/i);
  });
});
