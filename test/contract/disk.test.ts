import { mkdir, readdir, rename, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Blobs } from "../../plugin/src/store/blobs.ts";
import { diskBlobs } from "../../plugin/src/store/blobs/disk.ts";
import { type DiskFileSystem, nodeFileSystem } from "../../plugin/src/store/blobs/file-system.ts";
import { digestOf } from "../../plugin/src/store/digest.ts";
import { countOnly, failAt, faultPoints, faultyFileSystem, stopAt } from "../support/faulty-store.ts";
import { describeBlobs, list, read } from "./blobs.ts";
import { powerCutDisk } from "./power-cut.ts";
import { temporaryFolder } from "./temporary-folder.ts";

describeBlobs("disk", async () => {
  const folder = temporaryFolder();
  const dir = join(folder.path, "not", "there", "yet");
  const blobs = await diskBlobs({ dir });
  return {
    blobs,
    another: () => diskBlobs({ dir }),
    async [Symbol.asyncDispose]() {
      await blobs.close();
      folder[Symbol.dispose]();
    },
  };
});

const BYTES = Buffer.from("bytes of a tarball");
const DIGEST = digestOf(BYTES);
const OTHER_BYTES = Buffer.from("bytes of another");
const OTHER = digestOf(OTHER_BYTES);
const LATER = new Date(Date.now() + 60_000);

describe("the folder of the disk adapter", () => {
  test("nobody but the registry can read it", async () => {
    using folder = temporaryFolder();
    const dir = join(folder.path, "blobs");
    await (await diskBlobs({ dir })).put(DIGEST, BYTES);
    const path = join(dir, "sha512", DIGEST.slice(0, 2), DIGEST);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    for (const above of [dirname(path), dirname(dirname(path)), join(dir, "sha512"), join(dir, "tmp"), dir]) {
      expect((await stat(above)).mode & 0o777).toBe(0o700);
    }
  });

  test("a finished put leaves nothing unfinished", async () => {
    using folder = temporaryFolder();
    const blobs = await diskBlobs({ dir: folder.path });
    await blobs.put(DIGEST, BYTES);
    await blobs.put(DIGEST, BYTES);
    expect(await readdir(join(folder.path, "tmp"))).toEqual([]);
  });

  test("leftovers of a crash are swept when they are old enough, and are no blobs before", async () => {
    using folder = temporaryFolder();
    const blobs = await diskBlobs({ dir: folder.path });
    const old = join(folder.path, "tmp", "old");
    await writeFile(old, "half");
    await utimes(old, new Date(0), new Date(0));
    await writeFile(join(folder.path, "tmp", "young"), "half");
    expect(await list(blobs)).toEqual([]);
    await blobs.sweepUnfinished(new Date(Date.now() - 60_000));
    expect(await readdir(join(folder.path, "tmp"))).toEqual(["young"]);
  });

  test("a blob that a dying process had moved aside is brought back at the next start", async () => {
    using folder = temporaryFolder();
    const blobs = await diskBlobs({ dir: folder.path });
    await blobs.put(DIGEST, BYTES);
    const place = join(folder.path, "sha512", DIGEST.slice(0, 2), DIGEST);
    await rename(place, join(folder.path, "tmp", DIGEST));
    await blobs.sweepUnfinished(new Date(Date.now() + 60_000));
    expect(await read(await diskBlobs({ dir: folder.path }), DIGEST)).toEqual(BYTES);
  });

  test("a blob that was cut short is healed by the next put", async () => {
    using folder = temporaryFolder();
    const blobs = await diskBlobs({ dir: folder.path });
    await blobs.put(DIGEST, BYTES);
    await truncate(join(folder.path, "sha512", DIGEST.slice(0, 2), DIGEST), 3);
    await blobs.put(DIGEST, BYTES);
    expect(await read(blobs, DIGEST)).toEqual(BYTES);
  });

  test("files that are not blobs are not listed", async () => {
    using folder = temporaryFolder();
    const blobs = await diskBlobs({ dir: folder.path });
    await mkdir(join(folder.path, "sha512", "ab", "cd"), { recursive: true });
    await writeFile(join(folder.path, "sha512", "ab", "cd", "README"), "hello");
    expect(await list(blobs)).toEqual([]);
  });
});

describe("faults of the disk", () => {
  test.each(["ENOSPC", "EIO"] as const)("%s at any operation fails that put only", async (code) => {
    for (const point of faultPoints(await operationsOfAPut())) {
      using folder = temporaryFolder();
      const healthy = await diskBlobs({ dir: folder.path });
      await healthy.put(OTHER, OTHER_BYTES);

      const fs = faultyFileSystem(nodeFileSystem, failAt(point, code));
      let failing: Blobs | undefined;
      const attempt = async () => {
        failing ??= await diskBlobs({ dir: folder.path, fs });
        await failing.put(DIGEST, BYTES);
      };
      await expect(attempt()).rejects.toMatchObject({ code });

      expect(await read(healthy, OTHER)).toEqual(OTHER_BYTES);
      await expectOnlyWholeBlobs(healthy);
      await attempt();
      expect(await read(healthy, DIGEST)).toEqual(BYTES);
      expect(await readdir(join(folder.path, "tmp"))).toEqual([]);
    }
  });

  test("a process that dies at any operation blocks nothing, and its leftovers can be swept", async () => {
    for (const point of faultPoints(await operationsOfAPut())) {
      using folder = temporaryFolder();
      await expect(openAndPut(folder.path, faultyFileSystem(nodeFileSystem, stopAt(point)))).rejects.toThrow(
        "stopped",
      );

      const next = await diskBlobs({ dir: folder.path });
      await expectOnlyWholeBlobs(next);
      await next.put(DIGEST, BYTES);
      expect(await read(next, DIGEST)).toEqual(BYTES);
      await next.sweepUnfinished(LATER);
      expect(await readdir(join(folder.path, "tmp"))).toEqual([]);
    }
  });
});

describe("a power cut", () => {
  test("at any operation loses no blob whose put had resolved, and leaves none half written", async () => {
    for (const point of faultPoints(await operationsOfAPut())) {
      const disk = powerCutDisk();
      const before = await diskBlobs({ dir: "/data/blobs", fs: disk });
      await before.put(OTHER, OTHER_BYTES);
      await expect(openAndPut("/data/blobs", faultyFileSystem(disk, stopAt(point)))).rejects.toThrow(
        "stopped",
      );
      disk.cutPower();

      const after = await diskBlobs({ dir: "/data/blobs", fs: disk });
      expect(await read(after, OTHER)).toEqual(OTHER_BYTES);
      await expectOnlyWholeBlobs(after);
    }
  });

  test("loses no blob that was put again after a process died on it", async () => {
    for (const point of faultPoints(await operationsOfAPut())) {
      const disk = powerCutDisk();
      await expect(openAndPut("/data/blobs", faultyFileSystem(disk, stopAt(point)))).rejects.toThrow(
        "stopped",
      );
      await openAndPut("/data/blobs", disk);
      disk.cutPower();

      const after = await diskBlobs({ dir: "/data/blobs", fs: disk });
      expect(await read(after, DIGEST)).toEqual(BYTES);
    }
  });
});

/** The scenario of all fault tests, from nothing. */
async function openAndPut(dir: string, fs: DiskFileSystem): Promise<void> {
  const blobs = await diskBlobs({ dir, fs });
  await blobs.put(DIGEST, BYTES);
}

async function operationsOfAPut(): Promise<number> {
  using folder = temporaryFolder();
  const plan = countOnly();
  await openAndPut(folder.path, faultyFileSystem(nodeFileSystem, plan));
  expect(plan.operations).toEqual(expect.arrayContaining(["file.sync", "fs.rename", "fs.syncFolder"]));
  return plan.operations.length;
}

async function expectOnlyWholeBlobs(blobs: Blobs): Promise<void> {
  for (const { digest } of await list(blobs)) expect(digestOf(await read(blobs, digest))).toBe(digest);
}
