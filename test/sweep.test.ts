import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defaultSettings } from "../plugin/src/config-file.ts";
import { buildRegistry, type Registry } from "../plugin/src/open.ts";
import type { Caller } from "../plugin/src/registry/caller.ts";
import type { Parts } from "../plugin/src/registry/parts.ts";
import { publish } from "../plugin/src/registry/publish.ts";
import { sweep } from "../plugin/src/registry/sweep.ts";
import type { Blobs } from "../plugin/src/store/blobs.ts";
import { diskBlobs } from "../plugin/src/store/blobs/disk.ts";
import { s3Blobs } from "../plugin/src/store/blobs/s3.ts";
import { digestOf, integrityOf } from "../plugin/src/store/digest.ts";
import type { Metadata } from "../plugin/src/store/metadata.ts";
import { openSqlite } from "../plugin/src/store/metadata/sqlite/open.ts";
import { localNodes } from "../plugin/src/store/nodes/local.ts";
import { temporaryFolder } from "./contract/temporary-folder.ts";
import { makeBucket } from "./support/s3-server.ts";
import { acme, intactVersions, samplePublication } from "./support/publishing.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Every step at which a publish and a sweep of the same bytes can meet. */
describe.each<[string, (dir: string) => Promise<{ blobs: Blobs; end(): Promise<void> }>]>([
  [
    "on disk",
    async (dir) => ({ blobs: await diskBlobs({ dir: path.join(dir, "blobs") }), end: async () => {} }),
  ],
  [
    "in a bucket",
    async (dir) => {
      const bucket = await makeBucket();
      const blobs = await s3Blobs(bucket.settings, { cacheDir: path.join(dir, "cache") });
      return { blobs, end: async () => await bucket[Symbol.asyncDispose]() };
    },
  ],
])("a sweep beside a publish of the same bytes, %s", (_where, openBlobs) => {
  const folder = temporaryFolder();
  let registry: Registry;
  let parts: Parts;
  let caller: Caller;
  let end: () => Promise<void>;

  beforeAll(async () => {
    const { registry: config } = defaultSettings(folder.path);
    const metadata = await openSqlite({ file: path.join(config.data, "registry.sqlite") });
    const opened = await openBlobs(config.data);
    end = opened.end;
    registry = await buildRegistry(config, { metadata, blobs: opened.blobs, nodes: localNodes() });
    await registry.swept;
    parts = registry.services.parts;
    caller = await acme(registry);
  });
  afterAll(async () => {
    await registry.close();
    await end();
    folder[Symbol.dispose]();
  });

  const inAWhile = (ms: number) => (): Date => new Date(Date.now() + ms);
  /** Parts of a node that sweeps when everything put so far is old. */
  const later = (changes: Partial<Parts> = {}): Parts => ({
    ...parts,
    now: inAWhile(2 * HOUR_MS),
    ...changes,
  });
  const publishing = async (version: string, changes: Partial<Parts> = {}): Promise<string> => {
    const { action } = await publish({ ...parts, ...changes }, caller, samplePublication(version));
    return action;
  };
  const integrity = (version: string): string => integrityOf(digestOf(samplePublication(version).tarball));
  /** What a publish leaves that died before its commit. */
  const leaveOrphan = async (version: string): Promise<void> => {
    const { tarball } = samplePublication(version);
    await parts.blobs.put(digestOf(tarball), tarball);
  };

  test("between put and commit: the bytes are put again", async () => {
    let puts = 0;
    const put: Blobs["put"] = async (digest, bytes) => {
      await parts.blobs.put(digest, bytes);
      puts += 1;
      if (puts === 1) expect(await sweep(later())).toBe(1);
    };
    expect(await publishing("1.0.0", { blobs: changed(parts.blobs, { put }) })).toBe("created");
    expect(puts).toBe(2);
    expect(await intactVersions(registry)).toContain("1.0.0");
    expect(await parts.metadata.sweepOf(integrity("1.0.0"))).toBeUndefined();
  });

  test("a removal under way is waited for, and the bytes are put again after it", async () => {
    await leaveOrphan("1.1.0");
    const gate = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const removeOlder: Blobs["removeOlder"] = async (digest, before) => {
      reached.resolve();
      await gate.promise;
      return await parts.blobs.removeOlder(digest, before);
    };
    const sweeping = sweep(later({ blobs: changed(parts.blobs, { removeOlder }) }));
    await reached.promise;
    let isDone = false;
    const published = publishing("1.1.0").finally(() => (isDone = true));
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(isDone).toBe(false);
    gate.resolve();
    expect(await sweeping).toBe(1);
    await published;
    expect(await intactVersions(registry)).toContain("1.1.0");
  });

  test("what was published since the sweep looked is spared", async () => {
    await leaveOrphan("1.2.0");
    const integrities: Metadata["integrities"] = async function* () {
      yield* parts.metadata.integrities();
      await publishing("1.2.0");
    };
    expect(await sweep(later({ metadata: changed(parts.metadata, { integrities }) }))).toBe(0);
    expect(await intactVersions(registry)).toContain("1.2.0");
  });

  test("what was put again since the sweep began is spared, and no row is left", async () => {
    await leaveOrphan("1.3.0");
    const removeOlder: Blobs["removeOlder"] = async (digest) =>
      await parts.blobs.removeOlder(digest, new Date(Date.now() - MINUTE_MS));
    expect(await sweep(later({ blobs: changed(parts.blobs, { removeOlder }) }))).toBe(0);
    expect(await parts.metadata.sweepOf(integrity("1.3.0"))).toBeUndefined();
    await publishing("1.3.0");
    expect(await intactVersions(registry)).toContain("1.3.0");
  });

  test("a removal whose end is not known holds up those bytes for ten minutes, and nothing else", async () => {
    await leaveOrphan("1.4.0");
    const removeOlder: Blobs["removeOlder"] = async () => {
      throw new Error("no answer");
    };
    const blobs = changed(parts.blobs, { removeOlder });
    await expect(sweep({ ...later({ blobs }) })).rejects.toThrow("no answer");
    const begunAt = 2 * HOUR_MS;
    // Nodes that share a lease go by it: the clock of this one is an hour ahead.
    const nodes = { ...localNodes(), shared: true };
    await nodes.lease("sweep", 600);
    const ahead = { nodes, now: inAWhile(begunAt + HOUR_MS) };
    const refusals = await Promise.allSettled([publishing("1.4.0"), publishing("1.4.0", ahead)]);
    for (const refused of refusals) {
      expect(refused).toMatchObject({
        reason: { code: "ESTORAGE", hint: expect.stringContaining("ten minutes") },
      });
    }
    expect(await publishing("1.5.0")).toBe("updated");
    await publishing("1.4.0", { now: inAWhile(begunAt + 11 * MINUTE_MS) });
    expect(await intactVersions(registry)).toContain("1.4.0");
  });

  test("one node sweeps at a time, and keeps the lease while the end of a removal is not known", async () => {
    await leaveOrphan("1.6.0");
    const nodes = { ...localNodes(), shared: true };
    const removeOlder: Blobs["removeOlder"] = async () => {
      expect(await sweep(later({ nodes }))).toBe(0);
      throw new Error("no answer");
    };
    await expect(sweep(later({ nodes, blobs: changed(parts.blobs, { removeOlder }) }))).rejects.toThrow();
    expect(await nodes.lease("sweep", 600)).toBeUndefined();
  });

  test("a sweep that failed before it removed anything gives the lease back", async () => {
    const list: Blobs["list"] = () => {
      throw new Error("no answer");
    };
    const nodes = { ...localNodes(), shared: true };
    await expect(sweep(later({ nodes, blobs: changed(parts.blobs, { list }) }))).rejects.toThrow("no answer");
    expect(await nodes.lease("sweep", 600)).toBeDefined();
  });
});

/** The same store with other methods. */
function changed<T extends object>(store: T, methods: Partial<T>): T {
  return new Proxy(store, {
    get(target, key) {
      const own: unknown = Reflect.get(methods, key);
      const found: unknown = own ?? Reflect.get(target, key);
      return typeof found === "function" && own === undefined ? found.bind(target) : found;
    },
  });
}
