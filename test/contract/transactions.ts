import { expect, test } from "vitest";
import type { OpenMetadata } from "./metadata.ts";
import {
  AT,
  LATER,
  addPackage,
  insertAccount,
  insertPackage,
  sampleDocument,
  sampleEntry,
  sampleQuery,
  sampleVersion,
} from "./samples.ts";

/** All or nothing, one after the other, seen by others at commit. Registered by `describeMetadata`. */
export function describeTransactions(open: OpenMetadata): void {
  test("gives back what the work returns", async () => {
    await using opened = await open();
    expect(await opened.metadata.transaction(async () => "result")).toBe("result");
  });

  test("a throw rolls everything back and is passed on as it is", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id } = await addPackage(metadata);
    const thrown = new Error("changed my mind");
    const work = metadata.transaction(async (tx) => {
      await tx.putVersion(id, sampleVersion());
      await tx.setDistTag(id, { tag: "latest", version: "1.0.0", manual: false });
      await tx.putSearchDocument(id, sampleDocument("@acme/legal-documents"));
      await tx.touchPackage(id, LATER);
      await tx.appendAudit(sampleEntry());
      await insertAccount(tx);
      throw thrown;
    });
    await expect(work).rejects.toBe(thrown);
    expect(await metadata.package("@acme/legal-documents")).toMatchObject({ rev: 0, modifiedAt: AT });
    expect(await metadata.versions(id)).toEqual([]);
    expect(await metadata.distTags(id)).toEqual([]);
    expect(await metadata.auditAfter(0, 1)).toEqual([]);
    expect(await metadata.account("acme")).toBeUndefined();
    expect(await metadata.search(sampleQuery("legal"))).toMatchObject({ total: 0, hits: [] });
  });

  test("a refused write does not spoil the transactions after it", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id } = await addPackage(metadata);
    await metadata.transaction((tx) => tx.putVersion(id, sampleVersion()));
    await expect(metadata.transaction((tx) => tx.putVersion(id, sampleVersion()))).rejects.toThrow(/unique/i);
    expect(await metadata.transaction((tx) => tx.touchPackage(id, LATER))).toBe(1);
  });

  test("sees its own writes", async () => {
    await using opened = await open();
    await opened.metadata.transaction(async (tx) => {
      const { id } = await insertPackage(tx);
      await tx.putVersion(id, sampleVersion());
      await tx.putSearchDocument(id, sampleDocument("@acme/legal-documents"));
      expect(await tx.package("@acme/legal-documents")).toMatchObject({ id, rev: 0 });
      expect(await tx.version(id, "1.0.0")).toEqual(sampleVersion());
      expect(await Array.fromAsync(tx.integrities())).toEqual([sampleVersion().integrity]);
      expect((await tx.search(sampleQuery("legal"))).total).toBe(1);
    });
  });

  test("readers do not see writes before they are committed, and do not wait for them", async () => {
    await using opened = await open();
    const another = await opened.another();
    await opened.metadata.transaction(async (tx) => {
      const { id } = await insertPackage(tx);
      await tx.putSearchDocument(id, sampleDocument("@acme/legal-documents"));
      for (const reader of [opened.metadata, another]) {
        expect(await reader.package("@acme/legal-documents")).toBeUndefined();
        expect((await reader.search(sampleQuery("legal"))).total).toBe(0);
        expect((await reader.search(sampleQuery(""))).total).toBe(0);
      }
    });
    for (const reader of [opened.metadata, another]) {
      expect(await reader.package("@acme/legal-documents")).toMatchObject({ rev: 0 });
      expect((await reader.search(sampleQuery("legal"))).total).toBe(1);
    }
    await another.close();
  });

  test("two handles that read, then write, lose no write", async () => {
    await using opened = await open();
    const another = await opened.another();
    const name = "@acme/legal-documents";
    const { id } = await addPackage(opened.metadata, name);
    const bump = (metadata: typeof another) =>
      metadata.transaction(async (tx) => {
        const before = await tx.package(name);
        // Time for the other handle to come in between, if it could.
        await new Promise((resolve) => setTimeout(resolve, 1));
        const after = await tx.touchPackage(id, LATER);
        expect(after).toBe((before?.rev ?? Number.NaN) + 1);
      });
    const handles = [opened.metadata, another, opened.metadata, another];
    await Promise.all(Array.from({ length: 40 }, (_, index) => bump(handles[index % 4] ?? another)));
    expect((await another.package(name))?.rev).toBe(40);
    await another.close();
  });

  test("closing waits for the transaction that runs", async () => {
    await using opened = await open();
    const another = await opened.another();
    const { id } = await addPackage(opened.metadata);
    const running = another.transaction(async (tx) => {
      await tx.touchPackage(id, LATER);
      await new Promise((resolve) => setTimeout(resolve, 10));
      return tx.touchPackage(id, LATER);
    });
    await another.close();
    expect(await running).toBe(2);
    expect((await opened.metadata.package("@acme/legal-documents"))?.rev).toBe(2);
  });

  test("closing twice is harmless, and after it nothing is written", async () => {
    await using opened = await open();
    const another = await opened.another();
    await another.close();
    await another.close();
    await expect(another.transaction((tx) => insertAccount(tx))).rejects.toBeInstanceOf(Error);
    expect(await opened.metadata.account("acme")).toBeUndefined();
  });
}
