import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failAt, faultyMetadata } from "../../../test/support/faulty-store.ts";
import { acme, openDomain, publishSample } from "../../../test/support/publishing.ts";
import type { Registry } from "../open.ts";
import { statistics } from "./statistics.ts";

describe("the counts for everybody", () => {
  let dir: string;
  let registry: Registry;
  let time = Date.parse("2026-11-22T12:00:00Z");
  const now = (): Date => new Date(time);

  beforeAll(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), "skills-statistics-"));
    registry = await openDomain(dir);
  });
  afterAll(async () => {
    await registry.close();
    await rm(dir, { recursive: true });
  });

  it("are counted at most once a minute", async () => {
    const counted = statistics({ metadata: registry.services.parts.metadata, now });
    const versions = async (): Promise<number> => (await counted.counts()).versions;
    expect(await versions()).toBe(0);
    await publishSample(registry, await acme(registry), "1.0.0");
    time += 59_000;
    expect(await versions()).toBe(0);
    time += 1_000;
    expect(await versions()).toBe(1);
  });

  it("are counted again after a failure", async () => {
    const plan = failAt({ operation: 1, moment: "before" }, "EIO");
    const { counts } = statistics({ metadata: faultyMetadata(registry.services.parts.metadata, plan), now });
    await expect(counts()).rejects.toThrow("EIO");
    expect(await counts()).toMatchObject({ packages: 1 });
  });
});
