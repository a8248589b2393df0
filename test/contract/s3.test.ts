import path from "node:path";
import { expect, test } from "vitest";
import type { S3Config } from "../../plugin/src/config.ts";
import { s3Blobs } from "../../plugin/src/store/blobs/s3.ts";
import { digestOf } from "../../plugin/src/store/digest.ts";
import { startFaultyS3 } from "../support/s3-faults.ts";
import { makeBucket } from "../support/s3-server.ts";
import { describeBlobs } from "./blobs.ts";
import { temporaryFolder } from "./temporary-folder.ts";

describeBlobs("s3", async () => {
  const dir = temporaryFolder();
  const bucket = await makeBucket({ prefix: "a/" });
  const blobs = await s3Blobs(bucket.settings, { cacheDir: path.join(dir.path, "cache") });
  return {
    blobs,
    another: () => s3Blobs(bucket.settings, { cacheDir: path.join(dir.path, "other") }),
    tickMs: 1000,
    async [Symbol.asyncDispose]() {
      await blobs.close();
      await bucket[Symbol.asyncDispose]();
      dir[Symbol.dispose]();
    },
  };
});

test("every object is put with the encryption that is configured, and a plain one without", async () => {
  using folder = temporaryFolder();
  await using bucket = await makeBucket();
  await using server = await startFaultyS3(bucket.settings.endpoint ?? "");
  const asked = async (changes: Partial<S3Config>): Promise<unknown[]> => {
    const config = { ...bucket.settings, endpoint: server.endpoint, ...changes };
    const blobs = await s3Blobs(config, { cacheDir: folder.path });
    server.headers = [];
    await blobs.claim({ registry: "a registry", database: "its database" });
    await blobs.put(digestOf(Buffer.from("small")), Buffer.from("small"));
    const large = Buffer.alloc(9 * 1024 * 1024);
    await blobs.put(digestOf(large), large);
    await blobs.close();
    const encryption = "x-amz-server-side-encryption";
    return server.headers
      .filter((headers) => headers[encryption] !== undefined)
      .map((headers) => [headers[encryption], headers[`${encryption}-aws-kms-key-id`]]);
  };
  expect(await asked({ prefix: "plain/" })).toEqual([]);
  // The mark of the owner, the small blob, and the begin of the large one.
  expect(await asked({ prefix: "one/", encryption: { type: "AES256" } })).toEqual(
    Array.from({ length: 3 }, () => ["AES256", undefined]),
  );
  expect(await asked({ prefix: "two/", encryption: { type: "aws:kms", keyId: "key" } })).toEqual(
    Array.from({ length: 3 }, () => ["aws:kms", "key"]),
  );
});

test("an upload in parts that fails is aborted", async () => {
  using folder = temporaryFolder();
  await using bucket = await makeBucket();
  await using server = await startFaultyS3(bucket.settings.endpoint ?? "");
  const config = { ...bucket.settings, endpoint: server.endpoint };
  const blobs = await s3Blobs(config, { cacheDir: folder.path });
  const large = Buffer.alloc(9 * 1024 * 1024);
  server.faults = { PUT: "denied" };
  server.asked = [];
  await expect(blobs.put(digestOf(large), large)).rejects.toMatchObject({ code: "ESTORAGE" });
  expect(server.asked.at(-1)).toMatch(/^DELETE .*uploadId=/);
  // s3rver neither aborts uploads nor lists them: no reason to fail.
  await blobs.sweepUnfinished(new Date());
  await blobs.close();
});
