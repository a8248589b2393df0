import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildSkill, entriesOf } from "../../test/support/skill.ts";
import { fixSkill, renameSkill } from "./fix.ts";
import { parseFrontmatter } from "./frontmatter.ts";
import { inspectSkill } from "./inspect.ts";

/** Fixes a SKILL.md in a folder of this name; undefined when nothing was to do. */
function fix(yaml: string, folder = "x"): string | undefined {
  const text = `---\n${yaml}\n---\nBody: a\n`;
  const [fixed] = fixSkill(entriesOf({ "SKILL.md": text }), folder);
  if (fixed === undefined) return undefined;
  expect(fixed.text.startsWith("---\n")).toBe(true);
  expect(fixed.text.endsWith("\n---\nBody: a\n")).toBe(true);
  return fixed.text.slice(4, -"\n---\nBody: a\n".length);
}

/** The fields that no repair is about, and the keys of the metadata. */
function untouched(text: string): unknown {
  const {
    name,
    version,
    metadata,
    "allowed-tools": tools,
    ...rest
  } = parseFrontmatter(text, "SKILL.md").frontmatter?.data ?? {};
  const keys = new Set([...Object.keys(metadata ?? {}), ...(version === undefined ? [] : ["version"])]);
  return { rest, keys, has: [name, tools].map((value) => value !== undefined) };
}

describe("fixSkill", () => {
  it.each([
    ["the name to the folder's", "name: y # why\ndescription: d", "name: x # why\ndescription: d"],
    ["the name in its quotes", "name: 'My Y'\ndescription: d", "name: 'x'\ndescription: d"],
    ["the name in double quotes", 'description: d\nname:   "y"', 'description: d\nname:   "x"'],
    ["a folded name", "name: >\n  y\ndescription: d", "name: x\ndescription: d"],
    ["a flow list of tools", "name: x\nallowed-tools: [Read, 'Bash(git:*)'] # t", undefined],
    [
      "a flow list of tools",
      "name: x\nallowed-tools: [Read, 'Bash(git:*)']\na: b",
      "name: x\nallowed-tools: Read Bash(git:*)\na: b",
    ],
    [
      "a block list of tools",
      "allowed-tools:\n  - Read\n  - Grep\nname: x",
      "allowed-tools: Read Grep\nname: x",
    ],
    [
      "an unindented list of tools",
      "allowed-tools:\n- Read\n- Grep\n\nname: x",
      "allowed-tools: Read Grep\n\nname: x",
    ],
    [
      "a list of tools with blanks inside",
      "name: x\nallowed-tools: [Bash(git add:*), Read]",
      "name: x\nallowed-tools: Bash(git add:*) Read",
    ],
    ["a list that would read as YAML", "name: x\nallowed-tools: ['mcp: x']", undefined],
    ["an empty list of tools", "name: x\nallowed-tools: []", 'name: x\nallowed-tools: ""'],
    ["a list of tools with a comment", "name: x\nallowed-tools:\n  - Read # safe\n  - Grep", undefined],
    [
      "numbers in metadata",
      "name: x\nmetadata:\n  v: 1.0 # c\n  b: true\n  s: t",
      'name: x\nmetadata:\n  v: "1.0" # c\n  b: "true"\n  s: t',
    ],
    [
      "an empty value in metadata",
      "name: x\nmetadata:\n  e:\n  f: ~",
      'name: x\nmetadata:\n  e: ""\n  f: "~"',
    ],
    [
      "a list in metadata",
      "name: x\nmetadata:\n  tags: [a, b]\n  more:\n    - c\n    - 1.0",
      'name: x\nmetadata:\n  tags: "a, b"\n  more: "c, 1.0"',
    ],
    ["a mapping in metadata", "name: x\nmetadata:\n  a:\n    b: c", undefined],
    [
      "a version without metadata",
      "name: x\nversion: 1.0 # c\nlicense: MIT",
      'name: x\nmetadata:\n  version: "1.0" # c\nlicense: MIT',
    ],
    ["a text version without metadata", "name: x\nversion: 1.0.0", "name: x\nmetadata:\n  version: 1.0.0"],
    [
      "a version beside metadata",
      "version: 1.0.0\nname: x\nmetadata:\n    a: b",
      'name: x\nmetadata:\n    version: "1.0.0"\n    a: b',
    ],
    [
      "a version beside flow metadata",
      "name: x\nmetadata: {a: b}\nversion: 1.0.0",
      'name: x\nmetadata: {version: "1.0.0", a: b}',
    ],
    [
      "a version beside flow metadata",
      "name: x\nversion: 1.0.0\nmetadata: {a: b}",
      'name: x\nmetadata: {version: "1.0.0", a: b}',
    ],
    [
      "a version that metadata has too",
      "name: x\nversion: 1.0.0\nmetadata:\n  version: '1.0.0'",
      "name: x\nmetadata:\n  version: '1.0.0'",
    ],
    [
      "a version that metadata contradicts",
      "name: x\nversion: 1.0.0\nmetadata:\n  version: '2.0.0'",
      undefined,
    ],
    ["nothing in a good one", "name: x\nmetadata:\n  a: b\nallowed-tools: Read", undefined],
    ["nothing in one that is no YAML", "name: y\ndescription: a: b", undefined],
    ["nothing in a name that is a list", "name: [y]", undefined],
  ])("repairs %s: %j", (_name, yaml, expected) => {
    expect(fix(yaml)).toBe(expected);
  });

  it("quotes a name that YAML would read as a number", () => {
    expect(fix("name: y", "123")).toBe('name: "123"');
  });

  it("makes a slug where no package or folder says the name", () => {
    expect(fixSkill(entriesOf({ "SKILL.md": "---\nname: My Skill_v2!\n---\n" }))[0]?.text).toBe(
      "---\nname: my-skill-v2\n---\n",
    );
  });

  it("takes the name of the package before that of the folder", () => {
    const { entries } = buildSkill({ files: { "SKILL.md": "---\nname: y\n---\n" } });
    expect(fixSkill(entries, "z")).toMatchObject([{ path: "SKILL.md", changes: ["name: y → sample"] }]);
  });

  it("repairs each skill of a pack by its own folder", () => {
    const files = { "skills/a/SKILL.md": "---\nname: y\n---\n", "skills/b/SKILL.md": "---\nname: b\n---\n" };
    expect(fixSkill(entriesOf(files), "z")).toEqual([
      { path: "skills/a/SKILL.md", text: "---\nname: a\n---\n", changes: ["name: y → a"] },
    ]);
  });

  it("keeps CRLF, also in lines that it adds", () => {
    const text = "---\r\nname: y\r\nversion: 2\r\n---\r\nBody\r\n";
    expect(fixSkill(entriesOf({ "SKILL.md": text }), "x")[0]?.text).toBe(
      '---\r\nname: x\r\nmetadata:\r\n  version: "2"\r\n---\r\nBody\r\n',
    );
  });

  it("leaves all lines alone that it does not repair, and leaves nothing for a second run", () => {
    const line = fc.constantFrom(
      "# a comment  ",
      "",
      "license: 'MIT'   # quoted",
      'compatibility: "any: thing"',
      "triggers:\n  - one   # keep\n  - two",
      "text: |\n  version: 9\n  name: z",
      "nested: {allowed-tools: [a], version: 1}",
      "homepage:    https://example.org",
    );
    const broken = fc.constantFrom(
      "name: My Skill",
      'name: "y"',
      "version: 1.0",
      "version: 'b'",
      "allowed-tools: [Read, Grep]",
      "allowed-tools:\n- Read",
      "metadata:\n  n: 1",
      "metadata:\n  a: b\n  t: [x, y]",
      "metadata: {n: 1}",
      "metadata: {t: [a, b], u: [c]}",
    );
    const newline = fc.constantFrom("\n", "\r\n");
    const key = (part: string): string => part.split(":")[0] ?? "";
    fc.assert(
      fc.property(
        fc.uniqueArray(line, { selector: key }),
        fc.uniqueArray(broken, { selector: key }),
        newline,
        fc.string(),
        (lines, parts, eol, body) => {
          const yaml = [...lines, ...parts]
            .toSorted((a, b) => ((a.length * 7) % 5) - ((b.length * 7) % 5))
            .join("\n");
          const text = `---\n${yaml}\n---\n`.replaceAll("\n", eol) + body;
          const entries = entriesOf({ "SKILL.md": text });
          const before = inspectSkill(entries, { folder: "x" }).issues.map(({ code }) => code);
          const [fixed] = fixSkill(entries, "x");
          if (fixed === undefined) return;
          expect(fixed.text.endsWith(body)).toBe(true);
          for (const kept of lines) expect(fixed.text).toContain(kept.replaceAll("\n", eol));
          if (eol === "\r\n") expect(fixed.text.slice(0, -body.length || undefined)).not.toMatch(/[^\r]\n/);
          expect(untouched(fixed.text)).toEqual(untouched(text));
          const again = entriesOf({ "SKILL.md": fixed.text });
          expect(fixSkill(again, "x")).toEqual([]);
          const after = inspectSkill(again, { folder: "x" }).issues.map(({ code }) => code);
          expect(after.length).toBeLessThan(before.length);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("renameSkill", () => {
  it.each([
    [
      "plain",
      "---\nname: y # why\nversion: 1\n---\nbody\r\n",
      "---\nname: x # why\nversion: 1\n---\nbody\r\n",
    ],
    [
      "quoted",
      "---\r\nname: 'y'\r\nallowed-tools: [a]\r\n---\r\n",
      "---\r\nname: 'x'\r\nallowed-tools: [a]\r\n---\r\n",
    ],
    ["equal", "---\nname: x\n---\n", "---\nname: x\n---\n"],
  ])("changes a %s name and nothing else", (_name, text, expected) => {
    expect(renameSkill(text, "x")).toBe(expected);
  });

  it.each([
    ["no frontmatter", "# y\n"],
    ["no name", "---\ndescription: d\n---\n"],
    ["a list for a name", "---\nname: [y]\n---\n"],
    ["broken YAML", "---\nname: y: z\n---\n"],
  ])("gives up on %s", (_name, text) => {
    expect(renameSkill(text, "x")).toBeUndefined();
  });
});
