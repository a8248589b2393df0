import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeScratch } from "../../../test/support/cli.ts";
import { EMPTY_PROJECT, findProject, formatProject, parseProject, type Project } from "./project-file.ts";

const FILE = "/project/skills.json";

function read(document: unknown): Project {
  return parseProject({ file: FILE, text: JSON.stringify(document), inPackageJson: false });
}

function write(text: string | undefined, project: Partial<Project>, inPackageJson = false): string {
  return formatProject({ file: FILE, text, inPackageJson }, { ...EMPTY_PROJECT, ...project });
}

describe("skills.json", () => {
  test("holds a range, or an object with one, for each package", () => {
    const long = { range: "beta", skills: ["a"], as: { a: "b" }, agents: ["codex"], mode: "copy" };
    expect(read({ skills: { "@acme/x": "^1.0.0", "@acme/y": long } }).skills).toEqual({
      "@acme/x": { range: "^1.0.0" },
      "@acme/y": long,
    });
  });

  test("that is absent, or empty, wants nothing", () => {
    expect(parseProject({ file: FILE, text: undefined, inPackageJson: false })).toEqual(EMPTY_PROJECT);
    expect(read({})).toEqual(EMPTY_PROJECT);
  });

  test("may begin with a byte order mark", () => {
    const text = '\uFEFF{"skills": {"@acme/x": "1"}}';
    expect(parseProject({ file: FILE, text, inPackageJson: false }).skills).toEqual({
      "@acme/x": { range: "1" },
    });
  });

  test.each([
    ["truncated", '{"skills": {', "it is not JSON"],
    ["empty", "", "it is not JSON"],
    ["in conflict", '<<<<<<< HEAD\n{}\n=======\n{"skills": {}}\n>>>>>>> b\n', "unresolved merge conflict"],
    ["a list", "[]", "expected object"],
    ["with an unknown key", '{"skill": {}}', "skill"],
    [
      "with an unknown key of a wish",
      '{"skills": {"@acme/x": {"range": "1", "agent": "a"}}}',
      "skills > @acme/x",
    ],
    ["with no range", '{"skills": {"@acme/x": {}}}', "skills > @acme/x"],
    ["with an empty range", '{"skills": {"@acme/x": ""}}', "skills > @acme/x"],
    ["with a number for a range", '{"skills": {"@acme/x": 1}}', "skills > @acme/x"],
    ["with a list of skills", '{"skills": ["@acme/x"]}', "skills"],
    ["with the name of no package", '{"skills": {"x": "1"}}', "skills > x"],
    [
      "with the name of no skill",
      '{"skills": {"@acme/x": {"range": "1", "as": {"x": "../y"}}}}',
      "skills > @acme/x",
    ],
    ["with no agents", '{"agents": []}', "agents"],
    ["with a text for agents", '{"agents": "codex"}', "agents"],
    ["with another mode", '{"mode": "move"}', "mode"],
    ["with a folder that leads out", '{"folders": {"own": "../skills"}}', "folders > own"],
    ["with an absolute folder", '{"folders": {"own": "/etc"}}', "folders > own"],
    ["with a folder around all skills", '{"folders": {"own": ".agents"}}', "folders > own"],
    ["with a prototype for a key", '{"__proto__": {"a": 1}, "skills": []}', "skills"],
  ])("is refused by its path and the place in it: %s", (_, text, message) => {
    expect(() => parseProject({ file: FILE, text, inPackageJson: false })).toThrow(
      expect.objectContaining({
        code: "ESKILLPROJECT",
        message: expect.stringContaining(message),
        hint: expect.stringContaining("Repair the file"),
      }),
    );
    expect(() => parseProject({ file: FILE, text, inPackageJson: false })).toThrow(FILE);
  });
});

describe("writing skills.json", () => {
  test("makes a small file, sorted by name, where there is none", () => {
    const skills = { "@b/b": { range: "2" }, "@a/a": { range: "^1.0.0" } };
    expect(write(undefined, { skills, agents: ["codex"] })).toBe(
      '{\n  "skills": {\n    "@a/a": "^1.0.0",\n    "@b/b": "2"\n  },\n  "agents": [\n    "codex"\n  ]\n}\n',
    );
  });

  test("keeps the order of keys, the schema, tabs, Windows' line ends and no line end at the end", () => {
    const text = '{\r\n\t"mode": "copy",\r\n\t"skills": {},\r\n\t"$schema": "x"\r\n}';
    expect(write(text, { mode: "copy", skills: { "@a/a": { range: "1" } } })).toBe(
      '{\r\n\t"mode": "copy",\r\n\t"skills": {\r\n\t\t"@a/a": "1"\r\n\t},\r\n\t"$schema": "x"\r\n}',
    );
  });

  test("keeps a byte order mark, and a file on one line on one line", () => {
    expect(write('\uFEFF{"skills":{}}', { skills: { "@a/a": { range: "1" } } })).toBe(
      '\uFEFF{"skills":{"@a/a":"1"}}',
    );
  });

  test("writes a wish as an object only where it says more than a range", () => {
    const skills = { "@a/a": { range: "1", as: { a: "b" } }, "@b/b": { range: "1" } };
    expect(JSON.parse(write(undefined, { skills })).skills).toEqual({ "@a/a": skills["@a/a"], "@b/b": "1" });
  });

  test("changes nothing in package.json but its key", () => {
    const text =
      '{\n    "name": "app",\n    "skills": {\n        "skills": {}\n    },\n    "scripts": {}\n}\n';
    expect(write(text, { skills: { "@a/a": { range: "1" } } }, true)).toBe(
      '{\n    "name": "app",\n    "skills": {\n        "skills": {\n            "@a/a": "1"\n        }\n    },\n    "scripts": {}\n}\n',
    );
  });
});

describe("where the wishes are", () => {
  async function found(files: Record<string, string>): Promise<{ file: string; inPackageJson: boolean }> {
    await using scratch = await makeScratch();
    await scratch.write("project", files);
    const at = (name: string): string => join(scratch.project, name);
    const { file, inPackageJson } = await findProject(at("skills.json"), at("package.json"));
    return { file: file.slice(scratch.project.length + 1), inPackageJson };
  }
  const inPackage = { file: "package.json", inPackageJson: true };
  const inOwn = { file: "skills.json", inPackageJson: false };

  test.each([
    ["in skills.json by default", {}, inOwn],
    ["in package.json where it has an object for them", { "package.json": '{"skills": {}}' }, inPackage],
    ["in skills.json where both are", { "package.json": '{"skills": {}}', "skills.json": "{}" }, inOwn],
    ["not in a package.json without them", { "package.json": "{}" }, inOwn],
    ["not in another tool's list of skills", { "package.json": '{"skills": ["owner/repo"]}' }, inOwn],
    ["not in a package.json that is no JSON", { "package.json": "oops" }, inOwn],
    [
      "in a package.json with them that a merge broke",
      { "package.json": '<<<<<<< a\n"skills": {}\n' },
      inPackage,
    ],
  ])("is %s", async (_, files, place) => {
    expect(await found(files)).toEqual(place);
  });
});
