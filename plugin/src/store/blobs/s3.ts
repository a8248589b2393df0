import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  paginateListObjectsV2,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { SkillsError } from "@skills-registry/schema";
import { mkdir } from "node:fs/promises";
import { devNull } from "node:os";
import { Readable } from "node:stream";
import type { S3Config } from "../../config.ts";
import type { BlobInfo, Blobs, BlobsOwner, ByteRange, CacheStats, Digest, OpenBlob } from "../blobs.ts";
import { isDigest } from "../digest.ts";
import { BlobCache } from "./cache.ts";
import { FOLDER_MODE } from "./cache-files.ts";
import { abortUploads } from "./s3-uploads.ts";
import { s3Client } from "./s3-client.ts";
import { faultOf, s3Failure, unavailable } from "./s3-failure.ts";
import { refuseUnusable } from "./s3-start.ts";
import type { DiskFileSystem } from "./file-system.ts";

/** Larger blobs are put in parts of this size, so that a part that fails is sent again and not all. */
const PART_BYTES = 8 * 1024 * 1024;
const PARTS_AT_ONCE = 3;
/** How long a presigned address is good: for the start of a download, not for its end. */
const PRESIGNED_SECONDS = 300;
/** `Last-Modified` is cut to seconds. */
const CLOCK_TICK_MS = 1000;

/** GET names the key; HEAD has no body that could say what is missing. */
const MISSING = new Set(["NoSuchKey", "NotFound"]);

const BLOBS = "blobs/sha512/";
/** Says whose bucket, or whose part of it, this is. */
const OWNER = "registry.json";

export interface S3Options {
  /** Folder of the cache; created when missing. null: nothing is kept. */
  cacheDir: string | null;
  /** The cache's disk, for faults. */
  cacheFs?: DiskFileSystem;
}

/**
 * Blobs as objects: `<prefix>blobs/sha512/ab/<hex>`, read through a verified cache on this machine. Throws ESTORAGE, in one line and
 * without a secret, when the bucket cannot be listed, written and read.
 */
export async function s3Blobs(config: S3Config, { cacheDir, cacheFs }: S3Options): Promise<Blobs> {
  const client = await s3Client(config);
  try {
    await refuseUnusable(client, config);
  } catch (error) {
    client.destroy();
    throw error;
  }
  if (cacheDir === null)
    return new S3Blobs(client, { ...config, cacheBytes: 0 }, { dir: devNull, fs: cacheFs });
  // With the data folder around it, in which other parts keep something. Without a folder there is no cache, which is not fatal.
  await mkdir(cacheDir, { recursive: true, mode: FOLDER_MODE }).catch(() => undefined);
  return new S3Blobs(client, config, { dir: cacheDir, fs: cacheFs });
}

class S3Blobs implements Blobs {
  readonly #client: S3Client;
  readonly #config: S3Config;
  readonly #reads: BlobCache;
  #owner: BlobsOwner | undefined;

  constructor(
    client: S3Client,
    config: S3Config,
    { dir, fs }: { dir: string; fs: DiskFileSystem | undefined },
  ) {
    this.#client = client;
    this.#config = config;
    this.#reads = new BlobCache(
      { get: async (digest) => await this.#get(digest) },
      { dir, fs, bound: config.cacheBytes, patienceMs: config.timeoutSeconds * 1000 },
    );
  }

  get cache(): CacheStats {
    return this.#reads.stats;
  }

  /**
   * Always sends the bytes, also when they seem to be there: that renews the time of the put, which the sweep goes by, mends an object
   * that was damaged, and costs one request where a look first would cost two for each new blob. The server compares the bytes with the
   * signature of the request and refuses others.
   */
  async put(digest: Digest, bytes: Uint8Array): Promise<void> {
    const params: PutObjectCommandInput = {
      ...this.#object(this.#keyOf(digest)),
      ...this.#encryption(),
      Body: bytes,
      ContentType: "application/octet-stream",
      Metadata: { size: String(bytes.length) },
    };
    await asking("put a blob", async () => {
      if (bytes.length <= PART_BYTES) return await this.#client.send(new PutObjectCommand(params));
      const upload = { client: this.#client, params, partSize: PART_BYTES, queueSize: PARTS_AT_ONCE };
      return await new Upload(upload).done();
    });
  }

  async open(digest: Digest, range?: ByteRange): Promise<OpenBlob | undefined> {
    return await this.#reads.open(digest, range);
  }

  /**
   * S3 does not compare and delete in one step: a put between the two is lost. The sweep knows, and tells whoever publishes (see
   * registry/sweep.ts).
   */
  async removeOlder(digest: Digest, putBefore: Date): Promise<boolean> {
    const key = this.#keyOf(digest);
    const found = await this.#head(key);
    const putAt = found?.LastModified;
    if (putAt === undefined || putAt.getTime() + CLOCK_TICK_MS > putBefore.getTime()) return false;
    await asking("remove a blob", () => this.#client.send(new DeleteObjectCommand(this.#object(key))));
    await this.#reads.forget(digest);
    return true;
  }

  async *list(): AsyncIterable<BlobInfo> {
    const { bucket, prefix } = this.#config;
    const pages = paginateListObjectsV2({ client: this.#client }, { Bucket: bucket, Prefix: prefix + BLOBS });
    try {
      for await (const { Contents = [] } of pages) {
        for (const { Key = "", Size, LastModified } of Contents) {
          const digest = Key.slice(Key.lastIndexOf("/") + 1);
          if (!isDigest(digest) || Key !== this.#keyOf(digest)) continue;
          if (Size !== undefined && LastModified !== undefined)
            yield { digest, size: Size, putAt: LastModified };
        }
      }
    } catch (error) {
      throw s3Failure("list the blobs", error);
    }
  }

  async redirect(digest: Digest): Promise<string | undefined> {
    if (this.#config.tarballs === "proxied") return undefined;
    const get = new GetObjectCommand(this.#object(this.#keyOf(digest)));
    return await asking("sign an address", () =>
      getSignedUrl(this.#client, get, { expiresIn: PRESIGNED_SECONDS }),
    );
  }

  async claim(owner: BlobsOwner, moving?: { from: string; keep: boolean }): Promise<void> {
    const key = this.#config.prefix + OWNER;
    const found = (await this.#head(key))?.Metadata;
    const isMoving = found?.["registry"] === owner.registry && found["database"] === moving?.from;
    if (found === undefined || (isMoving && moving?.keep === false)) await this.#writeOwner(key, owner);
    this.#owner = isMoving && moving?.keep === true ? { ...owner, database: moving.from } : owner;
    await this.check();
  }

  async check(): Promise<void> {
    const found = await this.#head(this.#config.prefix + OWNER);
    if (found === undefined) throw unavailable(`S3: ${this.#config.prefix}${OWNER} is gone from the bucket`);
    if (this.#owner === undefined) return;
    const { registry, database } = found.Metadata ?? {};
    if (registry !== this.#owner.registry) throw otherOwner(this.#config, "another registry");
    if (database !== this.#owner.database)
      throw otherOwner(this.#config, "this registry in another database");
  }

  async sweepUnfinished(before: Date): Promise<void> {
    const { bucket, prefix } = this.#config;
    await asking("abort unfinished uploads", () =>
      abortUploads(this.#client, { Bucket: bucket, Prefix: prefix + BLOBS }, before),
    );
  }

  async close(): Promise<void> {
    await this.#reads.close();
    this.#client.destroy();
  }

  async #get(digest: Digest): Promise<OpenBlob | undefined> {
    const get = new GetObjectCommand(this.#object(this.#keyOf(digest)));
    const found = await unlessMissing("read a blob", () => this.#client.send(get));
    if (found === undefined) return undefined;
    const { Body, ContentLength } = found;
    if (Body instanceof Readable && ContentLength !== undefined) return { size: ContentLength, stream: Body };
    throw unavailable("S3: read a blob: its answer was not that of an S3 server");
  }

  async #head(key: string): Promise<HeadObjectCommandOutput | undefined> {
    return await unlessMissing("look at an object", () =>
      this.#client.send(new HeadObjectCommand(this.#object(key))),
    );
  }

  async #writeOwner(key: string, { registry, database }: BlobsOwner): Promise<void> {
    const owner = new PutObjectCommand({
      ...this.#object(key),
      ...this.#encryption(),
      Body: `${JSON.stringify({ registry, database })}\n`,
      ContentType: "application/json",
      Metadata: { registry, database },
    });
    await asking("claim the bucket", () => this.#client.send(owner));
  }

  #encryption(): Pick<PutObjectCommandInput, "ServerSideEncryption" | "SSEKMSKeyId"> {
    const { encryption } = this.#config;
    if (encryption === null) return {};
    const key = encryption.type === "aws:kms" ? encryption.keyId : undefined;
    return { ServerSideEncryption: encryption.type, ...(key === undefined ? {} : { SSEKMSKeyId: key }) };
  }

  #object(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.#config.bucket, Key: key };
  }

  #keyOf(digest: Digest): string {
    return `${this.#config.prefix}${BLOBS}${digest.slice(0, 2)}/${digest}`;
  }
}

/** Throws ESTORAGE with the reason as its cause. */
async function asking<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw s3Failure(what, error);
  }
}

async function unlessMissing<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
  return await asking(what, async () => {
    try {
      return await work();
    } catch (error) {
      if (MISSING.has(faultOf(error).code ?? "")) return undefined;
      throw error;
    }
  });
}

function otherOwner({ bucket, prefix }: S3Config, owner: string): SkillsError {
  const place = prefix === "" ? `the bucket ${bucket}` : `the bucket ${bucket} below ${prefix}`;
  return new SkillsError("ESTORAGE", `${place} belongs to ${owner}`, {
    hint: `Give each registry a skills.blobs.bucket or skills.blobs.prefix of its own, or set skills.metadata to the database that belongs to this one. If its database is gone for good, remove the object ${prefix}${OWNER} and start again.`,
    cause: new Error(`S3: ${prefix}${OWNER} names ${owner}`),
  });
}
