import { readdir } from "node:fs/promises";
import path from "node:path";
import { SkillsError } from "@skills-registry/schema";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { S3Config } from "../../plugin/src/config.ts";
import type { Blobs } from "../../plugin/src/store/blobs.ts";
import { s3Blobs } from "../../plugin/src/store/blobs/s3.ts";
import { digestOf } from "../../plugin/src/store/digest.ts";
import { type Fault, type FaultyS3, startFaultyS3 } from "../support/s3-faults.ts";
import { type Bucket, makeBucket } from "../support/s3-server.ts";
import { read } from "./blobs.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** How long a silent server is waited for here, where it will be silent: seconds. A busy machine may take a part of one to answer. */
const PATIENCE = 1;
const SILENT: ReadonlySet<Fault> = new Set(["hang", "silent body", "drip"]);
const BYTES = Buffer.alloc(4_000, "bytes of a tarball");
const DIGEST = digestOf(BYTES);

let bucket: Bucket;
let server: FaultyS3;
let config: S3Config;

beforeAll(async () => {
  bucket = await makeBucket();
  server = await startFaultyS3(bucket.settings.endpoint ?? "");
  config = { ...bucket.settings, endpoint: server.endpoint };
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await bucket[Symbol.asyncDispose]();
});

interface Opened extends AsyncDisposable {
  blobs: Blobs;
  cacheDir: string;
}

/** The adapter with a cache of its own, before anything goes wrong. */
async function open(fault: Fault = "500"): Promise<Opened> {
  server.faults = {};
  server.times = Infinity;
  const folder = temporaryFolder();
  const cacheDir = path.join(folder.path, "cache");
  const timeoutSeconds = SILENT.has(fault) ? PATIENCE : config.timeoutSeconds;
  const blobs = await s3Blobs({ ...config, timeoutSeconds }, { cacheDir });
  await blobs.put(DIGEST, BYTES);
  return {
    blobs,
    cacheDir,
    async [Symbol.asyncDispose]() {
      server.faults = {};
      await blobs.close();
      folder[Symbol.dispose]();
    },
  };
}

/** What the cache holds, the unfinished included. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

async function refusal(work: Promise<unknown>): Promise<{ code: string; reason: string }> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof SkillsError)) throw new Error("was not refused as expected", { cause: error });
  return { code: error.code, reason: error.cause instanceof Error ? error.cause.message : "" };
}

describe("a read from a server that misbehaves", () => {
  test.each<[Fault, RegExp]>([
    ["500", /S3: read a blob: it answered 500/],
    ["hang", /S3: read a blob: it did not answer in time/],
    ["silent body", /S3: the server fell silent after 2000 of 4000 bytes/],
    ["truncate", /S3: the connection broke after \d+ of 4000 bytes/],
    ["short length", /S3: the bytes that came are not those of/],
    ["flip", /S3: the bytes that came are not those of/],
    ["reset", /S3: read a blob: the connection failed: ECONNRESET/],
    ["drip", /S3: too slow: \d+ of 4000 bytes/],
    ["html", /S3: read a blob: its answer was not that of an S3 server/],
  ])("ends as ESTORAGE, and keeps nothing: %s", async (fault, reason) => {
    await using opened = await open(fault);
    server.faults = { GET: fault };
    expect(await refusal(opened.blobs.open(DIGEST))).toEqual({
      code: "ESTORAGE",
      reason: expect.stringMatching(reason),
    });
    expect(opened.blobs.cache).toMatchObject({ hits: 0, misses: 1, failures: 1, bytes: 0 });
    expect(await filesIn(opened.cacheDir)).toEqual([]);
    server.faults = {};
    expect(await read(opened.blobs, DIGEST)).toEqual(BYTES);
  });

  test.each<Fault>(["500", "truncate", "short length", "flip", "reset"])(
    "is repeated once, and nobody notices: %s",
    async (fault) => {
      await using opened = await open();
      server.faults = { GET: fault };
      server.times = 1;
      expect(await read(opened.blobs, DIGEST)).toEqual(BYTES);
      expect(opened.blobs.cache).toMatchObject({ misses: 1, failures: 0, bytes: BYTES.length });
    },
  );
});

describe("a server that misbehaves", () => {
  test.each<[Fault, RegExp]>([
    ["500", /S3: put a blob: it answered 500/],
    ["hang", /S3: put a blob: it did not answer in time/],
    ["reset", /S3: put a blob: the connection failed: ECONNRESET/],
  ])("fails a put, of which nothing is seen: %s", async (fault, reason) => {
    await using opened = await open(fault);
    const other = Buffer.from(`never put: ${fault}`);
    server.faults = { PUT: fault };
    expect(await refusal(opened.blobs.put(digestOf(other), other))).toEqual({
      code: "ESTORAGE",
      reason: expect.stringMatching(reason),
    });
    server.faults = {};
    expect(await opened.blobs.open(digestOf(other))).toBeUndefined();
  });

  test("fails what was asked of it: listing, removing, checking", async () => {
    await using opened = await open("hang");
    await opened.blobs.claim({ registry: "a registry", database: "its database" });
    server.faults = { GET: "hang", HEAD: "hang" };
    const [listed, removed, checked] = await Promise.all([
      refusal(Array.fromAsync(opened.blobs.list())),
      refusal(opened.blobs.removeOlder(DIGEST, new Date())),
      refusal(opened.blobs.check()),
    ]);
    expect(listed.reason).toBe("S3: list the blobs: it did not answer in time");
    expect(removed.reason).toBe("S3: look at an object: it did not answer in time");
    expect(checked.reason).toBe("S3: look at an object: it did not answer in time");
  });

  test("is asked once for a blob that many want at a time", async () => {
    await using opened = await open();
    server.asked = [];
    const all = await Promise.all(Array.from({ length: 20 }, () => read(opened.blobs, DIGEST)));
    expect(all.every((bytes) => bytes.equals(BYTES))).toBe(true);
    expect(server.asked).toHaveLength(1);
  });

  test("does not keep those waiting whose blob is on this machine", async () => {
    await using opened = await open("hang");
    await read(opened.blobs, DIGEST);
    server.faults = { GET: "hang" };
    const others = Array.from({ length: 300 }, (_, index) => digestOf(Buffer.from(`blob ${index}`)));
    const waiting = others.map((digest) => refusal(opened.blobs.open(digest)));
    expect(await read(opened.blobs, DIGEST)).toEqual(BYTES);
    const outcomes = await Promise.all(waiting);
    expect(new Set(outcomes.map(({ code }) => code))).toEqual(new Set(["ESTORAGE"]));
    // 16 were asked for, the others gave up with them, or at once.
    expect(new Set(outcomes.map(({ reason }) => reason))).toEqual(
      new Set(["S3: read a blob: it did not answer in time", "too many reads wait for the blob store"]),
    );
  });
});
