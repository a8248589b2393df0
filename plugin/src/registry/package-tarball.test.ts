import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS, type Entry, readTarball } from "@skills-registry/schema";
import { packTarball } from "./package-tarball.ts";

function file(path: string, data = "x", mode = 0o644): Entry {
  return { path, type: "file", mode, data: Buffer.from(data) };
}

async function reread(entries: Entry[]): Promise<{ paths: string[]; issues: string[]; entries: Entry[] }> {
  const read = await readTarball(await packTarball(entries), DEFAULT_LIMITS);
  return {
    paths: read.entries.map(({ path }) => path),
    issues: read.issues.map(({ message }) => message),
    entries: read.entries,
  };
}

describe("packing a tarball", () => {
  it("makes what the strict reader takes, with the same content", async () => {
    const { issues, entries } = await reread([
      file("scripts/run.sh", "true\n", 0o755),
      file("SKILL.md", ""),
      file("a/b.md", "x".repeat(512)),
    ]);
    expect(issues).toEqual([]);
    expect(entries.map(({ path, mode, data }) => [path, mode, data.length])).toEqual([
      ["SKILL.md", 0o644, 0],
      ["a/b.md", 0o644, 512],
      ["scripts/run.sh", 0o755, 5],
    ]);
  });

  it.each([60, 89, 90, 91, 92, 93, 99, 100, 101, 150, 200, 239])(
    "carries paths of %i bytes",
    async (length) => {
      const flat = "f".repeat(length);
      const deep = `${"d/".repeat(5)}${"g".repeat(length - 10)}`;
      const wide = `${"e".repeat(Math.floor(length / 2))}/${"h".repeat(Math.ceil(length / 2) - 1)}`;
      const { issues, paths } = await reread([file(flat), file(deep), file(wide)]);
      expect(issues).toEqual([]);
      expect(paths).toEqual([deep, wide, flat].toSorted());
    },
  );

  it.each(["übersicht.md", "文".repeat(60), `${"ä".repeat(40)}/${"ö".repeat(40)}`, "🦊".repeat(25)])(
    "carries the path %s",
    async (path) => {
      const { issues, paths } = await reread([file(path)]);
      expect({ issues, paths }).toEqual({ issues: [], paths: [path] });
    },
  );

  it("makes the same bytes whatever the order and the modes were", async () => {
    const one = await packTarball([file("a"), file("scripts/b", "x", 0o777), file("c", "x", 0o600)]);
    const other = await packTarball([file("c"), file("scripts/b", "x", 0o755), file("a", "x", 0o664)]);
    expect(one.equals(other)).toBe(true);
  });

  it("leaves out what is no file", async () => {
    const link: Entry = { path: "l", type: "symlink", mode: 0o777, data: new Uint8Array() };
    expect((await reread([file("a"), link])).paths).toEqual(["a"]);
  });
});
