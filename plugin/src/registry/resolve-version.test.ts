import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { type PackageName, parsePackageName } from "@skills-registry/schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Metadata, Version } from "../store/metadata.ts";
import { openSqlite } from "../store/metadata/sqlite/open.ts";
import { resolveVersion } from "./resolve-version.ts";

const NAME = named("@acme/sample");
const AT = "2026-03-01T10:00:00.000Z";

function named(full: string): PackageName {
  const name = parsePackageName(full);
  if (name === undefined) throw new Error(`${full} is not a name`);
  return name;
}

function version(number: string, changes: Partial<Version> = {}): Version {
  return {
    version: number,
    publishedAt: AT,
    publisher: "acme",
    integrity: `sha512-${number}`,
    shasum: "",
    size: 0,
    unpackedSize: 0,
    fileCount: 0,
    hasScripts: false,
    signature: { keyid: "", sig: "" },
    manifest: {},
    readme: "",
    warnings: [],
    deprecated: null,
    unpublishedAt: null,
    quarantine: null,
    provenance: null,
    publishedAs: null,
    ...changes,
  };
}

describe("a version is found", () => {
  let folder: string;
  let metadata: Metadata;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "skills-resolve-"));
    metadata = await openSqlite({ file: path.join(folder, "registry.sqlite") });
    await metadata.transaction(async (tx) => {
      const { id } = await tx.insertPackage({
        name: "@acme/sample",
        namespace: "acme",
        visibility: "public",
        at: AT,
      });
      for (const number of ["1.0.0", "1.1.0", "2.0.0", "3.0.0-rc.1"])
        await tx.putVersion(id, version(number));
      await tx.putVersion(id, version("1.2.0", { deprecated: "broken" }));
      await tx.putVersion(id, version("4.0.0", { deprecated: "too early" }));
      await tx.putVersion(id, version("1.3.0", { unpublishedAt: AT }));
      await tx.setDistTag(id, { tag: "latest", version: "2.0.0", manual: false });
      await tx.setDistTag(id, { tag: "next", version: "3.0.0-rc.1", manual: true });
    });
  });
  afterAll(async () => {
    await metadata.close();
    await rm(folder, { recursive: true, force: true });
  });

  it.each([
    [undefined, "2.0.0"],
    ["1.0.0", "1.0.0"],
    ["1.2.0", "1.2.0"],
    ["next", "3.0.0-rc.1"],
    ["^1", "1.1.0"],
    [">=1", "2.0.0"],
    [">2", "4.0.0"],
    ["~1.2", "1.2.0"],
  ])("for %s as npm finds it: %s", async (wanted, expected) => {
    const wish = { name: NAME, ...(wanted === undefined ? {} : { version: wanted }) };
    expect((await resolveVersion(metadata, wish)).version.version).toBe(expected);
  });

  it.each(["1.3.0", "^5", "nothing", "x".repeat(300)])("for %j not at all", async (wanted) => {
    await expect(resolveVersion(metadata, { name: NAME, version: wanted })).rejects.toMatchObject({
      code: "ENOTFOUND",
    });
  });
});
