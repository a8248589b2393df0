import { readdir, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Config } from "../../plugin/src/config.ts";
import { backup } from "../../plugin/src/moving/backup.ts";
import { restore } from "../../plugin/src/moving/restore.ts";
import { verify } from "../../plugin/src/moving/verify.ts";
import { openStores, type Stores } from "../../plugin/src/open-stores.ts";
import { buildRegistry } from "../../plugin/src/open.ts";
import { digestOf } from "../../plugin/src/store/digest.ts";
import { dumpOf, makeFullRegistry, type RegistryFolders, registryFolders } from "../support/full-registry.ts";
import { makeEmptyDatabase, postgresSettings } from "../support/postgres-databases.ts";
import { cleanEnvironment, run } from "../support/process.ts";
import { makeBucket } from "../support/s3-server.ts";
import { readTar } from "../support/plain-tar.ts";

const now = (): Date => new Date();
const progress = (): void => undefined;

let folders: RegistryFolders;
let archive: string;
/** What the backup is of: the registry went on afterwards. */
let before: string[];
let source: Config;

beforeAll(async () => {
  folders = await registryFolders();
  source = folders.settings("source").registry;
  await makeFullRegistry(source);
  archive = path.join(folders.dir, "backup.tar");
  const stores = await openStores(source);
  before = await dumpOf(stores.metadata);
  await backup({ ...stores, now }, { file: archive, progress });
  await close(stores);
});
afterAll(async () => await folders[Symbol.asyncDispose]());

async function close(stores: Stores): Promise<void> {
  await stores.nodes.close();
  await stores.metadata.close();
  await stores.blobs.close();
}

async function expectRestored(config: Config): Promise<void> {
  const stores = await openStores(config);
  expect(await dumpOf(stores.metadata)).toEqual(before);
  const verdict = await verify({ parts: { ...stores, now }, fast: false, repair: false, progress });
  expect(verdict).toMatchObject({ skills: 3, versions: 4, problems: [] });
  await close(stores);
}

describe("a backup", () => {
  it("is a tar of plain files that only its owner can read", async () => {
    expect((await stat(archive)).mode & 0o777).toBe(0o600);
    const names = (await readTar(archive)).map(({ name }) => name);
    expect(names.filter((name) => name.startsWith("blobs/"))).toHaveLength(4);
    expect(names).toContain("metadata/accounts.jsonl");
    expect(names.at(-1)).toBe("manifest.json");
  });

  it("is restored to SQLite and the disk, once", async () => {
    const to = folders.settings("embedded").registry;
    expect(await restore({ file: archive, to, now, progress })).toMatchObject({ skills: 2, tarballs: 4 });
    await expectRestored(to);
    await expect(restore({ file: archive, to, now, progress })).rejects.toMatchObject({
      code: "EBADREQUEST",
      message: "the target holds this registry already",
    });
    await expectRestored(to);
  });

  it("is not restored into the bucket of the registry that it is of, which goes on", async () => {
    await using bucket = await makeBucket();
    const living = folders.settings("living", { blobs: bucket.settings }).registry;
    await restore({ file: archive, to: living, now, progress });
    const beside = folders.settings("beside", { blobs: bucket.settings }).registry;
    await expect(restore({ file: archive, to: beside, now, progress })).rejects.toThrow(
      "belongs to this registry in another database",
    );
    await expectRestored(living);
  });

  it("is restored to PostgreSQL and S3", async () => {
    await using database = await makeEmptyDatabase();
    await using bucket = await makeBucket();
    const metadata = postgresSettings(database.url);
    const to = folders.settings("scaled", { metadata, blobs: bucket.settings }).registry;
    expect(await restore({ file: archive, to, now, progress })).toMatchObject({ skills: 2, tarballs: 4 });
    await expectRestored(to);
  });

  it("is made of one state while versions come and go", async () => {
    const config = folders.settings("busy").registry;
    await makeFullRegistry(config);
    const stores = await openStores(config);
    const registry = await buildRegistry(config, stores);
    const file = path.join(folders.dir, "busy.tar");
    let writing = true;
    const writer = (async () => {
      for (let day = 0; writing; day += 1) {
        await sleep(1);
        await stores.metadata.transaction(async (tx) => await tx.setReserved(`name-${day}`, true));
      }
    })();
    const made = await backup({ ...stores, now }, { file, progress });
    writing = false;
    await writer;
    await registry.close();
    const to = folders.settings("from-busy").registry;
    expect(await restore({ file, to, now, progress })).toMatchObject({ rows: made.rows });
  });

  it("has everything but a tarball that is damaged, and says so; so does the restored registry", async () => {
    const config = folders.settings("damaged").registry;
    await makeFullRegistry(config);
    const stores = await openStores(config);
    const [blob] = await Array.fromAsync(stores.blobs.list());
    const { digest = digestOf(Buffer.of()), size = 0 } = blob ?? {};
    const place = path.join(config.data, "blobs/sha512", digest.slice(0, 2), digest);
    await writeFile(place, Buffer.alloc(size, "x"));
    const file = path.join(folders.dir, "damaged.tar");
    expect(await backup({ ...stores, now }, { file, progress })).toMatchObject({
      missing: [digest],
      blobs: { count: 3 },
    });
    await close(stores);
    const to = folders.settings("from-damaged").registry;
    expect(await restore({ file, to, now, progress })).toMatchObject({ missing: [digest], tarballs: 3 });
    const restored = await openStores(to);
    const { problems } = await verify({
      parts: { ...restored, now },
      fast: false,
      repair: false,
      progress,
    });
    expect(problems).toMatchObject([{ kind: "tarball", problem: "its tarball is missing" }]);
    await close(restored);
  });

  it("is written under its name when it is whole, and never over another file", async () => {
    const stores = await openStores(source);
    await expect(backup({ ...stores, now }, { file: archive, progress })).rejects.toMatchObject({
      code: "EBADREQUEST",
    });
    await close(stores);
    const left = await readdir(folders.dir);
    expect(left.filter((name) => name.includes("unfinished"))).toEqual([]);
  });

  it("goes through a pipe: standard output to standard input", async () => {
    const to = path.join(folders.dir, "piped");
    const main = path.resolve("plugin/src/main.ts");
    const command = `"$0" --conditions=source "$1" backup - --data "$2" | "$0" --conditions=source "$1" restore - --data "$3" --json`;
    const piped = await run("sh", ["-c", command, process.execPath, main, source.data, to], {
      cwd: folders.dir,
      env: cleanEnvironment(),
    });
    expect(JSON.parse(piped.stdout)).toMatchObject({ skills: 2, tarballs: 4 });
    await expectRestored(folders.settings("piped", { data: to }).registry);
  });
});
