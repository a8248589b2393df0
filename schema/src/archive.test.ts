import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { entriesOf } from "../../test/support/skill.ts";
import { foldPath, inspectArchive } from "./archive.ts";
import type { Entry } from "./entry.ts";
import { isError } from "./issue.ts";
import { DEFAULT_LIMITS } from "./limits.ts";

function codes(...paths: string[]): string[] {
  const entries = entriesOf(Object.fromEntries(paths.map((path) => [path, "x"])));
  return inspectArchive(entries, DEFAULT_LIMITS).map(({ code }) => code);
}

function entry(fields: Partial<Entry>): Entry {
  return { path: "x", type: "file", mode: 0o644, data: new Uint8Array(), ...fields };
}

describe("inspectArchive", () => {
  it.each([
    "SKILL.md",
    "references/日本語.md",
    "scripts/deep/er/run.sh",
    "a b.md",
    "a..b/c...d.md",
    "console.md",
    "auxiliary/con-text.md",
    ".env.example",
    "config/.env.template",
    ".gitignore",
    "assets/.gitkeep",
    "emoji-😀.md",
    "notes~1.md",
  ])("accepts the path %j", (path) => {
    expect(codes(path)).toEqual([]);
  });

  it.each([
    ["archive.env", ".env"],
    ["archive.env", "config/.ENV.local"],
    ["archive.env", ".env.example/x"],
    ["archive.dotfile", ".prettierrc"],
    ["archive.dotfile", ".idea/workspace.xml"],
    ["archive.dotfile", "a/.husky/pre-commit"],
    ["archive.dotfile", ".claude-plugin/plugin.json"],
    ["archive.npmrc", ".NPMRC"],
    ["archive.gyp", "native/binding.gyp"],
    ["archive.path.windows", "a/LPT9.tar.gz"],
    ["archive.path.windows", "nul"],
  ])("refuses with %s: %j", (code, path) => {
    expect(codes(path)).toEqual([code]);
  });

  it.each([
    ["archive.clash", "Kelvin.md", "\u212aelvin.md"],
    ["archive.clash", "ß.md", "SS.md"],
    ["archive.clash", "σ.md", "ς.md"],
    ["archive.clash", "ﬁ.md", "FI.md"],
    ["archive.clash", "A/x.md", "a/y.md"],
    ["archive.clash", "İ.md", "i̇.md"],
    ["archive.file-folder", "a", "a/b"],
    ["archive.file-folder", "A/b", "a"],
  ])("finds %s between %j and %j, in either order", (code, one, other) => {
    expect(codes(one, other)).toContain(code);
    expect(codes(other, one)).toContain(code);
  });

  it("takes a folder and what is in it for no clash, listed before or after", () => {
    const folder = entry({ path: "a", type: "directory", mode: 0o755 });
    const file = entry({ path: "a/b" });
    expect(inspectArchive([folder, file], DEFAULT_LIMITS)).toEqual([]);
    expect(inspectArchive([file, folder], DEFAULT_LIMITS)).toEqual([]);
    expect(inspectArchive([folder, file, folder], DEFAULT_LIMITS)).toMatchObject([
      { code: "archive.duplicate" },
    ]);
  });

  it("reports two clashing folders once, however many files are in them", () => {
    expect(codes("A/1", "A/2", "a/1x", "a/2x", "a/3x")).toEqual(["archive.clash"]);
  });

  it("refuses links and devices, and warns of executables outside scripts/", () => {
    const entries = [
      entry({ path: "a", type: "symlink" }),
      entry({ path: "b", type: "other" }),
      entry({ path: "c.sh", mode: 0o755 }),
      entry({ path: "skills/x/scripts/d.sh", mode: 0o755 }),
    ];
    expect(inspectArchive(entries, DEFAULT_LIMITS).map(({ code, path }) => [code, path])).toEqual([
      ["archive.link", "a"],
      ["archive.type", "b"],
      ["archive.executable", "c.sh"],
    ]);
  });

  it.each([
    ["archive.limit.entries", { entries: 1 }],
    ["archive.limit.unpacked", { unpacked: 1 }],
    ["archive.limit.file", { file: 0 }],
    ["archive.path.length", { path: 2 }],
    ["archive.path.depth", { depth: 1 }],
  ] as const)("keeps the limit %s of its caller", (code, limits) => {
    const found = inspectArchive(entriesOf({ "a/b": "1", c: "2" }), { ...DEFAULT_LIMITS, ...limits });
    expect(new Set(found.map((issue) => issue.code))).toEqual(new Set([code]));
  });

  it("does not slow down with a path of 5,000 folders", () => {
    const entries = Array.from({ length: 500 }, (_, index) =>
      entry({ path: `${"d/".repeat(5_000)}${index}` }),
    );
    const start = performance.now();
    inspectArchive(entries, DEFAULT_LIMITS);
    expect(performance.now() - start).toBeLessThan(3_000);
  });

  it("accepts only sets of paths that stay apart on every file system", () => {
    const name = fc.string({
      unit: fc.constantFrom(
        "a",
        "A",
        "b",
        "B",
        "s",
        "S",
        "ß",
        "é",
        "e\u0301",
        "É",
        "K",
        "\u212a",
        "σ",
        "ς",
        "İ",
        "i",
        "ı",
        "ﬁ",
        "ſ",
      ),
      minLength: 1,
      maxLength: 2,
    });
    const path = fc.array(name, { minLength: 1, maxLength: 2 }).map((names) => names.join("/"));
    const spellings = [
      (text: string): string => text.toLowerCase(),
      (text: string): string => text.toUpperCase(),
      (text: string): string => text.normalize("NFD").toLowerCase(),
      (text: string): string => text.normalize("NFKC").toUpperCase(),
    ];
    fc.assert(
      fc.property(fc.array(path, { minLength: 2, maxLength: 4 }), (paths) => {
        const entries = paths.map((at) => entry({ path: at }));
        if (inspectArchive(entries, DEFAULT_LIMITS).some(isError)) return;
        for (const spell of spellings) expect(new Set(paths.map(spell)).size).toBe(paths.length);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe("foldPath", () => {
  it("is stable, so that equal keys stay equal", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(foldPath(foldPath(text))).toBe(foldPath(text));
      }),
    );
  });
});
