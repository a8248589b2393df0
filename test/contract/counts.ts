import { expect, test } from "vitest";
import type { Metadata, DownloadCount } from "../../plugin/src/store/metadata.ts";
import type { OpenMetadata } from "./metadata.ts";
import {
  AT,
  LATER,
  addPackage,
  insertAccount,
  insertPackage,
  sampleQuarantine,
  sampleVersion,
} from "./samples.ts";

const ALWAYS = { from: "0001-01-01", to: "9999-12-31" };

/** Sums over many packages. Registered by `describeMetadata`. */
export function describeCounts(open: OpenMetadata): void {
  describeRestrictedUse(open);

  test("the use of a namespace is that of its packages, in the range, and of no namespace beside it", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const names = ["@acme/a", "@acme/b", "@acme-labs/a", "@acme0/a", "@acm/a"];
    for (const [index, name] of names.entries()) {
      const { id } = await addPackage(metadata, name);
      await metadata.transaction(async (tx) => {
        const account = (await tx.account("zoe")) ?? (await insertAccount(tx, "zoe"));
        await tx.setStar(id, account.id, true);
      });
      const count = 10 ** index;
      await add(metadata, [
        { packageId: id, version: "1.0.0", day: "2026-03-01", count },
        { packageId: id, version: "1.0.0", day: "2026-02-01", count },
      ]);
    }
    const march = { from: "2026-03-01", to: "2026-03-31" };
    expect(await metadata.namespaceUse("acme", [], march)).toEqual({ likes: 2, downloads: 11 });
    expect(await metadata.namespaceUse("acme", [], ALWAYS)).toEqual({ likes: 2, downloads: 22 });
    expect(await metadata.namespaceUse("nobody", [], ALWAYS)).toEqual({ likes: 0, downloads: 0 });
  });

  test("an empty registry counts nothing", async () => {
    await using opened = await open();
    const none = {
      packages: 0,
      versions: 0,
      namespaces: 0,
      accounts: 0,
      tarballBytes: 0,
      downloads: 0,
      likes: 0,
    };
    expect(await opened.metadata.counts("public")).toEqual(none);
  });

  test("tombstones count neither as versions nor as bytes, and packages of nothing else not at all", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const names = ["@acme/a", "@acme/b", "@globex/gone"];
    const [a, , gone] = await Promise.all(names.map((name) => addPackage(metadata, name)));
    await metadata.transaction(async (tx) => {
      const { id } = await insertAccount(tx);
      await tx.setStar(a?.id ?? 0, id, true);
      for (const version of ["1.0.0", "1.1.0"])
        await tx.putVersion(a?.id ?? 0, sampleVersion(version, { size: 10 }));
      await tx.putVersion(gone?.id ?? 0, sampleVersion("1.0.0", { size: 500 }));
      await tx.buryVersion(gone?.id ?? 0, "1.0.0", LATER);
      await tx.addDownloads([{ packageId: a?.id ?? 0, version: "1.0.0", day: "2026-03-01", count: 3 }]);
    });
    expect(await metadata.counts("public")).toEqual({
      packages: 1,
      versions: 2,
      namespaces: 1,
      accounts: 1,
      tarballBytes: 20,
      downloads: 3,
      likes: 1,
    });
  });

  test("packages are listed in order of their ids, some at a time", async () => {
    await using opened = await open();
    const { metadata } = opened;
    for (const name of ["@acme/c", "@acme/a", "@acme/b"]) await addPackage(metadata, name);
    const first = await metadata.packagesAfter(0, 2);
    expect(first.map(({ name }) => name)).toEqual(["@acme/c", "@acme/a"]);
    const rest = await metadata.packagesAfter(first.at(-1)?.id ?? 0, 2);
    expect(rest).toEqual([
      {
        id: expect.any(Number),
        name: "@acme/b",
        namespace: "acme",
        visibility: "public",
        rev: 0,
        createdAt: AT,
        modifiedAt: AT,
      },
    ]);
    expect(await metadata.packagesAfter(rest.at(-1)?.id ?? 0, 2)).toEqual([]);
  });
}

/** What anybody is told is told of what anybody may see. */
function describeRestrictedUse(open: OpenMetadata): void {
  test("downloads of restricted skills are their own, and in no sum that everybody sees", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const visible = await addPackage(metadata, "@acme/open");
    const secret = await addPackage(metadata, "@acme/secret", { visibility: "restricted" });
    const day = "2026-03-01";
    const count = ({ id }: { id: number }, times: number) => ({
      packageId: id,
      version: "1.0.0",
      day,
      count: times,
    });
    await add(metadata, [count(visible, 1), count(secret, 10)]);
    expect(await metadata.allDownloads(ALWAYS)).toEqual([{ day, count: 1 }]);
    expect(await metadata.downloads(secret.id, ALWAYS)).toEqual([{ day, count: 10 }]);
    await metadata.transaction(async (tx) => {
      await tx.setPackageVisibility(secret.id, "public");
      await tx.setPackageVisibility(visible.id, "restricted");
    });
    expect(await metadata.allDownloads(ALWAYS)).toEqual([{ day, count: 1 }]);
    await add(metadata, [count(visible, 100), count(secret, 1000)]);
    expect(await metadata.allDownloads(ALWAYS)).toEqual([{ day, count: 1_001 }]);
    expect((await metadata.counts("public")).downloads).toBe(1_001);
    expect((await metadata.counts("everything")).downloads).toBe(1_111);
  });

  test("a day on which restricted skills alone were downloaded is a day without any", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id } = await addPackage(metadata, "@acme/secret", { visibility: "restricted" });
    await add(metadata, [{ packageId: id, version: "1.0.0", day: "2026-03-01", count: 1 }]);
    expect(await metadata.allDownloads(ALWAYS)).toEqual([]);
  });

  test("counts are those of everything, or of what is public", async () => {
    await using opened = await open();
    const { metadata } = opened;
    await metadata.transaction(async (tx) => {
      const { id: accountId } = await insertAccount(tx);
      for (const name of ["@acme/open", "@acme/secret", "@globex/secret"]) {
        const visibility = name.endsWith("open") ? "public" : "restricted";
        const { id } = await insertPackage(tx, name, { visibility });
        await tx.putVersion(id, sampleVersion("1.0.0", { size: 10 }));
        await tx.setStar(id, accountId, true);
      }
    });
    const one = { packages: 1, versions: 1, namespaces: 1, tarballBytes: 10, likes: 1 };
    const all = { packages: 3, versions: 3, namespaces: 2, tarballBytes: 30, likes: 3 };
    expect(await metadata.counts("public")).toEqual({ ...one, accounts: 1, downloads: 0 });
    expect(await metadata.counts("everything")).toEqual({ ...all, accounts: 1, downloads: 0 });
  });

  test("versions in quarantine are not counted, nor skills that have no others", async () => {
    await using opened = await open();
    const { metadata } = opened;
    await metadata.transaction(async (tx) => {
      for (const name of ["@acme/a", "@globex/b"]) {
        const { id } = await insertPackage(tx, name);
        await tx.putVersion(id, sampleVersion("1.0.0", { size: 10 }));
        await tx.setQuarantine(id, "1.0.0", sampleQuarantine());
        if (name === "@acme/a") await tx.putVersion(id, sampleVersion("1.1.0", { size: 20 }));
      }
    });
    for (const of of ["public", "everything"] as const) {
      const { packages, versions, namespaces, tarballBytes } = await metadata.counts(of);
      expect([packages, versions, namespaces, tarballBytes]).toEqual([1, 1, 1, 20]);
    }
  });

  test("the use of a namespace is that of what the caller may see of it", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const zoe = await metadata.transaction((tx) => insertAccount(tx, "zoe"));
    for (const [index, name] of ["@acme/open", "@acme/a", "@acme/b", "@globex/a"].entries()) {
      const visibility = name.endsWith("open") ? "public" : "restricted";
      const { id } = await addPackage(metadata, name, { visibility });
      await metadata.transaction((tx) => tx.setStar(id, zoe.id, true));
      await add(metadata, [{ packageId: id, version: "1.0.0", day: "2026-03-01", count: 10 ** index }]);
    }
    const use = (readable: string[]) => metadata.namespaceUse("acme", readable, ALWAYS);
    expect(await use([])).toEqual({ likes: 1, downloads: 1 });
    expect(await use(["globex", "@globex/a", "@acme/none", "@acme-labs/a"])).toEqual({
      likes: 1,
      downloads: 1,
    });
    expect(await use(["@acme/b", "@acme/b", "@acme/open"])).toEqual({ likes: 2, downloads: 101 });
    expect(await use(["acme", "@acme/b"])).toEqual({ likes: 3, downloads: 111 });
  });
}

async function add(metadata: Metadata, counts: DownloadCount[]): Promise<void> {
  await metadata.transaction((tx) => tx.addDownloads(counts));
}
