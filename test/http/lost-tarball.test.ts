import { rm, truncate } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { digestOfIntegrity } from "../../plugin/src/store/digest.ts";
import { jsonOf } from "../support/json.ts";
import { publishBody } from "../support/publish-body.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";

describe("a tarball that the disk has lost", () => {
  let registry: TestRegistry;
  let token: string;

  beforeAll(async () => {
    registry = await startRegistry();
    token = await registry.account("acme");
  });
  afterAll(async () => await registry[Symbol.asyncDispose]());

  async function publish(name: string): Promise<unknown> {
    return await jsonOf(
      registry.fetch(`/${name.replace("/", "%2f")}`, {
        method: "PUT",
        token,
        body: JSON.stringify(publishBody({ name })),
      }),
    );
  }

  async function blobOf(name: string): Promise<string> {
    const { dist }: { dist: { integrity: string } } = await jsonOf(registry.fetch(`/${name}/1.0.0`));
    const digest = digestOfIntegrity(dist.integrity);
    return path.join(registry.dataDir, "data/blobs/sha512", digest.slice(0, 2), digest);
  }

  it.each([
    ["gone", async (blob: string) => await rm(blob)],
    ["cut short", async (blob: string) => await truncate(blob, 100)],
  ])("and is %s is a clear failure, until the same bytes are published again", async (what, damage) => {
    const name = `@acme/${what.replace(" ", "-")}`;
    const address = `/${name}/-/${name.slice(name.indexOf("/") + 1)}-1.0.0.tgz`;
    await publish(name);
    await damage(await blobOf(name));
    // A client that was promised the bytes that are missing would wait for them.
    const answer = await registry.fetch(address, { signal: AbortSignal.timeout(3_000) });
    expect(answer.status).toBe(500);
    expect(await answer.json()).toMatchObject({ code: "EINTERNAL" });
    expect(await publish(name)).toMatchObject({ action: "unchanged" });
    const whole = await registry.fetch(address);
    expect(whole.status).toBe(200);
    expect((await whole.arrayBuffer()).byteLength).toBe(Number(whole.headers.get("content-length")));
  });
});
