import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildSkill, packageTarball } from "../../test/support/skill.ts";
import { END, gzipTar, paxEntry, tarEntry, tarHeader } from "../../test/support/tar-writer.ts";
import { hostileTarballs } from "../../test/support/tarball.ts";
import { DEFAULT_LIMITS, inspectTarball, isError, readTarball } from "./index.ts";

const text = (data: Uint8Array): string => Buffer.from(data).toString();

describe("inspectTarball", () => {
  it.each(hostileTarballs)("refuses $name", async ({ bytes, codes }) => {
    const { issues } = await inspectTarball(bytes());
    expect(issues.filter(isError).map(({ code }) => code)).toEqual(expect.arrayContaining([...codes]));
  });

  it("accepts a plain skill", async () => {
    const { issues, skills, packageManifest } = await inspectTarball(buildSkill().tarball);
    expect(issues).toEqual([]);
    expect(skills.map(({ manifest }) => manifest.name)).toEqual(["sample"]);
    expect(packageManifest?.name).toBe("@acme/sample");
  });

  it("says nothing of the content of an archive that it could not read to the end", async () => {
    const { files } = buildSkill({ files: { "SKILL.md": "no frontmatter" } });
    const cut = Object.entries(files).map(([path, data]) => tarEntry({ name: `package/${path}` }, data));
    const { issues, skills } = await inspectTarball(gzipTar(...cut));
    expect(issues.map(({ code }) => code)).toEqual(["archive.end"]);
    expect(skills).toEqual([]);
  });

  it("reports all that is wrong with an archive that it could read", async () => {
    const { tarball } = buildSkill({ manifest: { bin: "x" }, files: { ".env": "A=1" } });
    const { issues } = await inspectTarball(Buffer.concat([tarball, Buffer.from("more")]));
    expect(issues.map(({ code }) => code)).toEqual(["archive.trailing", "archive.env", "package.bin"]);
  });
});

describe("readTarball", () => {
  it("returns paths below package/, types, modes and data", async () => {
    const tarball = gzipTar(
      tarEntry({ name: "package/", type: "5", mode: 0o755 }),
      tarEntry({ name: "package/scripts/", type: "5", mode: 0o755 }),
      tarEntry({ name: "package/scripts/run.sh", mode: 0o755 }, "echo"),
      tarEntry({ name: "empty", prefix: "package/a" }),
      END,
    );
    const { entries, issues, complete } = await readTarball(tarball, DEFAULT_LIMITS);
    expect(issues).toEqual([]);
    expect(complete).toBe(true);
    expect(entries.map(({ path, type, mode, data }) => [path, type, mode, text(data)])).toEqual([
      ["scripts", "directory", 0o755, ""],
      ["scripts/run.sh", "file", 0o755, "echo"],
      ["a/empty", "file", 0o644, ""],
    ]);
  });

  it("takes the PAX path, whatever the header says", async () => {
    const long = `package/${"é".repeat(100)}.md`;
    const records: [string, string][] = [
      ["path", long],
      ["mtime", "499162500.5"],
      ["size", "1"],
      ["hdrcharset", "BINARY"],
    ];
    const tarball = gzipTar(paxEntry(records), tarEntry({ name: Buffer.from([0xff]) }, "x"), END);
    const { entries, issues } = await readTarball(tarball, DEFAULT_LIMITS);
    expect(issues).toEqual([]);
    expect(entries.map(({ path }) => path)).toEqual([long.slice("package/".length)]);
  });

  it("takes zeros after the end marker, as GNU tar writes them", async () => {
    const { complete } = await readTarball(gzipTar(END, Buffer.alloc(9_216)), DEFAULT_LIMITS);
    expect(complete).toBe(true);
  });

  it("returns the entries before the place where it stopped", async () => {
    const tarball = gzipTar(
      tarEntry({ name: "package/a" }, "1"),
      tarHeader({ name: "package/b", checksum: "0\0" }),
      END,
    );
    const { entries, issues, complete } = await readTarball(tarball, DEFAULT_LIMITS);
    expect(entries.map(({ path }) => path)).toEqual(["a"]);
    expect(issues).toMatchObject([{ code: "archive.header" }]);
    expect(complete).toBe(false);
  });

  it.each([
    ["archive.limit.tarball", { tarball: 100 }],
    ["archive.limit.entries", { entries: 1 }],
    ["archive.limit.unpacked", { unpacked: 0, entries: 0 }],
  ] as const)("keeps the limit %s of its caller", async (code, limits) => {
    const { issues, complete } = await readTarball(buildSkill().tarball, { ...DEFAULT_LIMITS, ...limits });
    expect(issues).toMatchObject([{ code }]);
    expect(complete).toBe(false);
  });

  it("reads what packageTarball writes, for any paths and contents", async () => {
    const segment = fc
      .string({ minLength: 1, maxLength: 40, unit: "grapheme" })
      .filter((name) => !/[/\0\n]/.test(name));
    const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join("/"));
    const files = fc.dictionary(path, fc.uint8Array({ maxLength: 2_000 }), { maxKeys: 8 });
    await fc.assert(
      fc.asyncProperty(files, async (tree) => {
        const { entries, issues } = await readTarball(packageTarball(tree), DEFAULT_LIMITS);
        expect(issues).toEqual([]);
        expect(Object.fromEntries(entries.map(({ path, data }) => [path, [...data]]))).toEqual(
          Object.fromEntries(Object.entries(tree).map(([path, data]) => [path, [...data]])),
        );
      }),
      { numRuns: 50 },
    );
  });

  it("never throws, whatever bytes of a tar are changed", async () => {
    const tar = Buffer.concat([
      paxEntry([["path", "package/ä"]]),
      tarEntry({ name: "package/x" }, "data"),
      tarEntry({ name: "package/SKILL.md" }, "---\nname: x\n---\n"),
      END,
    ]);
    const change = fc.tuple(fc.nat(tar.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
        const mutated = Buffer.from(tar);
        for (const [offset, value] of changes) mutated[offset] = value;
        const { issues, complete } = await readTarball(gzipTar(mutated), DEFAULT_LIMITS);
        expect(complete || issues.some(isError)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("never throws, whatever bytes of the gzip are changed", async () => {
    const { tarball } = buildSkill();
    await fc.assert(
      fc.asyncProperty(fc.nat(tarball.length - 1), fc.nat(255), async (offset, value) => {
        const mutated = Buffer.from(tarball);
        mutated[offset] = value;
        const { issues, complete } = await readTarball(mutated, DEFAULT_LIMITS);
        expect(complete || issues.some(isError)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
