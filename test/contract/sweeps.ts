import { expect, test } from "vitest";
import type { Metadata } from "../../plugin/src/store/metadata.ts";
import type { OpenMetadata } from "./metadata.ts";
import { addPackage, AT, LATER, sampleVersion } from "./samples.ts";

/** What the sweep of blobs and a publish tell each other, and whose blobs they are. */
export function describeSweeps(open: OpenMetadata): void {
  const { integrity } = sampleVersion();

  test("the registry has one id, which every node reads", async () => {
    await using opened = await open();
    const id = await opened.metadata.registryId();
    expect(id).toMatch(/^[\da-f-]{36}$/);
    const another = await opened.another();
    expect(await another.registryId()).toBe(id);
    await another.close();
  });

  test("the blob of a live version is not swept, the one of a tombstone is", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id } = await addPackage(metadata);
    await metadata.transaction((tx) => tx.putVersion(id, sampleVersion()));
    expect(await begin(metadata)).toBe(false);
    expect(await metadata.sweepOf(integrity)).toBeUndefined();
    await metadata.transaction((tx) => tx.buryVersion(id, "1.0.0", AT));
    expect(await begin(metadata)).toBe(true);
    expect(await metadata.sweepOf(integrity)).toEqual({ begunAt: AT, endedAt: null });
  });

  test("the blob of a version in quarantine is kept for its release", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id } = await addPackage(metadata);
    const quarantine = { at: AT, reason: "steals secrets", tags: [] };
    await metadata.transaction((tx) => tx.putVersion(id, { ...sampleVersion(), quarantine }));
    expect(await begin(metadata)).toBe(false);
  });

  test("a sweep that ended is remembered until it is forgotten, and may begin again", async () => {
    await using opened = await open();
    const { metadata } = opened;
    await begin(metadata);
    await metadata.transaction((tx) => tx.forgetSweepsBefore(LATER));
    expect(await metadata.sweepOf(integrity)).toEqual({ begunAt: AT, endedAt: null });
    await metadata.transaction((tx) => tx.endSweep(integrity, AT));
    expect(await metadata.sweepOf(integrity)).toEqual({ begunAt: AT, endedAt: AT });
    await metadata.transaction((tx) => tx.beginSweep(integrity, LATER));
    expect(await metadata.sweepOf(integrity)).toEqual({ begunAt: LATER, endedAt: null });
    await metadata.transaction((tx) => tx.endSweep(integrity, LATER));
    await metadata.transaction((tx) => tx.forgetSweepsBefore(LATER));
    expect(await metadata.sweepOf(integrity)).toBeDefined();
    await metadata.transaction((tx) => tx.forgetSweep(integrity));
    expect(await metadata.sweepOf(integrity)).toBeUndefined();
  });

  async function begin(metadata: Metadata): Promise<boolean> {
    return await metadata.transaction((tx) => tx.beginSweep(integrity, AT));
  }
}
