import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { SkillsError } from "@skills-registry/schema";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { S3Config } from "../../plugin/src/config.ts";
import type { BlobsOwner } from "../../plugin/src/store/blobs.ts";
import { s3Blobs } from "../../plugin/src/store/blobs/s3.ts";
import { freePort } from "../support/free-port.ts";
import { type FaultyS3, startFaultyS3 } from "../support/s3-faults.ts";
import { type Bucket, makeBucket } from "../support/s3-server.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const SECRET = "a-secret-that-nobody-may-see";

const FIRST = { registry: "first", database: "that of the first" };
const SECOND = { registry: "second", database: "that of the second" };

let bucket: Bucket;
let server: FaultyS3;

beforeAll(async () => {
  bucket = await makeBucket();
  server = await startFaultyS3(bucket.settings.endpoint ?? "");
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await bucket[Symbol.asyncDispose]();
});

/** How a registry with these settings refuses to start. */
async function refusal(changes: Partial<S3Config>, owner?: BlobsOwner): Promise<SkillsError> {
  using folder = temporaryFolder();
  const config = { ...bucket.settings, ...changes };
  try {
    const blobs = await s3Blobs(config, { cacheDir: folder.path });
    try {
      if (owner !== undefined) await blobs.claim(owner);
    } finally {
      await blobs.close();
    }
  } catch (error) {
    if (error instanceof SkillsError) return error;
    throw error;
  }
  throw new Error("it started");
}

/** A server of this test that gives every request the same answer. */
async function startAnswering(status: number, body: string): Promise<AsyncDisposable & { endpoint: string }> {
  const fake = createServer((_request, response) => void response.writeHead(status).end(body));
  fake.listen(0, "127.0.0.1");
  await once(fake, "listening");
  const address = fake.address();
  return {
    endpoint: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
    async [Symbol.asyncDispose]() {
      fake.close();
      fake.closeAllConnections();
    },
  };
}

const error = (code: string): string => `<?xml version="1.0"?><Error><Code>${code}</Code></Error>`;

describe("a start is refused", () => {
  test("without the bucket", async () => {
    const { message, hint } = await refusal({ bucket: "no-such-bucket" });
    expect(message).toMatch(/^the bucket no-such-bucket at 127\.0\.0\.1:\d+: there is no such bucket$/);
    expect(hint).toBe("Create it, or correct skills.blobs.bucket.");
  });

  test.each(["InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"])(
    "with credentials that the server does not accept: %s",
    async (code) => {
      await using fake = await startAnswering(403, error(code));
      const credentials = { accessKeyId: "NOBODY", secretAccessKey: SECRET };
      const { message, hint, cause } = await refusal({ endpoint: fake.endpoint, credentials });
      expect(message).toMatch(new RegExp(`: the credentials are refused \\(${code}\\)$`));
      expect(`${message} ${hint} ${String(cause)}`).not.toContain(SECRET);
    },
  );

  test("without the file that holds the secret", async () => {
    using folder = temporaryFolder();
    const file = path.join(folder.path, "secret");
    const credentials = { accessKeyId: "S3RVER", secretAccessKey: { file } };
    await expect(refusal({ credentials })).rejects.toThrow(
      `skills.blobs.credentials.secretAccessKey: the secret cannot be read from ${file}`,
    );
    await writeFile(file, "S3RVER\n");
    await expect(refusal({ credentials })).rejects.toThrow("it started");
  });

  test.each([
    ["AuthorizationHeaderMalformed", 400],
    ["PermanentRedirect", 301],
  ])("for a bucket of another region: %s", async (code, status) => {
    await using fake = await startAnswering(status, error(code));
    const { message, hint } = await refusal({ endpoint: fake.endpoint, region: "eu-central-1" });
    expect(message).toMatch(/: it is not in the region eu-central-1$/);
    expect(hint).toBe("Correct skills.blobs.region.");
  });

  test("when nobody answers at the endpoint", async () => {
    const { message } = await refusal({ endpoint: `http://127.0.0.1:${await freePort()}` });
    expect(message).toMatch(/: cannot be reached \(ECONNREFUSED\)$/);
  });

  test("when the endpoint accepts and says nothing", async () => {
    server.faults = { GET: "hang" };
    const { message } = await refusal({ endpoint: server.endpoint, timeoutSeconds: 0.4 });
    server.faults = {};
    expect(message).toMatch(/: no answer in 0\.4 seconds$/);
  });

  test.each([
    ["a page", 200, "<!doctype html><title>Welcome</title><p>Hello"],
    ["nothing", 200, ""],
    ["JSON", 200, "{}"],
    ["a page that says no", 404, "<html><body>not found</body></html>"],
    ["other XML", 200, "<?xml version='1.0'?><feed/>"],
  ])("when what answers is no S3 server: %s", async (_what, status, body) => {
    await using fake = await startAnswering(status, body);
    const { message, hint } = await refusal({ endpoint: fake.endpoint });
    expect(message).toMatch(/: what answers there is no S3 server$/);
    expect(hint).toContain("pathStyle: true");
  });

  test("when the server is out of order", async () => {
    await using fake = await startAnswering(503, error("SlowDown"));
    expect((await refusal({ endpoint: fake.endpoint })).message).toMatch(/: the server answers 503$/);
  });

  test("with credentials that may only read", async () => {
    server.faults = { PUT: "denied" };
    const { message, hint } = await refusal({ endpoint: server.endpoint });
    server.faults = {};
    expect(message).toMatch(/: the credentials may not write in it$/);
    expect(hint).toContain("s3:PutObject");
  });

  test("for the bucket of another registry, which stays as it was", async () => {
    await expect(refusal({ prefix: "one/" }, FIRST)).rejects.toThrow("it started");
    const { message, hint } = await refusal({ prefix: "one/" }, SECOND);
    expect(message).toBe(`the bucket ${bucket.settings.bucket} below one/ belongs to another registry`);
    expect(hint).toContain("remove the object one/registry.json");
    await expect(refusal({ prefix: "one/" }, FIRST)).rejects.toThrow("it started");
    await expect(refusal({ prefix: "two/" }, SECOND)).rejects.toThrow("it started");
  });

  test("for the bucket of the same registry in another database, of which this one is a copy", async () => {
    await expect(refusal({ prefix: "copied/" }, FIRST)).rejects.toThrow("it started");
    const { message } = await refusal({ prefix: "copied/" }, { ...FIRST, database: "a copy" });
    expect(message).toBe(
      `the bucket ${bucket.settings.bucket} below copied/ belongs to this registry in another database`,
    );
    await expect(refusal({ prefix: "copied/" }, FIRST)).rejects.toThrow("it started");
  });
});

test("a bucket that another registry took meanwhile is noticed by the next check", async () => {
  using folder = temporaryFolder();
  const config = { ...bucket.settings, prefix: "taken/" };
  const blobs = await s3Blobs(config, { cacheDir: folder.path });
  await blobs.claim(FIRST);
  await blobs.check();
  const mark = `${config.endpoint}/${config.bucket}/taken/registry.json`;
  await fetch(mark, { method: "DELETE" });
  await expect(blobs.check()).rejects.toMatchObject({
    cause: { message: "S3: taken/registry.json is gone from the bucket" },
  });
  await fetch(mark, { method: "PUT", headers: { "x-amz-meta-registry": "second" }, body: "{}" });
  await expect(blobs.check()).rejects.toThrow("belongs to another registry");
  await blobs.close();
});
