import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { makeScratch, skillText } from "../../../test/support/cli.ts";
import { exists } from "../files.ts";
import { readFolder } from "./folder.ts";
import { generatePackageJson, sameContent } from "@skills-registry/schema";
import { pack, packageJsonOf, withVersion } from "./pack.ts";

const MANIFEST = { name: "@acme/x", version: "1.0.0" };

/** Modes of the files in a tarball, by the ustar headers. */
function modes(tarball: Uint8Array): string[] {
  const tar = gunzipSync(tarball).toString("latin1");
  return [...tar.matchAll(/(package\/[^\0]+)\0*(\d{6,7}) ?\0/g)].map(
    ([, path, mode]) => `${path} ${Number(mode)}`,
  );
}

describe("packing a folder", () => {
  test("gives the same bytes whatever the times, the umask and the order", async () => {
    await using scratch = await makeScratch();
    const a = await scratch.write("a", {
      "SKILL.md": skillText("x"),
      "scripts/run.sh": "true\n",
      "docs/a.md": "a",
    });
    const b = await scratch.write("b", {
      "docs/a.md": "a",
      "scripts/run.sh": "true\n",
      "SKILL.md": skillText("x"),
    });
    await chmod(join(a, "SKILL.md"), 0o600);
    await chmod(join(b, "SKILL.md"), 0o664);
    const packed = await Promise.all([a, b].map(async (folder) => pack(await readFolder(folder), MANIFEST)));
    expect(packed[0]?.integrity).toBe(packed[1]?.integrity);
  });

  test("writes modes 644 and 755 only", async () => {
    await using scratch = await makeScratch();
    const folder = await scratch.write("a", { "SKILL.md": skillText("x"), "scripts/run.sh": "true\n" });
    await chmod(join(folder, "SKILL.md"), 0o600);
    await chmod(join(folder, "scripts/run.sh"), 0o777);
    const { tarball } = await pack(await readFolder(folder), MANIFEST);
    expect(modes(tarball)).toEqual(
      expect.arrayContaining([
        "package/SKILL.md 644",
        "package/scripts/run.sh 755",
        "package/package.json 644",
      ]),
    );
  });

  test("follows npm's ignore files and leaves the folder as it was", async () => {
    await using scratch = await makeScratch();
    const folder = await scratch.write("a", {
      "SKILL.md": skillText("x"),
      ".npmignore": "draft.md\n",
      "draft.md": "no",
    });
    const { tarball } = await pack(await readFolder(folder), MANIFEST);
    expect(modes(tarball).map((line) => line.split(" ")[0])).toEqual([
      "package/package.json",
      "package/SKILL.md",
    ]);
    expect(await exists(join(folder, "package.json"))).toBe(false);
  });

  test("runs no script of the package", async () => {
    await using scratch = await makeScratch();
    const marker = join(scratch.home, "ran");
    const manifest = { ...MANIFEST, scripts: { prepare: `touch ${marker}`, prepack: `touch ${marker}` } };
    const folder = await scratch.write("a", {
      "SKILL.md": skillText("x"),
      "package.json": JSON.stringify(manifest),
    });
    await pack(await readFolder(folder), manifest);
    expect(await exists(marker)).toBe(false);
  });

  test("skips what npm never packs, without reading it", async () => {
    await using scratch = await makeScratch();
    const folder = await scratch.write("a", {
      "SKILL.md": "x",
      ".git/HEAD": "x",
      "node_modules/a/index.js": "x",
      ".npmrc": "//host.test/:_authToken=secret",
      "docs/.DS_Store": "x",
      "docs/a.md": "x",
    });
    expect((await readFolder(folder)).map(({ path }) => path)).toEqual(["SKILL.md", "docs/a.md"]);
  });
});

describe("a version in package.json", () => {
  test.each([
    ["two spaces", '{\n  "name": "@acme/x",\n  "version": "1.0.0",\n  "files": [\n    "a"\n  ]\n}\n'],
    ["tabs", '{\n\t"name": "@acme/x",\n\t"version": "1.0.0"\n}'],
    ["Windows line ends", '{\r\n    "name": "@acme/x",\r\n    "version": "1.0.0"\r\n}\r\n'],
    ["one line", '{"name":"@acme/x","version":"1.0.0"}\n'],
  ])("changes nothing else: %s", (_, text) => {
    expect(withVersion(text, "1.1.0")).toBe(text.replace("1.0.0", "1.1.0"));
  });

  test("is packed without touching the file on disk", async () => {
    await using scratch = await makeScratch();
    const text = '{\n  "name": "@acme/x",\n  "version": "1.0.0"\n}\n';
    const folder = await scratch.write("a", { "SKILL.md": skillText("x"), "package.json": text });
    const entries = await readFolder(folder);
    const { tarball } = await pack(entries, { name: "@acme/x", version: "2.0.0" });
    expect(gunzipSync(tarball).toString("latin1")).toContain('"version": "2.0.0"');
  });

  test.each(["[]", "{", '{"name": "@acme/x"}', '{"name": 5, "version": "1.0.0"}'])(
    "is missed in %s",
    async (text) => {
      await using scratch = await makeScratch();
      const entries = await readFolder(await scratch.write("a", { "package.json": text }));
      expect(() => packageJsonOf(entries)).toThrow(expect.objectContaining({ code: "ESKILLINVALID" }));
    },
  );
});

test("a generated package.json says what SKILL.md says", () => {
  const skill = { name: "x", description: "Does x.", license: "MIT" };
  expect(generatePackageJson("@acme/x", "1.0.0", skill)).toEqual({
    name: "@acme/x",
    version: "1.0.0",
    description: "Does x.",
    license: "MIT",
    keywords: ["agent-skill"],
  });
});

describe("two folders", () => {
  test("hold the same when only the version differs", async () => {
    await using scratch = await makeScratch();
    const a = await readFolder(
      await scratch.write("a", { "SKILL.md": "x", "package.json": '{"name":"@a/x","version":"1.0.0"}' }),
    );
    const b = await readFolder(
      await scratch.write("b", {
        "SKILL.md": "x",
        "package.json": '{\n  "name": "@a/x",\n  "version": "2.0.0"\n}',
      }),
    );
    expect(sameContent(a, b)).toBe(true);
  });

  test.each([
    ["another byte", { "SKILL.md": "y" }],
    ["another file", { "SKILL.md": "x", "more.md": "" }],
    ["a renamed file", { "skill.md": "x" }],
  ])("differ by %s", async (_, files) => {
    await using scratch = await makeScratch();
    const a = await readFolder(await scratch.write("a", { "SKILL.md": "x" }));
    const b = await readFolder(await scratch.write("b", files));
    expect(sameContent(a, b)).toBe(false);
  });

  test("differ by an executable bit", async () => {
    await using scratch = await makeScratch();
    const folder = await scratch.write("a", { "run.sh": "x" });
    const before = await readFolder(folder);
    await chmod(join(folder, "run.sh"), 0o755);
    await writeFile(join(folder, "run.sh"), "x");
    expect(sameContent(before, await readFolder(folder))).toBe(false);
  });
});
