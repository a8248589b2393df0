import { generateKeyPairSync, hash, sign } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Config } from "../../plugin/src/config.ts";
import { verify, type Verifying, type Verdict } from "../../plugin/src/moving/verify.ts";
import { openBlobs, openStores, type Stores } from "../../plugin/src/open-stores.ts";
import type { Blobs } from "../../plugin/src/store/blobs.ts";
import { digestOf, digestOfIntegrity } from "../../plugin/src/store/digest.ts";
import type { Package } from "../../plugin/src/store/metadata.ts";
import { makeFullRegistry, type RegistryFolders, registryFolders } from "../support/full-registry.ts";
import { makeBucket } from "../support/s3-server.ts";

const HOUR_MS = 60 * 60 * 1000;

describe("verify", () => {
  let folders: RegistryFolders;
  let config: Config;
  let stores: Stores;
  let law: Package;

  beforeEach(async () => {
    folders = await registryFolders();
    config = folders.settings("registry").registry;
    await makeFullRegistry(config);
    stores = await openStores(config);
    const found = await stores.metadata.package("@acme/law");
    if (found === undefined) throw new Error("nothing was published");
    law = found;
  });
  afterEach(async () => {
    await stores.nodes.close();
    await stores.metadata.close();
    await stores.blobs.close();
    await folders[Symbol.asyncDispose]();
  });

  async function verdict(
    asked: Partial<Pick<Verifying, "fast" | "repair">> = {},
    at = Date.now(),
  ): Promise<Verdict> {
    const parts = { ...stores, now: () => new Date(at) };
    return await verify({ parts, fast: false, repair: false, progress: () => undefined, ...asked });
  }

  async function fileOf(version: string): Promise<string> {
    const found = await stores.metadata.version(law.id, version);
    const digest = digestOfIntegrity(found?.integrity ?? "");
    return path.join(config.data, "blobs/sha512", digest.slice(0, 2), digest);
  }

  it("finds nothing wrong with a sound registry, and orphans older than an hour", async () => {
    expect(await verdict()).toMatchObject({ skills: 3, versions: 4, problems: [], orphans: { digests: [] } });
    // That of the version that was unpublished.
    expect((await verdict({}, Date.now() + 2 * HOUR_MS)).orphans.digests).toHaveLength(1);
  });

  it("names versions whose tarball is missing, damaged, or of another size, and repairs none of them", async () => {
    await rm(await fileOf("1.0.0"));
    const file = await fileOf("2.0.0");
    await writeFile(file, "too short");
    const expected = [
      { kind: "tarball", subject: "@acme/law@1.0.0", problem: "its tarball is missing" },
      { kind: "tarball", subject: "@acme/law@2.0.0", problem: "its tarball is damaged" },
    ];
    expect((await verdict()).problems).toEqual(expected);
    expect((await verdict({ fast: true })).problems).toEqual(expected);
    expect((await verdict({ repair: true })).problems).toEqual(expected);
  });

  it("names what a bucket has lost, or has with other bytes, also when this machine's cache has it", async () => {
    await using bucket = await makeBucket();
    const scaled = folders.settings("scaled", { blobs: bucket.settings }).registry;
    await makeFullRegistry(scaled);
    const opened = await openStores(scaled);
    const run = async (blobs: Blobs): Promise<Verdict["problems"]> => {
      const parts = { ...opened, blobs, now: () => new Date() };
      const asked = { fast: false, repair: false, progress: () => undefined };
      return (await verify({ parts, ...asked })).problems;
    };
    expect(await run(opened.blobs)).toEqual([]);
    const { endpoint, bucket: name } = bucket.settings;
    const objectOf = async (version: string): Promise<string> => {
      const digest = path.basename(await fileOf(version));
      return `${endpoint}/${name}/blobs/sha512/${digest.slice(0, 2)}/${digest}`;
    };
    await fetch(await objectOf("1.0.0"), { method: "DELETE" });
    await fetch(await objectOf("2.0.0"), { method: "PUT", body: "other bytes" });
    const uncached = await openBlobs(scaled, scaled.blobs, { cached: false });
    expect(await run(uncached)).toEqual([
      { kind: "tarball", subject: "@acme/law@1.0.0", problem: "its tarball is missing" },
      { kind: "tarball", subject: "@acme/law@2.0.0", problem: "its tarball is damaged" },
    ]);
    await Promise.all([uncached.close(), opened.metadata.close(), opened.blobs.close()]);
  });

  it("sees other bytes of the same size, but for --fast, which does not read them", async () => {
    const { size = 0 } = (await stores.metadata.version(law.id, "2.0.0")) ?? {};
    await writeFile(await fileOf("2.0.0"), Buffer.alloc(size, "x"));
    expect((await verdict()).problems).toMatchObject([{ subject: "@acme/law@2.0.0" }]);
    expect((await verdict({ fast: true })).problems).toEqual([]);
  });

  it("names signatures that do not hold and tags that lead nowhere", async () => {
    await stores.metadata.transaction(async (tx) => {
      await tx.setSignature(law.id, "1.0.0", { keyid: "SHA256:other", sig: "c2ln" });
      await tx.setDistTag(law.id, { tag: "beta", version: "1.1.0", manual: true });
      await tx.deleteDistTag(law.id, "latest");
      await tx.deleteSearchDocument(law.id);
    });
    expect((await verdict()).problems).toEqual([
      { kind: "signature", subject: "@acme/law@1.0.0", problem: "its signature does not hold" },
      { kind: "tag", subject: "@acme/law", problem: 'its tag "beta" leads to 1.1.0, which nobody can have' },
      { kind: "tag", subject: "@acme/law", problem: 'it has no tag "latest"' },
    ]);
  });

  it("does not take a signature of a registry that is copied for one of ours", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const spki = publicKey.export({ type: "spki", format: "der" });
    const key = { keyid: `SHA256:${hash("sha256", spki, "base64")}`, publicKey: spki.toString("base64") };
    const { integrity = "" } = (await stores.metadata.version(law.id, "1.0.0")) ?? {};
    const sig = sign("sha256", Buffer.from(`@acme/law@1.0.0:${integrity}`), privateKey).toString("base64");
    await stores.metadata.transaction(async (tx) => {
      await tx.putMirrorKeys("https://other.example.com", [key]);
      await tx.setSignature(law.id, "1.0.0", { keyid: key.keyid, sig });
    });
    expect((await verdict()).problems).toEqual([
      { kind: "signature", subject: "@acme/law@1.0.0", problem: "its signature does not hold" },
    ]);
  });

  it("finds skills that search does not show, and shows them again with --repair", async () => {
    await stores.metadata.transaction(async (tx) => await tx.deleteSearchDocument(law.id));
    expect((await verdict()).problems).toEqual([
      { kind: "search", subject: "@acme/law", problem: "search does not find it" },
    ]);
    expect(await verdict({ repair: true })).toMatchObject({ problems: [], repaired: { indexed: 1 } });
    expect((await verdict()).problems).toEqual([]);
  });

  it("removes orphans with --repair, but none that is young or that a version needs", async () => {
    const bytes = Buffer.from("nobody needs it");
    await stores.blobs.put(digestOf(bytes), bytes);
    expect((await verdict({ repair: true })).repaired).toMatchObject({ swept: 0 });
    const later = Date.now() + 2 * HOUR_MS;
    expect((await verdict({ repair: true }, later)).repaired).toMatchObject({ swept: 2 });
    expect(await verdict({}, later)).toMatchObject({ problems: [], orphans: { digests: [], bytes: 0 } });
  });

  it("finds an audit log that was changed", async () => {
    const { DatabaseSync } = await import("node:sqlite");
    await mkdir(folders.dir, { recursive: true });
    using database = new DatabaseSync(path.join(config.data, "registry.sqlite"));
    database.exec("drop trigger audit_no_update; update audit set action = 'nothing' where id = 2");
    expect((await verdict()).problems).toMatchObject([
      { kind: "audit", subject: "entry 2 of the audit log" },
    ]);
  });
});
