import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { S3Config } from "../../plugin/src/config.ts";
import type { Blobs, Digest } from "../../plugin/src/store/blobs.ts";
import { nodeFileSystem } from "../../plugin/src/store/blobs/file-system.ts";
import { s3Blobs, type S3Options } from "../../plugin/src/store/blobs/s3.ts";
import { digestOf } from "../../plugin/src/store/digest.ts";
import { countOnly, failAt, faultPoints, faultyFileSystem } from "../support/faulty-store.ts";
import { type FaultyS3, startFaultyS3 } from "../support/s3-faults.ts";
import { type Bucket, makeBucket } from "../support/s3-server.ts";
import { read } from "./blobs.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const BYTES = Buffer.alloc(10_000, "bytes of a tarball");
const DIGEST = digestOf(BYTES);
/** More than is held in memory. */
const LARGE = Buffer.alloc(10.5 * 1024 * 1024, "large");
const HOUR_MS = 3_600_000;

let bucket: Bucket;
let server: FaultyS3;

beforeAll(async () => {
  bucket = await makeBucket();
  server = await startFaultyS3(bucket.settings.endpoint ?? "");
  await using opened = await open();
  await opened.blobs.put(DIGEST, BYTES);
  await opened.blobs.put(digestOf(LARGE), LARGE);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await bucket[Symbol.asyncDispose]();
});
beforeEach(() => {
  server.faults = {};
  server.times = Infinity;
});

interface Opened extends AsyncDisposable {
  blobs: Blobs;
  /** Folder of the cache. */
  dir: string;
  /** Path of a blob in it. */
  file(digest: Digest): string;
  /** The same folder used by another process, or by this one after its next start. */
  again(): Promise<Opened>;
}

async function open(changes: Partial<S3Config> = {}, options: Partial<S3Options> = {}): Promise<Opened> {
  const folder = temporaryFolder();
  const dir = options.cacheDir ?? path.join(folder.path, "cache");
  const config = { ...bucket.settings, endpoint: server.endpoint, ...changes };
  const blobs = await s3Blobs(config, { ...options, cacheDir: dir });
  server.asked = [];
  return {
    blobs,
    dir,
    file: (digest) => path.join(dir, "sha512", digest.slice(0, 2), digest),
    again: () => open(changes, { cacheDir: dir }),
    async [Symbol.asyncDispose]() {
      await blobs.close();
      folder[Symbol.dispose]();
    },
  };
}

describe("the cache of a node", () => {
  test("answers what it has without asking, for this process and for others", async () => {
    await using opened = await open();
    expect(await read(opened.blobs, DIGEST)).toEqual(BYTES);
    expect(await read(opened.blobs, DIGEST, { start: 5, end: 9 })).toEqual(BYTES.subarray(5, 10));
    await using other = await opened.again();
    expect(await read(other.blobs, DIGEST)).toEqual(BYTES);
    expect(server.asked).toEqual([]);
    expect(opened.blobs.cache).toMatchObject({ hits: 1, misses: 1, failures: 0, bytes: BYTES.length });
    expect(other.blobs.cache).toMatchObject({ hits: 1, misses: 0 });
  });

  test("can be read by nobody but the registry", async () => {
    await using opened = await open();
    await read(opened.blobs, DIGEST);
    expect((await stat(opened.dir)).mode & 0o777).toBe(0o700);
    expect((await stat(opened.file(DIGEST))).mode & 0o777).toBe(0o600);
  });

  test.each<[string, (whole: Buffer) => Buffer]>([
    ["a flipped bit", (whole) => Buffer.concat([Buffer.of((whole[0] ?? 0) ^ 1), whole.subarray(1)])],
    ["a lost end", (whole) => whole.subarray(0, 100)],
    ["zeros, as after a power cut", (whole) => Buffer.alloc(whole.length)],
    ["nothing", () => Buffer.alloc(0)],
  ])("never answers with a file that was damaged: %s", async (_what, damage) => {
    await using opened = await open();
    await read(opened.blobs, DIGEST);
    await using restarted = await opened.again();
    await writeFile(opened.file(DIGEST), damage(BYTES));
    // The one that has verified it already, and the one that has not.
    expect(await read(opened.blobs, DIGEST)).toEqual(BYTES);
    await writeFile(opened.file(DIGEST), damage(BYTES));
    expect(await read(restarted.blobs, DIGEST)).toEqual(BYTES);
    expect(await readFile(opened.file(DIGEST))).toEqual(BYTES);
  });

  test("stays within its bound, and keeps what was used last", async () => {
    const bound = 20 * BYTES.length;
    await using opened = await open({ cacheBytes: bound });
    const all = Array.from({ length: 40 }, (_, index) => Buffer.alloc(BYTES.length, index));
    await Promise.all(all.map((bytes) => opened.blobs.put(digestOf(bytes), bytes)));
    await read(opened.blobs, DIGEST);
    for (const [index, bytes] of all.entries()) {
      expect(await read(opened.blobs, digestOf(bytes))).toEqual(bytes);
      // Uses are written down now and then only: as if the last was long ago.
      if (index % 5 === 0) await age(opened.file(DIGEST));
      if (index % 5 === 0) expect(await read(opened.blobs, DIGEST)).toEqual(BYTES);
    }
    await opened.blobs.close();
    const kept = await files(opened.dir);
    expect(kept.length * BYTES.length).toBeLessThanOrEqual(bound);
    expect(kept.length).toBeGreaterThan(10);
    expect(kept).toContain(DIGEST);
    expect(kept).toContain(digestOf(Buffer.alloc(BYTES.length, 39)));
  });

  test("takes away what a process left that died, and nothing that another one writes", async () => {
    await using opened = await open();
    await read(opened.blobs, DIGEST);
    const unfinished = (name: string): string => path.join(opened.dir, "tmp", name);
    await writeFile(unfinished("left"), "half");
    await writeFile(unfinished("being-written"), "half");
    const before = new Date(Date.now() - 2 * HOUR_MS);
    await utimes(unfinished("left"), before, before);
    await (await opened.again())[Symbol.asyncDispose]();
    expect(await readdir(path.join(opened.dir, "tmp"))).toEqual(["being-written"]);
  });

  test("forgets what was removed", async () => {
    await using opened = await open();
    const bytes = Buffer.from("to be removed");
    await opened.blobs.put(digestOf(bytes), bytes);
    await read(opened.blobs, digestOf(bytes));
    await opened.blobs.removeOlder(digestOf(bytes), new Date(Date.now() + HOUR_MS));
    expect(await opened.blobs.open(digestOf(bytes))).toBeUndefined();
  });
});

describe("without a disk for the cache", () => {
  test("a full disk at any step is counted, and readers do not notice", async () => {
    const plan = countOnly();
    await using working = await open({}, { cacheFs: faultyFileSystem(nodeFileSystem, plan) });
    await read(working.blobs, DIGEST);
    const points = faultPoints(plan.operations.length);
    expect(points.length).toBeGreaterThan(10);
    for (const point of points) {
      await using opened = await open(
        {},
        { cacheFs: faultyFileSystem(nodeFileSystem, failAt(point, "ENOSPC")) },
      );
      expect(await read(opened.blobs, DIGEST)).toEqual(BYTES);
      expect(await read(opened.blobs, DIGEST, { start: 5, end: 9 })).toEqual(BYTES.subarray(5, 10));
      expect(opened.blobs.cache).toMatchObject({ failures: 0, diskFailures: 1 });
    }
  });

  test("a folder that cannot be made is as good as none", async () => {
    using folder = temporaryFolder();
    const cacheDir = path.join(folder.path, "file");
    await writeFile(cacheDir, "not a folder");
    await using opened = await open({}, { cacheDir });
    expect(await read(opened.blobs, DIGEST)).toEqual(BYTES);
    expect(opened.blobs.cache).toMatchObject({ diskFailures: 1, bytes: 0 });
    server.faults = { GET: "flip" };
    await expect(opened.blobs.open(DIGEST)).rejects.toMatchObject({ code: "ESTORAGE" });
  });

  test("a folder that was emptied by hand is made again", async () => {
    await using opened = await open();
    await read(opened.blobs, DIGEST);
    await rm(opened.dir, { recursive: true });
    expect(await read(opened.blobs, DIGEST)).toEqual(BYTES);
    await mkdir(opened.dir, { recursive: true });
    expect(await read(opened.blobs, DIGEST)).toEqual(BYTES);
  });

  test("what is too large for disk and memory comes as it is read", async () => {
    await using opened = await open({ cacheBytes: LARGE.length });
    const range = { start: LARGE.length - 70_000, end: LARGE.length - 2 };
    expect(await read(opened.blobs, digestOf(LARGE), range)).toEqual(
      LARGE.subarray(range.start, range.end + 1),
    );
    expect(opened.blobs.cache).toMatchObject({ bytes: 0, failures: 0 });
  });

  test("the last piece of it never comes when it is damaged", async () => {
    await using opened = await open({ cacheBytes: LARGE.length });
    server.faults = { GET: "flip" };
    const { stream } = (await opened.blobs.open(digestOf(LARGE))) ?? {};
    if (stream === undefined) throw new Error("is not there");
    let received = 0;
    stream.on("data", (piece: Buffer) => (received += piece.length));
    await expect(buffer(stream)).rejects.toThrow("are not those of");
    expect(received).toBeLessThan(LARGE.length);
    expect(opened.blobs.cache?.failures).toBe(1);
  });
});

/** Makes a use of a file one of an hour ago. */
async function age(file: string): Promise<void> {
  const before = new Date(Date.now() - HOUR_MS);
  await utimes(file, before, before).catch(() => undefined);
}

async function files(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}
