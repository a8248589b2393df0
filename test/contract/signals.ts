import { expect, test } from "vitest";
import type { DownloadCount, Metadata } from "../../plugin/src/store/metadata.ts";
import type { OpenMetadata } from "./metadata.ts";
import { addDocuments, addPackage, insertAccount, sampleDocument } from "./samples.ts";

const ALWAYS = { from: "0001-01-01", to: "9999-12-31" };

/** Likes, downloads, installs, and what search shows of them. Registered by `describeMetadata`. */
export function describeSignals(open: OpenMetadata): void {
  describeLikes(open);
  describeDownloads(open);
  describePopularity(open);
}

function describeLikes(open: OpenMetadata): void {
  test("an account likes a package once, and takes back its own like only", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id } = await addPackage(metadata);
    const other = await addPackage(metadata, "@acme/other");
    const [zoe, adam] = await metadata.transaction(async (tx) => {
      const accounts = [await insertAccount(tx, "zoe"), await insertAccount(tx, "adam")];
      for (const account of accounts) await tx.setStar(id, account.id, true);
      return accounts.map((account) => account.id);
    });
    await metadata.transaction((tx) => tx.setStar(id, zoe ?? 0, true));
    expect([await metadata.likes(id), await metadata.likes(other.id)]).toEqual([2, 0]);
    await metadata.transaction((tx) => tx.setStar(id, zoe ?? 0, false));
    await metadata.transaction((tx) => tx.setStar(id, zoe ?? 0, false));
    expect(await metadata.likes(id)).toBe(1);
    expect([await metadata.liked(id, zoe ?? 0), await metadata.liked(id, adam ?? 0)]).toEqual([false, true]);
  });
}

function describeDownloads(open: OpenMetadata): void {
  test("counts of one version and day add up, and are told by day and by version", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const [a, b] = [await addPackage(metadata, "@acme/a"), await addPackage(metadata, "@acme/b")];
    await add(metadata, [
      { packageId: a.id, version: "1.0.0", day: "2026-03-01", count: 2 },
      { packageId: a.id, version: "1.1.0", day: "2026-03-01", count: 5 },
      { packageId: a.id, version: "1.0.0", day: "2026-03-03", count: 1 },
      { packageId: b.id, version: "1.0.0", day: "2026-03-03", count: 10 },
    ]);
    await add(metadata, [{ packageId: a.id, version: "1.0.0", day: "2026-03-01", count: 1_000_000_000 }]);
    expect(await metadata.downloads(a.id, ALWAYS)).toEqual([
      { day: "2026-03-01", count: 1_000_000_007 },
      { day: "2026-03-03", count: 1 },
    ]);
    expect(await metadata.downloadsByVersion(a.id, ALWAYS)).toEqual([
      { version: "1.0.0", count: 1_000_000_003 },
      { version: "1.1.0", count: 5 },
    ]);
    expect(await metadata.allDownloads(ALWAYS)).toEqual([
      { day: "2026-03-01", count: 1_000_000_007 },
      { day: "2026-03-03", count: 11 },
    ]);
  });

  test("both ends of a range belong to it, and what lies outside does not", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id } = await addPackage(metadata);
    const days = ["2026-02-28", "2026-03-01", "2026-03-02", "2026-03-03"];
    await metadata.transaction(async (tx) => {
      const counts = days.map((day) => ({ packageId: id, version: "1.0.0", day, count: 1 }));
      await tx.addDownloads(counts);
      await tx.addInstalls(counts);
    });
    const range = { from: "2026-03-01", to: "2026-03-02" };
    const found = [
      { day: "2026-03-01", count: 1 },
      { day: "2026-03-02", count: 1 },
    ];
    expect(await metadata.downloads(id, range)).toEqual(found);
    expect(await metadata.allDownloads(range)).toEqual(found);
    expect(await metadata.downloadsByVersion(id, range)).toEqual([{ version: "1.0.0", count: 2 }]);
    expect(await metadata.installs(id, range)).toBe(2);
    const before = { from: "2025-01-01", to: "2025-12-31" };
    expect(await metadata.downloads(id, before)).toEqual([]);
    expect(await metadata.downloadsByVersion(id, before)).toEqual([]);
    expect(await metadata.installs(id, before)).toBe(0);
  });

  test("the most downloaded version stands first, and the same number is ordered by version", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id } = await addPackage(metadata);
    const counts = { "2.0.0": 1, "1.0.0": 1, "1.5.0": 3 };
    await add(
      metadata,
      Object.entries(counts).map(([version, count]) => ({
        packageId: id,
        version,
        day: "2026-03-01",
        count,
      })),
    );
    const versions = await metadata.downloadsByVersion(id, ALWAYS);
    expect(versions.map(({ version }) => version)).toEqual(["1.5.0", "1.0.0", "2.0.0"]);
  });

  test("installs are no downloads", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id } = await addPackage(metadata);
    const count = { packageId: id, version: "1.0.0", day: "2026-03-01", count: 4 };
    await metadata.transaction((tx) => tx.addInstalls([count]));
    await metadata.transaction((tx) => tx.addInstalls([count]));
    expect(await metadata.installs(id, ALWAYS)).toBe(8);
    expect(await metadata.downloads(id, ALWAYS)).toEqual([]);
    expect(await metadata.allDownloads(ALWAYS)).toEqual([]);
    expect((await metadata.counts("public")).downloads).toBe(0);
  });

  test("downloads of a transaction that fails are not counted anywhere", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id } = await addPackage(metadata);
    const failing = metadata.transaction(async (tx) => {
      await tx.addDownloads([{ packageId: id, version: "1.0.0", day: "2026-03-01", count: 1 }]);
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(await metadata.downloads(id, ALWAYS)).toEqual([]);
    expect(await metadata.allDownloads(ALWAYS)).toEqual([]);
  });
}

function describePopularity(open: OpenMetadata): void {
  test("search shows the downloads of 30 days once they are refreshed, for the packages named or for all", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const names = ["@acme/a", "@acme/b"];
    await addDocuments(
      metadata,
      names.map((name) => sampleDocument(name)),
    );
    const [a = 0, b = 0] = (await metadata.packagesAfter(0, 10)).map(({ id }) => id);
    await add(metadata, [
      { packageId: a, version: "1.0.0", day: "2026-03-01", count: 100 },
      { packageId: a, version: "1.0.0", day: "2026-03-02", count: 7 },
      { packageId: b, version: "1.0.0", day: "2026-03-31", count: 3 },
    ]);
    await metadata.transaction((tx) => tx.refreshDownloads("2026-03-30", [a]));
    expect(await shown(metadata)).toEqual({ "@acme/a": 107, "@acme/b": 0 });
    await metadata.transaction((tx) => tx.refreshDownloads("2026-03-31", "all"));
    expect(await shown(metadata)).toEqual({ "@acme/a": 7, "@acme/b": 3 });
    await metadata.transaction((tx) => tx.refreshDownloads("2026-05-31", [a, b]));
    expect(await shown(metadata)).toEqual({ "@acme/a": 0, "@acme/b": 0 });
  });
}

async function add(metadata: Metadata, counts: DownloadCount[]): Promise<void> {
  await metadata.transaction((tx) => tx.addDownloads(counts));
}

/** Downloads by name, as search tells them. */
async function shown(metadata: Metadata): Promise<Record<string, number>> {
  const { hits } = await metadata.search({
    name: null,
    words: [],
    prefix: false,
    phrases: [],
    excluded: [],
    filters: [],
    hasScripts: null,
    deprecated: null,
    updated: { from: null, before: null },
    readable: [],
    sort: "name",
    from: 0,
    size: 10,
    facets: false,
    bodies: false,
  });
  return Object.fromEntries(hits.map(({ name, downloads }) => [name, downloads]));
}
