import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS, inspectSkill, SkillsError } from "@skills-registry/schema";
import { zip, zipFiles } from "../../../test/support/zip-writer.ts";
import { hostileZips } from "../../../test/support/zips.ts";
import { readUploadedFolder } from "./uploaded-folder.ts";
import { readZip } from "./zip.ts";

/** Repeatable noise: a seed that fails once fails again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

describe("reading a .zip", () => {
  it("gives files with their data and modes, deflated or stored", async () => {
    const bytes = zip([
      { name: "docs/", mode: 0o040755, method: null },
      { name: "docs/a.md", data: "text ".repeat(100), mode: 0o100664 },
      { name: "scripts/run.sh", data: "true", mode: 0o100775, method: null },
      { name: "empty" },
    ]);
    const { entries, issues, complete } = await readZip(bytes, DEFAULT_LIMITS);
    expect({ issues, complete }).toEqual({ issues: [], complete: true });
    expect(entries.map(({ path, type, mode, data }) => [path, type, mode, data.length])).toEqual([
      ["docs", "directory", 0o755, 0],
      ["docs/a.md", "file", 0o664, 500],
      ["scripts/run.sh", "file", 0o775, 4],
      ["empty", "file", 0, 0],
    ]);
  });

  it.each([
    ["that say so", 0x800],
    ["that do not, as macOS writes them", 0],
  ])("reads names in UTF-8 %s", async (_, flags) => {
    const { entries } = await readZip(zip([{ name: "übersicht.md", data: "x", flags }]), DEFAULT_LIMITS);
    expect(entries[0]?.path).toBe("übersicht.md");
  });

  it("reads names in the code page of DOS", async () => {
    const name = Buffer.from([0x81, 0x62, 0x65, 0x72]);
    const { entries } = await readZip(zip([{ name, data: "x" }]), DEFAULT_LIMITS);
    expect(entries[0]?.path).toBe("über");
  });

  it("reads archives with a comment", async () => {
    const { complete } = await readZip(zip([{ name: "a" }], { comment: "packed by hand" }), DEFAULT_LIMITS);
    expect(complete).toBe(true);
  });

  it.each(hostileZips)("refuses $name", async ({ bytes, codes }) => {
    const issues = await readUploadedFolder(bytes(), DEFAULT_LIMITS).then(
      (folder) => inspectSkill(folder, { folder: "sample" }).issues,
      (error: unknown) => (error instanceof SkillsError ? error.issues : [error]),
    );
    expect(issues).toEqual(expect.arrayContaining(codes.map((code) => expect.objectContaining({ code }))));
  });

  it("stays calm when any byte of an archive is another", { timeout: 60_000 }, async () => {
    const good = zipFiles({
      "SKILL.md": "---\nname: x\n---\n".repeat(20),
      "scripts/run.sh": "true",
      "a/b.md": "b",
    });
    const next = random(7);
    for (let round = 0; round < 3_000; round++) {
      const bytes = Buffer.from(good);
      const changes = 1 + Math.floor(next() * 4);
      for (let change = 0; change < changes; change++) {
        bytes[Math.floor(next() * bytes.length)] = next() < 0.5 ? 0xff : Math.floor(next() * 256);
      }
      const { entries, issues, complete } = await readZip(bytes, DEFAULT_LIMITS);
      const size = entries.reduce((sum, { data }) => sum + data.length, 0);
      expect(size).toBeLessThan(1024);
      expect(complete || issues.length > 0).toBe(true);
    }
  });

  it("inflates no more of a bomb than it says it has", async () => {
    const bomb = hostileZips.find(({ name }) => name === "a bomb that says it is small");
    const bytes = bomb?.bytes() ?? Buffer.alloc(0);
    const before = process.memoryUsage().arrayBuffers;
    await readZip(bytes, DEFAULT_LIMITS);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1024 * 1024);
  });
});
