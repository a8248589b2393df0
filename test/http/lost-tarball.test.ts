import { rm, truncate } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStores } from "../../plugin/src/open-stores.ts";
import type { Digest } from "../../plugin/src/store/blobs.ts";
import { digestOfIntegrity } from "../../plugin/src/store/digest.ts";
import { jsonOf } from "../support/json.ts";
import { publishBody } from "../support/publish-body.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { type Bucket, makeBucket } from "../support/s3-server.ts";

let registry: TestRegistry;
let bucket: Bucket;
let token: string;

async function publish(name: string): Promise<unknown> {
  return await jsonOf(
    registry.fetch(`/${name.replace("/", "%2f")}`, {
      method: "PUT",
      token,
      body: JSON.stringify(publishBody({ name })),
    }),
  );
}

/** Publishes the skill, has its tarball damaged, and tells how it is refused until it is published again. */
async function lose(
  name: string,
  damage: (digest: Digest) => Promise<unknown>,
): Promise<{ status: number; code: unknown; again: unknown; isWhole: boolean }> {
  const address = `/${name}/-/${name.slice(name.indexOf("/") + 1)}-1.0.0.tgz`;
  await publish(name);
  const { dist }: { dist: { integrity: string } } = await jsonOf(registry.fetch(`/${name}/1.0.0`));
  await damage(digestOfIntegrity(dist.integrity));
  // A client that was promised the bytes that are missing would wait for them.
  const answer = await registry.fetch(address, { signal: AbortSignal.timeout(3_000) });
  const { code }: { code: unknown } = await jsonOf(answer);
  const again = await publish(name);
  const whole = await registry.fetch(address);
  const { byteLength } = await whole.arrayBuffer();
  const isWhole = whole.status === 200 && byteLength === Number(whole.headers.get("content-length"));
  return { status: answer.status, code, again, isWhole };
}

const MENDED = { again: { action: "unchanged" }, isWhole: true };

describe("a tarball that the disk has lost", () => {
  beforeAll(async () => {
    registry = await startRegistry({
      stores: async (settings) => await openStores({ ...settings.registry, blobs: { type: "disk" } }),
    });
    token = await registry.account("acme");
  });
  afterAll(async () => await registry[Symbol.asyncDispose]());

  it.each([
    ["gone", async (blob: string) => await rm(blob)],
    ["cut short", async (blob: string) => await truncate(blob, 100)],
  ])("and is %s is a clear failure, until the same bytes are published again", async (what, damage) => {
    const pathOf = (digest: Digest): string =>
      path.join(registry.dataDir, "data/blobs/sha512", digest.slice(0, 2), digest);
    const lost = await lose(`@acme/${what.replace(" ", "-")}`, (digest) => damage(pathOf(digest)));
    expect(lost).toMatchObject({ status: 500, code: "EINTERNAL", ...MENDED });
  });
});

describe("a tarball that the bucket has lost", () => {
  beforeAll(async () => {
    bucket = await makeBucket();
    registry = await startRegistry({
      stores: async (settings) => await openStores({ ...settings.registry, blobs: bucket.settings }),
    });
    token = await registry.account("acme");
  });
  afterAll(async () => {
    await registry[Symbol.asyncDispose]();
    await bucket[Symbol.asyncDispose]();
  });

  it.each<[string, RequestInit, { status: number; code: string }]>([
    ["gone", { method: "DELETE" }, { status: 500, code: "EINTERNAL" }],
    ["another", { method: "PUT", body: "other bytes" }, { status: 503, code: "ESTORAGE" }],
  ])(
    "and is %s is a clear failure, until the same bytes are published again",
    async (what, request, failure) => {
      const { endpoint, bucket: name } = bucket.settings;
      const addressOf = (digest: Digest): string =>
        `${endpoint}/${name}/blobs/sha512/${digest.slice(0, 2)}/${digest}`;
      const lost = await lose(`@acme/${what}`, (digest) => fetch(addressOf(digest), request));
      expect(lost).toMatchObject({ ...failure, ...MENDED });
    },
  );
});
