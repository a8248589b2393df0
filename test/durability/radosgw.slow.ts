import path from "node:path";
import {
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { S3Config } from "../../plugin/src/config.ts";
import { s3Blobs } from "../../plugin/src/store/blobs/s3.ts";
import { digestOf } from "../../plugin/src/store/digest.ts";
import { describeBlobs, type OpenedBlobs, read } from "../contract/blobs.ts";
import { temporaryFolder } from "../contract/temporary-folder.ts";
import { hasRadosgw, type Radosgw, startRadosgw } from "../support/radosgw.ts";
import { startFaultyS3 } from "../support/s3-faults.ts";

/** The S3 adapter on a server that checks signatures, lists uploads and knows who may write. */

const BYTES = Buffer.alloc(20_000, "bytes of a tarball");
const DIGEST = digestOf(BYTES);
const LARGE = Buffer.alloc(20 * 1024 * 1024, "large");

const isInstalled = await hasRadosgw();
let radosgw: Radosgw;

beforeAll(async () => {
  if (isInstalled) radosgw = await startRadosgw();
}, 90_000);
afterAll(async () => await radosgw?.[Symbol.asyncDispose]());

async function open(
  changes: Partial<S3Config> = {},
): Promise<OpenedBlobs & { config: S3Config; client: S3Client }> {
  const folder = temporaryFolder();
  const config = { ...(await radosgw.makeBucket()), prefix: "skills/", ...changes };
  const blobs = await s3Blobs(config, { cacheDir: path.join(folder.path, "cache") });
  const client = clientOf(config);
  return {
    blobs,
    config,
    client,
    another: () => s3Blobs(config, { cacheDir: path.join(folder.path, "other") }),
    async [Symbol.asyncDispose]() {
      client.destroy();
      await blobs.close();
      folder[Symbol.dispose]();
    },
  };
}

function clientOf({ endpoint, region, credentials }: S3Config): S3Client {
  const { accessKeyId = "", secretAccessKey } = credentials ?? {};
  return new S3Client({
    endpoint: endpoint ?? "",
    region,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey: typeof secretAccessKey === "string" ? secretAccessKey : "" },
  });
}

async function refusal(config: S3Config): Promise<string> {
  using folder = temporaryFolder();
  return await s3Blobs(config, { cacheDir: folder.path }).then(
    () => "opened",
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

describe.skipIf(!isInstalled)("on radosgw", () => {
  describeBlobs("radosgw", () => open());

  test("keeps what is put in parts, and says its size", async () => {
    await using opened = await open();
    const digest = digestOf(LARGE);
    await opened.blobs.put(digest, LARGE);
    expect(digestOf(await read(opened.blobs, digest))).toBe(digest);
    const { client, config } = opened;
    const Key = `skills/blobs/sha512/${digest.slice(0, 2)}/${digest}`;
    const object = await client.send(new HeadObjectCommand({ Bucket: config.bucket, Key }));
    expect(object).toMatchObject({
      ContentLength: LARGE.length,
      ContentType: "application/octet-stream",
      Metadata: { size: String(LARGE.length) },
    });
    // Two dashes and a number: it came in parts.
    expect(object.ETag).toMatch(/-3"$/);
  });

  test("unfinished uploads of this registry are aborted once they are old", async () => {
    await using opened = await open();
    const { client, config, blobs } = opened;
    const begin = (Key: string) =>
      client.send(new CreateMultipartUploadCommand({ Bucket: config.bucket, Key }));
    await begin(`skills/blobs/sha512/00/${"0".repeat(128)}`);
    await begin("other/upload");
    const uploads = async (): Promise<(string | undefined)[]> => {
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: config.bucket }));
      return Uploads.map(({ Key }) => Key);
    };
    await blobs.sweepUnfinished(new Date(Date.now() - 60_000));
    expect(await uploads()).toHaveLength(2);
    await blobs.sweepUnfinished(new Date(Date.now() + 60_000));
    expect(await uploads()).toEqual(["other/upload"]);
  });

  test("an upload that is damaged on its way is refused by the server, and leaves nothing", async () => {
    await using server = await startFaultyS3(radosgw.account.endpoint);
    await using opened = await open({ endpoint: server.endpoint });
    server.faults = { PUT: "damaged upload" };
    await expect(opened.blobs.put(DIGEST, BYTES)).rejects.toMatchObject({
      code: "ESTORAGE",
      cause: {
        message: expect.stringMatching(/S3: put a blob: it answered 4\d\d XAmzContentSHA256Mismatch/),
      },
    });
    await expect(opened.blobs.put(digestOf(LARGE), LARGE)).rejects.toMatchObject({ code: "ESTORAGE" });
    expect(await Array.fromAsync(opened.blobs.list())).toEqual([]);
  });

  test("lists more blobs than one page holds", async () => {
    await using opened = await open();
    const all = Array.from({ length: 1_050 }, (_, index) => Buffer.from(`blob ${index}`));
    for (let start = 0; start < all.length; start += 50) {
      await Promise.all(
        all.slice(start, start + 50).map((bytes) => opened.blobs.put(digestOf(bytes), bytes)),
      );
    }
    const listed = await Array.fromAsync(opened.blobs.list());
    expect(new Set(listed.map(({ digest }) => digest))).toEqual(new Set(all.map((bytes) => digestOf(bytes))));
  });

  test("a presigned address gives the blob to whoever has it, and another method does not", async () => {
    await using opened = await open({ tarballs: "presigned" });
    await opened.blobs.put(DIGEST, BYTES);
    const address = (await opened.blobs.redirect(DIGEST)) ?? "";
    expect(Buffer.from(await (await fetch(address)).arrayBuffer())).toEqual(BYTES);
    expect((await fetch(address, { method: "DELETE" })).status).toBe(403);
    expect((await fetch(address.replace(/.{4}$/, "0000"))).status).toBe(403);
  });

  test("says at the start what is wrong with bucket or credentials", async () => {
    const config = await radosgw.makeBucket();
    const key = config.credentials?.accessKeyId ?? "";
    const { reader } = radosgw;
    expect(await refusal({ ...config, bucket: "no-such-bucket" })).toMatch(/there is no such bucket$/);
    expect(await refusal({ ...config, credentials: { accessKeyId: key, secretAccessKey: "wrong" } })).toMatch(
      /the credentials are refused \(SignatureDoesNotMatch\)$/,
    );
    expect(
      await refusal({ ...config, credentials: { accessKeyId: "NOBODY", secretAccessKey: "x" } }),
    ).toMatch(/the credentials are refused \(InvalidAccessKeyId\)$/);
    expect(await refusal({ ...config, credentials: reader })).toMatch(/the credentials may not write in it$/);
  });
});
