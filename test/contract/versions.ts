import { expect, test } from "vitest";
import type { OpenMetadata } from "./metadata.ts";
import { AT, LATER, PROVENANCE, addPackage, sampleQuarantine, sampleVersion } from "./samples.ts";

/** Versions and their tombstones. Registered by `describeMetadata`. */
export function describeVersions(open: OpenMetadata): void {
  test("a version comes back as it was put", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id } = await addPackage(metadata);
    const version = sampleVersion("1.0.0", {
      readme: `${"long ".repeat(50_000)} 🎉 \0 \uffff0\uffff1 end`,
      deprecated: "old",
      provenance: PROVENANCE,
      publishedAs: "@globex/legal",
      quarantine: sampleQuarantine(),
    });
    await metadata.transaction((tx) => tx.putVersion(id, version));
    expect(await metadata.version(id, "1.0.0")).toEqual(version);
    expect(await metadata.version(id, "1.0.1")).toBeUndefined();
    expect(await metadata.version(id + 1, "1.0.0")).toBeUndefined();
  });

  test("a version is put into quarantine with its bytes, and given back; others are not", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id } = await addPackage(metadata);
    const other = sampleVersion("1.1.0");
    await metadata.transaction(async (tx) => {
      for (const version of [sampleVersion(), other]) await tx.putVersion(id, version);
      await tx.setQuarantine(id, "1.0.0", sampleQuarantine());
    });
    const withdrawn = sampleVersion("1.0.0", { quarantine: sampleQuarantine() });
    expect(await metadata.version(id, "1.0.0")).toEqual(withdrawn);
    expect(await metadata.version(id, "1.1.0")).toEqual(other);
    const kept = await Array.fromAsync(metadata.integrities());
    expect(kept).toEqual([withdrawn.integrity, other.integrity]);
    await expect(metadata.transaction((tx) => tx.putVersion(id, sampleVersion()))).rejects.toThrow(/unique/i);
    await metadata.transaction((tx) => tx.setQuarantine(id, "1.0.0", null));
    expect(await metadata.version(id, "1.0.0")).toEqual(sampleVersion());
  });

  test("what is in quarantine is listed over all packages, the last withdrawn first", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const [first, last] = [sampleQuarantine({ at: AT, tags: [] }), sampleQuarantine({ at: LATER })];
    const [b, a] = [await addPackage(metadata, "@acme/b"), await addPackage(metadata, "@acme/a")];
    await metadata.transaction(async (tx) => {
      for (const { id } of [a, b]) await tx.putVersion(id, sampleVersion("1.0.0", { quarantine: first }));
      await tx.putVersion(a.id, sampleVersion("1.1.0", { quarantine: last }));
      await tx.putVersion(a.id, sampleVersion("1.2.0"));
    });
    expect(await metadata.quarantined()).toEqual([
      { name: "@acme/a", version: "1.1.0", quarantine: last },
      { name: "@acme/a", version: "1.0.0", quarantine: first },
      { name: "@acme/b", version: "1.0.0", quarantine: first },
    ]);
  });

  test("a version is signed again, others are not", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id } = await addPackage(metadata);
    const signature = { keyid: "SHA256:other", sig: "bmV3" };
    await metadata.transaction(async (tx) => {
      for (const version of ["1.0.0", "1.1.0"]) await tx.putVersion(id, sampleVersion(version));
      await tx.setSignature(id, "1.1.0", signature);
    });
    expect(await metadata.version(id, "1.1.0")).toEqual(sampleVersion("1.1.0", { signature }));
    expect(await metadata.version(id, "1.0.0")).toEqual(sampleVersion());
  });

  test("versions are listed oldest first, without readmes", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id } = await addPackage(metadata);
    const { readme: _, ...older } = sampleVersion("2.0.0", { publishedAt: AT });
    const { readme: __, ...newer } = sampleVersion("1.0.0", { publishedAt: LATER });
    const { readme: ___, ...same } = sampleVersion("0.1.0", { publishedAt: LATER });
    await metadata.transaction(async (tx) => {
      for (const version of [newer, same, older]) await tx.putVersion(id, { ...version, readme: "text" });
    });
    expect(await metadata.versions(id)).toEqual([older, newer, same]);
    expect(await metadata.versions(id + 1)).toEqual([]);
  });

  test("a live version is never overwritten", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id } = await addPackage(metadata);
    await metadata.transaction((tx) => tx.putVersion(id, sampleVersion()));
    const other = sampleVersion("1.0.0", { readme: "other" });
    await expect(metadata.transaction((tx) => tx.putVersion(id, other))).rejects.toThrow(/unique/i);
    expect(await metadata.version(id, "1.0.0")).toEqual(sampleVersion());
  });

  test("a buried version is a tombstone that still knows its bytes", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id } = await addPackage(metadata);
    await metadata.transaction((tx) => tx.putVersion(id, sampleVersion()));
    await metadata.transaction((tx) => tx.buryVersion(id, "1.0.0", LATER));
    const tombstone = sampleVersion("1.0.0", {
      manifest: {},
      readme: "",
      warnings: [],
      unpublishedAt: LATER,
    });
    expect(await metadata.version(id, "1.0.0")).toEqual(tombstone);
    expect(await metadata.versions(id)).toHaveLength(1);
    expect(await Array.fromAsync(metadata.integrities())).toEqual([]);
  });

  test("a version takes the place of its tombstone", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id } = await addPackage(metadata);
    const again = sampleVersion("1.0.0", { publishedAt: LATER });
    await metadata.transaction(async (tx) => {
      await tx.putVersion(id, sampleVersion());
      await tx.setDistTag(id, { tag: "latest", version: "1.0.0", manual: false });
      await tx.buryVersion(id, "1.0.0", LATER);
      await tx.putVersion(id, again);
    });
    expect(await metadata.version(id, "1.0.0")).toEqual(again);
    expect(await metadata.versions(id)).toHaveLength(1);
    expect(await Array.fromAsync(metadata.integrities())).toEqual([again.integrity]);
  });

  test("a version is deprecated and undeprecated, others are not", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id } = await addPackage(metadata);
    const deprecations = async () => (await metadata.versions(id)).map((version) => version.deprecated);
    await metadata.transaction(async (tx) => {
      await tx.putVersion(id, sampleVersion("1.0.0"));
      await tx.putVersion(id, sampleVersion("1.1.0"));
      await tx.setDeprecated(id, "1.0.0", "use 1.1.0");
    });
    expect(await deprecations()).toEqual(["use 1.1.0", null]);
    await metadata.transaction((tx) => tx.setDeprecated(id, "1.0.0", null));
    expect(await deprecations()).toEqual([null, null]);
  });

  test("integrities of all packages are streamed, however many there are", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const [a, b] = [await addPackage(metadata, "@acme/a"), await addPackage(metadata, "@acme/b")];
    const expected = await metadata.transaction(async (tx) => {
      const versions = Array.from({ length: 1_250 }, (_, minor) => sampleVersion(`1.${minor}.0`));
      for (const version of versions) {
        await tx.putVersion(a.id, version);
        await tx.putVersion(b.id, version);
      }
      return versions.flatMap(({ integrity }) => [integrity, integrity]).toSorted();
    });
    const streamed: string[] = [];
    for await (const integrity of metadata.integrities()) {
      // Reads and writes go on while a consumer takes its time.
      if (streamed.length % 1_000 === 0) await metadata.transaction((tx) => tx.touchPackage(a.id, LATER));
      streamed.push(integrity);
    }
    expect(streamed.toSorted()).toEqual(expected);
  });
}
