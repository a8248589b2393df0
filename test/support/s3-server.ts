import { hash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import os from "node:os";
import path from "node:path";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import S3rver from "s3rver";
import type { S3Config } from "../../plugin/src/config.ts";

export interface Bucket extends AsyncDisposable {
  /** For the section `blobs` of the configuration. */
  settings: S3Config;
}

interface S3Server {
  endpoint: string;
  stop(): Promise<void>;
}

/** Names the folder of a run's buckets; without it, as outside of tests, each server has one of its own. */
export const BUCKETS = "SKILLS_TEST_BUCKETS";

/** The only account that s3rver knows. */
const ACCOUNT = "S3RVER";

/** One server for all buckets of this process: begun with the first one, and ended with the last. */
let running: Promise<S3Server> | undefined;
let buckets = 0;

/** A new, empty bucket on a light S3 server in this process; other processes reach it too. */
export async function makeBucket(changes: Partial<S3Config> = {}): Promise<Bucket> {
  buckets += 1;
  running ??= startS3rver();
  const { endpoint } = await running;
  const bucket = `skills-${randomUUID()}`;
  await fetch(`${endpoint}/${bucket}`, { method: "PUT" });
  return {
    settings: {
      ...s3Settings({ endpoint, accessKeyId: ACCOUNT, secretAccessKey: ACCOUNT }, bucket),
      ...changes,
    },
    async [Symbol.asyncDispose]() {
      buckets -= 1;
      if (buckets > 0) return;
      const last = running;
      running = undefined;
      await (await last)?.stop();
    },
  };
}

export interface S3Account {
  endpoint: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** The settings of a bucket on a server of a test. */
export function s3Settings({ endpoint, ...credentials }: S3Account, bucket: string): S3Config {
  return {
    type: "s3",
    bucket,
    prefix: "",
    region: "us-east-1",
    endpoint,
    pathStyle: true,
    credentials,
    encryption: null,
    tarballs: "proxied",
    cacheBytes: 1024 ** 3,
    timeoutSeconds: 10,
  };
}

async function startS3rver(): Promise<S3Server> {
  const dir = await mkdtemp(path.join(process.env[BUCKETS] ?? os.tmpdir(), "skills-s3-"));
  const s3rver = new S3rver({ directory: dir, silent: true, vhostBuckets: false });
  writeWhole(s3rver, dir);
  const server: Server = createServer(s3rver.callback());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    endpoint: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
    async stop() {
      server.close();
      server.closeAllConnections();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

interface StoredObject {
  bucket: string;
  key: string;
  content: Readable;
  metadata: Record<string, unknown>;
}

/** Headers of a put that come back with the object. */
const KEPT_HEADER = /^(x-amz-meta-.*|content-type|cache-control)$/;

/** s3rver writes objects where readers see the half of them, and acknowledges them before they are there: no S3 does. */
function writeWhole(s3rver: S3rver, dir: string): void {
  const store: unknown = Reflect.get(s3rver, "store");
  if (typeof store !== "object" || store === null) throw new Error("s3rver has no store");
  // Its tokens for the next page need a cipher that Node has no more: a list is always whole.
  const list: unknown = Reflect.get(store, "listObjects");
  if (typeof list !== "function") throw new Error("s3rver has no listObjects");
  Reflect.set(store, "listObjects", async (bucket: string, options: Record<string, unknown>) => {
    const found: unknown = await Reflect.apply(list, store, [bucket, { ...options, maxKeys: Infinity }]);
    return found;
  });
  Reflect.set(store, "putObject", async ({ bucket, key, content, metadata }: StoredObject) => {
    const bytes = await buffer(content);
    const md5 = hash("md5", bytes);
    const kept = Object.entries(metadata).filter(([name]) => KEPT_HEADER.test(name));
    const place = path.join(dir, bucket, key);
    await mkdir(path.dirname(place), { recursive: true });
    const write = async (name: string, data: string | Buffer): Promise<void> => {
      const unfinished = path.join(dir, randomUUID());
      await writeFile(unfinished, data);
      await rename(unfinished, `${place}._S3rver_${name}`);
    };
    await write("metadata.json", JSON.stringify(Object.fromEntries(kept)));
    await write("object.md5", md5);
    await write("object", bytes);
    return { size: bytes.length, md5 };
  });
}
