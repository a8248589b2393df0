import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { dirSync } from "tmp";
import { afterEach, beforeEach, expect, test } from "vitest";
import { AT, LATER, sampleAccount, sampleQuery, sampleVersion } from "../../../test/contract/samples.ts";
import type { Metadata } from "../store/metadata.ts";
import { openSqlite } from "../store/metadata/sqlite/open.ts";
import { localNodes } from "../store/nodes/local.ts";
import { reindex, reindexIfStale } from "./reindex.ts";

let folder: ReturnType<typeof dirSync>;
let file: string;
let metadata: Metadata;
const now = () => new Date(LATER);

beforeEach(async () => {
  folder = dirSync({ unsafeCleanup: true });
  file = join(folder.name, "registry.sqlite");
  metadata = await openSqlite({ file });
});
afterEach(async () => {
  await metadata.close();
  folder.removeCallback();
});

test("every live package gets its document, with its likes and downloads", async () => {
  await publish("@acme/one");
  await publish("@acme/two");
  const gone = await publish("@acme/gone");
  await metadata.transaction(async (tx) => {
    await tx.deleteDistTag(gone, "latest");
    await tx.buryVersion(gone, "1.0.0", LATER);
    const one = await tx.package("@acme/one");
    const fan = await tx.insertAccount(sampleAccount("fan"), "fan");
    await tx.setStar(one?.id ?? 0, fan.id, true);
    await tx.addDownloads([{ packageId: one?.id ?? 0, version: "1.0.0", day: AT.slice(0, 10), count: 7 }]);
  });
  expect(await reindex({ metadata, now })).toBe(3);
  const page = await metadata.search(sampleQuery("skill", { sort: "name" }));
  expect(page.hits).toMatchObject([
    { name: "@acme/one", likes: 1, downloads: 7 },
    { name: "@acme/two", likes: 0, downloads: 0 },
  ]);
  expect(await reindex({ metadata, now })).toBe(3);
  expect((await metadata.search(sampleQuery("skill"))).total).toBe(2);
});

test("progress is told batch by batch, and an end that is asked for comes after a batch", async () => {
  for (let index = 0; index < 120; index += 1) await publish(`@acme/skill-${index}`);
  const told: number[] = [];
  await reindex({ metadata, now, progress: (done) => void told.push(done) });
  expect(told).toEqual([50, 100, 120]);

  makeStale();
  const stop = new AbortController();
  const progress = (): void => stop.abort();
  expect(await reindex({ metadata, now, progress, signal: stop.signal })).toBe(50);
  expect(await metadata.searchIsStale()).toBe(true);
});

test("only a stale index is rebuilt, and is current afterwards", async () => {
  await publish("@acme/one");
  await reindexIfStale({ metadata, now, nodes: localNodes(), signal: new AbortController().signal });
  expect((await metadata.search(sampleQuery(""))).total).toBe(0);
  makeStale();
  await reindexIfStale({ metadata, now, nodes: localNodes(), signal: new AbortController().signal });
  expect((await metadata.search(sampleQuery(""))).total).toBe(1);
  expect(await metadata.searchIsStale()).toBe(false);
});

function makeStale(): void {
  using database = new DatabaseSync(file);
  database.exec("update search_state set stale = 1");
}

/** A package with one version, and no search document. */
async function publish(name: string): Promise<number> {
  return await metadata.transaction(async (tx) => {
    const { id } = await tx.insertPackage({ name, visibility: "public", namespace: "acme", at: AT });
    await tx.putVersion(id, sampleVersion("1.0.0", { manifest: { name, description: "A skill" } }));
    await tx.setDistTag(id, { tag: "latest", version: "1.0.0", manual: false });
    return id;
  });
}
