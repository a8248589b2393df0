import { expect, test } from "vitest";
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

/** Registered by `describeMetadata`. */
export function describePackages(open: OpenMetadata): void {
  test("a new package has rev 0, and every touch raises it by one", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const created = await addPackage(metadata);
    expect(created).toEqual({
      id: created.id,
      name: "@acme/legal-documents",
      namespace: "acme",
      visibility: "public",
      rev: 0,
      createdAt: AT,
      modifiedAt: AT,
    });
    expect(await metadata.transaction((tx) => tx.touchPackage(created.id, LATER))).toBe(1);
    expect(await metadata.transaction((tx) => tx.touchPackage(created.id, LATER))).toBe(2);
    expect(await metadata.package(created.name)).toEqual({ ...created, rev: 2, modifiedAt: LATER });
    expect(await metadata.package("@acme/legal")).toBeUndefined();
  });

  test("packages of a namespace are listed by name, and none of one that begins alike", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const names = ["@acme/b", "@acme/a", "@acme-labs/a"];
    const [b, a] = await Promise.all(names.map((name) => addPackage(metadata, name)));
    expect(await metadata.packagesIn("acme")).toEqual([a, b]);
    expect(await metadata.packagesIn("acm")).toEqual([]);
  });

  test("dist-tags are set, moved, listed by name and deleted", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id } = await addPackage(metadata);
    const other = await addPackage(metadata, "@acme/other");
    await metadata.transaction(async (tx) => {
      await tx.setDistTag(id, { tag: "latest", version: "1.0.0", manual: false });
      await tx.setDistTag(id, { tag: "beta", version: "2.0.0", manual: true });
      await tx.putVersion(id, sampleVersion("1.0.0"));
      await tx.putVersion(id, sampleVersion("2.0.0"));
      await tx.setDistTag(id, { tag: "latest", version: "2.0.0", manual: true });
    });
    expect(await metadata.distTags(id)).toEqual([
      { tag: "beta", version: "2.0.0", manual: true },
      { tag: "latest", version: "2.0.0", manual: true },
    ]);
    expect(await metadata.distTags(other.id)).toEqual([]);
    await metadata.transaction(async (tx) => {
      await tx.deleteDistTag(id, "beta");
      await tx.deleteDistTag(id, "never-set");
    });
    expect(await metadata.distTags(id)).toEqual([{ tag: "latest", version: "2.0.0", manual: true }]);
  });

  test("a dist-tag cannot name a version that does not exist", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id } = await addPackage(metadata);
    const tag = { tag: "latest", version: "1.0.0", manual: false };
    await expect(metadata.transaction((tx) => tx.setDistTag(id, tag))).rejects.toThrow(/foreign key/i);
    expect(await metadata.distTags(id)).toEqual([]);
  });

  test("stars count once per account and are listed by name", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const b = await addPackage(metadata, "@acme/b");
    const a = await addPackage(metadata, "@acme/a");
    await metadata.transaction(async (tx) => {
      const zoe = await insertAccount(tx, "zoe");
      const adam = await insertAccount(tx, "adam");
      for (const account of [zoe, adam, adam]) await tx.setStar(b.id, account.id, true);
      await tx.setStar(a.id, zoe.id, true);
      await tx.setStar(a.id, adam.id, false);
      for (const { id } of [a, b]) await tx.putVersion(id, sampleVersion());
    });
    expect(await metadata.starredBy("zoe", [])).toEqual(["@acme/a", "@acme/b"]);
    expect(await metadata.starredBy("adam", [])).toEqual(["@acme/b"]);
    expect(await metadata.starredBy("nobody", [])).toEqual([]);
    const zoe = await metadata.account("zoe");
    await metadata.transaction((tx) => tx.setStar(b.id, zoe?.id ?? 0, false));
    expect(await metadata.starredBy("zoe", [])).toEqual(["@acme/a"]);
    expect(await metadata.starredBy("adam", [])).toEqual(["@acme/b"]);
    await metadata.transaction((tx) => tx.setQuarantine(b.id, "1.0.0", sampleQuarantine()));
    expect(await metadata.starredBy("adam", [])).toEqual([]);
    await metadata.transaction(async (tx) => {
      await tx.setQuarantine(b.id, "1.0.0", null);
      await tx.buryVersion(b.id, "1.0.0", AT);
    });
    expect(await metadata.starredBy("adam", [])).toEqual([]);
  });

  test("of what an account starred, others see what they may see", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const names = ["@acme/open", "@acme/secret", "@globex/secret"];
    await metadata.transaction(async (tx) => {
      const zoe = await insertAccount(tx, "zoe");
      for (const name of names) {
        const visibility = name.endsWith("open") ? "public" : "restricted";
        const { id } = await insertPackage(tx, name, { visibility });
        await tx.putVersion(id, sampleVersion());
        await tx.setStar(id, zoe.id, true);
      }
    });
    expect(await metadata.starredBy("zoe", [])).toEqual(["@acme/open"]);
    expect(await metadata.starredBy("zoe", ["acme", "@globex/other"])).toEqual(names.slice(0, 2));
    expect(await metadata.starredBy("zoe", ["@globex/secret"])).toEqual(["@acme/open", "@globex/secret"]);
  });
}
