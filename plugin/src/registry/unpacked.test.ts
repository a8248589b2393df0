import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "@skills-registry/schema";
import { buildSkill, entriesOf } from "../../../test/support/skill.ts";
import { defaultSettings } from "../config-file.ts";
import type { Blobs } from "../store/blobs.ts";
import { diskBlobs } from "../store/blobs/disk.ts";
import { type DiskFileSystem, nodeFileSystem } from "../store/blobs/file-system.ts";
import { digestOf, integrityOf } from "../store/digest.ts";
import { packTarball } from "./package-tarball.ts";
import { unpackedPackages } from "./unpacked.ts";

describe("unpacked packages", () => {
  let dir: string;
  let blobs: Blobs;
  let opened: number;

  beforeEach(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), "skills-unpacked-"));
    opened = 0;
    const counting: DiskFileSystem = {
      ...nodeFileSystem,
      read: async (...args) => {
        opened += 1;
        return await nodeFileSystem.read(...args);
      },
    };
    blobs = await diskBlobs({ dir, fs: counting });
  });
  afterEach(async () => await rm(dir, { recursive: true, force: true }));

  async function stored(
    bytes: Buffer,
  ): Promise<{ integrity: string; size: number; unpackedSize: number; fileCount: number }> {
    const digest = digestOf(bytes);
    await blobs.put(digest, bytes);
    return { integrity: integrityOf(digest), size: bytes.length, unpackedSize: 1_000, fileCount: 2 };
  }

  function open(limits = DEFAULT_LIMITS): ReturnType<typeof unpackedPackages> {
    return unpackedPackages({ blobs, config: { ...defaultSettings(dir).registry, limits } });
  }

  it("are sorted by path", async () => {
    const version = await stored(await packTarball(entriesOf({ b: "1", "a/c": "2", A: "3" })));
    expect((await open().entries(version)).map((entry) => entry.path)).toEqual(["A", "a/c", "b"]);
  });

  it("are read once, also for those who ask at the same time", async () => {
    const version = await stored(buildSkill().tarball);
    const unpacked = open();
    const all = await Promise.all([1, 2, 3].map(async () => await unpacked.entries(version)));
    expect(new Set([...all, await unpacked.entries(version)]).size).toBe(1);
    expect(opened).toBe(1);
  });

  it("are unpacked two at a time, however many are asked for at once", async () => {
    let [reading, most] = [0, 0];
    const slow: Blobs = {
      ...blobs,
      open: async (digest) => {
        reading += 1;
        most = Math.max(most, reading);
        const blob = await blobs.open(digest);
        blob?.stream.once("close", () => (reading -= 1));
        return blob;
      },
    };
    const unpacked = unpackedPackages({ blobs: slow, config: defaultSettings(dir).registry });
    const versions = await Promise.all(
      ["a", "b", "c", "d", "e", "f"].map(
        async (name) => await stored(buildSkill({ name: `@acme/${name}` }).tarball),
      ),
    );
    await Promise.all(versions.map(async (version) => await unpacked.entries(version)));
    expect(most).toBe(2);
  });

  it("make room for others", async () => {
    const unpacked = open();
    const data = Buffer.alloc(15 * 1024 * 1024);
    const versions = [];
    for (const name of ["a", "b", "c", "d", "e"]) {
      versions.push(await stored(await packTarball([{ path: name, type: "file", mode: 0o644, data }])));
    }
    for (const version of [...versions, ...versions.slice(0, 1)]) {
      await unpacked.entries({ ...version, unpackedSize: data.length });
    }
    expect(opened).toBe(6);
  });

  it("are read by the limits of their publish, not by those of today", async () => {
    const version = await stored(buildSkill().tarball);
    const unpacked = open({ ...DEFAULT_LIMITS, tarball: 1, unpacked: 1, entries: 1, ratio: 1 });
    expect(await unpacked.entries(version)).toHaveLength(2);
  });

  it("fail for a blob that is missing, cut off or damaged, and are asked for again then", async () => {
    const unpacked = open();
    const { tarball } = buildSkill();
    const version = {
      integrity: integrityOf(digestOf(tarball)),
      size: tarball.length,
      unpackedSize: 1_000,
      fileCount: 2,
    };
    await expect(unpacked.entries(version)).rejects.toThrow("missing");
    await expect(unpacked.entries({ ...(await stored(tarball)), size: 5 })).rejects.toThrow("damaged");
    const cut = await stored(tarball.subarray(0, -20));
    await expect(unpacked.entries(cut)).rejects.toThrow("damaged");
    expect(await unpacked.entries(version)).toHaveLength(2);
  });
});
