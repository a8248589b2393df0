import { rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Config } from "../../plugin/src/config.ts";
import { migrate } from "../../plugin/src/moving/migrate.ts";
import { verify } from "../../plugin/src/moving/verify.ts";
import { openStores } from "../../plugin/src/open-stores.ts";
import { reindex } from "../../plugin/src/registry/reindex.ts";
import { DUMPED_TABLES } from "../../plugin/src/store/metadata/dump-tables.ts";
import {
  dumpOf,
  makeFullRegistry,
  type RegistryFolders,
  registryFolders,
  rowsOf,
  serve,
  withMetadata,
} from "../support/full-registry.ts";
import { npmUser } from "../support/npm.ts";
import { publishBody } from "../support/publish-body.ts";
import { makeEmptyDatabase, postgresSettings, type TestDatabase } from "../support/postgres-databases.ts";
import { type Bucket, makeBucket } from "../support/s3-server.ts";
import { sampleQuery } from "../contract/samples.ts";

const now = (): Date => new Date();
const progress = (): void => undefined;

describe("a registry that is moved", () => {
  let folders: RegistryFolders;
  let database: TestDatabase;
  let bucket: Bucket;
  let token: string;
  let before: string[];
  let embedded: Config;
  let scaled: Config;
  let back: Config;

  beforeAll(async () => {
    [folders, database, bucket] = await Promise.all([registryFolders(), makeEmptyDatabase(), makeBucket()]);
    embedded = folders.settings("embedded").registry;
    const secretFile = path.join(folders.dir, "secret.key");
    const stores = { metadata: postgresSettings(database.url), blobs: bucket.settings };
    scaled = folders.settings("scaled", { ...stores, secretFile }).registry;
    back = folders.settings("back").registry;
    ({ token } = await makeFullRegistry(embedded));
    before = await withMetadata(embedded, dumpOf);
    await migrate({ from: embedded, to: scaled, now, progress });
    await migrate({ from: scaled, to: back, now, progress });
  });
  afterAll(async () => {
    await bucket[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
    await folders[Symbol.asyncDispose]();
  });

  it("had something in every table", async () => {
    const rows = await withMetadata(embedded, rowsOf);
    expect(new Set(rows.map(({ table }) => table))).toEqual(new Set(DUMPED_TABLES.map(({ name }) => name)));
  });

  it("is the same in PostgreSQL and S3, and the same when it came back", async () => {
    expect(await withMetadata(scaled, dumpOf)).toEqual(before);
    expect(await withMetadata(back, dumpOf)).toEqual(before);
  });

  it.each(["PostgreSQL and S3", "SQLite and the disk"])(
    "is sound in %s, and search finds it",
    async (where) => {
      const stores = await openStores(where === "PostgreSQL and S3" ? scaled : back);
      const verdict = await verify({ parts: { ...stores, now }, fast: false, repair: false, progress });
      expect(verdict).toMatchObject({ skills: 3, versions: 4, problems: [] });
      const page = await stores.metadata.search(sampleQuery("law"));
      expect(page.hits.map(({ name, likes }) => ({ name, likes }))).toEqual([
        { name: "@acme/law", likes: 1 },
      ]);
      await closeAll(stores);
    },
  );

  it("serves npm with the token of before", async () => {
    const server = await serve({ ...folders.settings("back"), registry: back });
    await using user = await npmUser({ url: server.url, account: async () => token }, "acme");
    expect(await user.npm(["install", "@acme/law", "@acme/taxes"])).toMatchObject({ code: 0 });
    await server.close();
  });

  it.each(["scaled", "back"])("goes on numbering its rows: %s", async (name) => {
    const config = name === "scaled" ? scaled : back;
    const server = await serve({ ...folders.settings(name), registry: config });
    const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
    const body = JSON.stringify(publishBody({ name: "@acme/new" }));
    const answer = await fetch(`${server.url}/@acme%2fnew`, { method: "PUT", headers, body });
    expect(answer.status).toBe(201);
    await server.close();
  });
});

describe("moving a registry", () => {
  let folders: RegistryFolders;
  let from: Config;

  beforeAll(async () => {
    folders = await registryFolders();
    from = folders.settings("from").registry;
    await makeFullRegistry(from);
  });
  afterAll(async () => await folders[Symbol.asyncDispose]());

  const target = (name: string): Config => folders.settings(name).registry;

  it("to another database beside the same bucket takes the bucket from the old one, with one connection", async () => {
    await using bucket = await makeBucket();
    await using first = await makeEmptyDatabase();
    await using second = await makeEmptyDatabase();
    const over = (name: string, { url }: TestDatabase): Config => {
      const metadata = postgresSettings(url, { connections: 1 });
      return folders.settings(name, { metadata, blobs: bucket.settings }).registry;
    };
    const [one, two] = [over("one", first), over("two", second)];
    await migrate({ from, to: one, now, progress });
    expect(await migrate({ from: one, to: two, now, progress })).toMatchObject({ tarballs: 4, copied: 0 });
    await closeAll(await openStores(two));
    await expect(openStores(one)).rejects.toThrow("belongs to this registry in another database");
  });

  it("is refused while the registry runs, and to the same database", async () => {
    const stores = await openStores(from);
    await expect(migrate({ from, to: target("a"), now, progress })).rejects.toMatchObject({
      code: "EBADREQUEST",
      message: "the registry that is to be moved is running",
    });
    await closeAll(stores);
    await expect(migrate({ from, to: from, now, progress })).rejects.toMatchObject({ code: "EUSAGE" });
    await expect(migrate({ from: target("none"), to: from, now, progress })).rejects.toMatchObject({
      code: "ENOTFOUND",
    });
  });

  it("is refused for a target that another registry has used", async () => {
    const to = target("used");
    await makeFullRegistry(to);
    const before = await withMetadata(to, dumpOf);
    await expect(migrate({ from, to, now, progress })).rejects.toMatchObject({
      code: "EBADREQUEST",
      message: "the target holds another registry: it has accounts",
    });
    expect(await withMetadata(to, dumpOf)).toEqual(before);
  });

  it("names what is missing at the source, and finishes when it is there again", async () => {
    const to = target("again");
    const stores = await openStores(from);
    const [law] = await Array.fromAsync(stores.blobs.list());
    const kept = await stores.blobs.open(law?.digest ?? raise());
    const bytes = Buffer.concat((await kept?.stream.toArray()) ?? []);
    await stores.blobs.removeOlder(law?.digest ?? raise(), new Date(Date.now() + 1_000));
    await closeAll(stores);
    await expect(migrate({ from, to, now, progress })).rejects.toMatchObject({
      code: "ESTORAGE",
      message: expect.stringContaining("1 tarball is missing or damaged at the source"),
    });
    expect(await withMetadata(to, async (metadata) => await metadata.used())).toEqual([]);
    const again = await openStores(from);
    await again.blobs.put(law?.digest ?? raise(), bytes);
    await closeAll(again);
    expect(await migrate({ from, to, now, progress })).toMatchObject({ tarballs: 4, copied: 1, skills: 2 });
    expect(await migrate({ from, to, now, progress })).toMatchObject({ tarballs: 4, copied: 0, rows: 0 });
    expect(await withMetadata(to, dumpOf)).toEqual(await withMetadata(from, dumpOf));
  });

  it("finds out that the source or the target went on afterwards", async () => {
    const to = target("drifted");
    await migrate({ from, to, now, progress });
    await withMetadata(to, async (metadata) => {
      await metadata.transaction(async (tx) => await tx.setReserved("drift", true));
      await reindex({ metadata, now });
    });
    await expect(migrate({ from, to, now, progress })).rejects.toMatchObject({
      code: "ESTORAGE",
      message: "the copy is not the same as what it was made from",
    });
    await rm(to.data, { recursive: true });
  });
});

function raise(): never {
  throw new Error("the registry has no tarballs");
}

async function closeAll(stores: Awaited<ReturnType<typeof openStores>>): Promise<void> {
  await stores.nodes.close();
  await stores.metadata.close();
  await stores.blobs.close();
}
