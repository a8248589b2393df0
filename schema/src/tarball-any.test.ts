import { describe, expect, it } from "vitest";
import { END, gzipTar, paxEntry, tarEntry, tarHeader } from "../../test/support/tar-writer.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { type ReadTarball, readTarball } from "./tarball.ts";

const GNU = "ustar  \0";

async function read(...parts: Uint8Array[]): Promise<ReadTarball> {
  return await readTarball(gzipTar(...parts, END), DEFAULT_LIMITS, "any");
}

async function pathsOf(...parts: Uint8Array[]): Promise<string[]> {
  const { entries, issues } = await read(...parts);
  expect(issues).toEqual([]);
  return entries.map(({ path }) => path);
}

/** The codes of an archive that is refused; empty for one that is read. */
async function codesOf(...parts: Uint8Array[]): Promise<string[]> {
  const { issues, complete } = await read(...parts);
  expect(complete).toBe(issues.length === 0);
  return issues.map(({ code }) => code);
}

describe("a tarball of any packer", () => {
  it("is read under any root, which is kept, with any mode", async () => {
    const { entries, issues } = await read(
      tarEntry({ name: "skill/", type: "5", mode: 0o775 }),
      tarEntry({ name: "skill/SKILL.md", mode: 0o664 }, "x"),
      tarEntry({ name: "other", mode: 0o6777 }, "y"),
    );
    expect(issues).toEqual([]);
    expect(entries.map(({ path, type, mode }) => [path, type, mode])).toEqual([
      ["skill", "directory", 0o775],
      ["skill/SKILL.md", "file", 0o664],
      ["other", "file", 0o777],
    ]);
  });

  it("may have the magic of GNU tar, unless something stands where ustar has its prefix", async () => {
    expect(await pathsOf(tarEntry({ name: "a", magic: GNU }, "x"))).toEqual(["a"]);
    expect(await codesOf(tarEntry({ name: "a", magic: GNU, prefix: "b" }, "x"))).toEqual(["archive.header"]);
  });

  it("may have a long name of GNU tar", async () => {
    const long = "long/".repeat(30);
    const name = tarEntry({ name: "././@LongLink", type: "L", magic: GNU }, `${long}a\0`);
    expect(await pathsOf(name, tarEntry({ name: "short" }, "x"), tarEntry({ name: "b" }))).toEqual([
      `${long}a`,
      "b",
    ]);
  });

  it.each([
    ["without its end", "a"],
    ["with a line break", "a\nb\0"],
    ["with a NUL inside", "a\0b\0"],
    ["that is empty", "\0"],
  ])("is refused with a long name %s", async (_, name) => {
    expect(await codesOf(tarEntry({ name: "x", type: "L" }, name), tarEntry({ name: "b" }))).toEqual([
      "archive.pax",
    ]);
  });

  it("is refused with two long names, or with a long link", async () => {
    const name = tarEntry({ name: "x", type: "L" }, "a\0");
    expect(await codesOf(name, name, tarEntry({ name: "b" }))).toEqual(["archive.pax"]);
    expect(await codesOf(tarEntry({ name: "x", type: "K" }, "a\0"), tarEntry({ name: "b" }))).toEqual([
      "archive.type",
    ]);
  });

  it("may say times, owners and attributes", async () => {
    const pax = paxEntry([
      ["path", "ä"],
      ["atime", "1.5"],
      ["uid", "4000000000"],
      ["LIBARCHIVE.xattr.com.apple.quarantine", "x"],
      ["SCHILY.xattr.user.x", "x"],
    ]);
    expect(await pathsOf(pax, tarEntry({ name: "a" }, "x"))).toEqual(["ä"]);
  });

  it("may have attributes of macOS, which are bytes", async () => {
    const pax = tarEntry(
      { name: "p", type: "x" },
      Buffer.from("30 SCHILY.xattr.com.apple.x=\xff\n", "latin1"),
    );
    expect(await pathsOf(pax, tarEntry({ name: "a" }, "x"))).toEqual(["a"]);
  });

  it.each(["linkpath", "GNU.sparse.major", "SCHILY.realsize", "charset"])(
    "is refused when it says %s",
    async (key) => {
      expect(await codesOf(paxEntry([[key, "1"]]), tarEntry({ name: "a" }, "x"))).toEqual(["archive.pax"]);
    },
  );

  it("may have git's comment on the whole archive, and nothing else there", async () => {
    const comment = paxEntry([["comment", "0".repeat(40)]], { type: "g" });
    expect(await pathsOf(comment, tarEntry({ name: "a" }, "x"))).toEqual(["a"]);
    const path = paxEntry([["path", "b"]], { type: "g" });
    expect(await codesOf(path, tarEntry({ name: "a" }, "x"))).toEqual(["archive.pax"]);
  });

  it("may have numbers of accounts that are not octal", async () => {
    expect(await pathsOf(tarHeader({ name: "a", uid: "\u0001\0\0\0\0\0\0\u0001" }))).toEqual(["a"]);
  });

  it("is read in npm's form only where nobody says otherwise", async () => {
    const { issues } = await readTarball(
      gzipTar(tarEntry({ name: "package/a", magic: GNU }), END),
      DEFAULT_LIMITS,
    );
    expect(issues.map(({ code }) => code)).toEqual(["archive.header"]);
  });
});
