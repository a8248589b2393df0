import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { readPackument } from "../../plugin/src/registry/packument.ts";
import type { MetadataReader } from "../../plugin/src/store/metadata.ts";
import { acme, openDomain, publishSample } from "../support/publishing.ts";

it("a packument read while a publish commits is that of one moment: latest names a version that it has", async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "skills-snapshot-"));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  const registry = await openDomain(folder);
  const caller = await acme(registry);
  await publishSample(registry, caller, "1.0.0");
  const { metadata } = registry.services.parts;
  let published = false;
  const interrupted: MetadataReader = {
    ...metadata,
    distTags: async (packageId) => {
      if (!published) await publishSample(registry, caller, "1.1.0");
      published = true;
      return await metadata.distTags(packageId);
    },
  };
  const found = await metadata.package("@acme/sample");
  const source = found && (await readPackument(interrupted, found));
  expect(source?.tags.map((tag) => tag.version)).toEqual(["1.1.0"]);
  expect(source?.versions.map((version) => version.version)).toEqual(["1.0.0", "1.1.0"]);
  expect(source?.package.rev).toBe(2);
  await registry.close();
});
