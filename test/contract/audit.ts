import { expect, test } from "vitest";
import { auditHash, FIRST_HASH } from "../../plugin/src/store/audit-hash.ts";
import type { AuditEntry, AuditRecord, Metadata } from "../../plugin/src/store/metadata.ts";
import type { OpenMetadata } from "./metadata.ts";
import { sampleEntry } from "./samples.ts";

/** The audit log and its chain of hashes. Registered by `describeMetadata`. */
export function describeAudit(open: OpenMetadata): void {
  test("it is read newest first or oldest first, page by page", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const detail = { version: "1.0.0", list: [1, { deep: true }] };
    const entries = ["a", "b", "c"].map((subject, index) =>
      sampleEntry({ subject, account: index === 0 ? null : "acme", detail }),
    );
    await append(metadata, entries);
    const records = await metadata.auditAfter(0, 10);
    expect(records).toMatchObject(entries);
    expect(records.map(({ id }) => id)).toEqual([1, 2, 3]);
    const page = (before: number | null, limit: number) => metadata.audit({ namespace: null, before, limit });
    expect(await page(null, 10)).toEqual(records.toReversed());
    expect(await page(null, 1)).toEqual(records.slice(2));
    expect(await page(3, 1)).toEqual(records.slice(1, 2));
    expect(await page(1, 10)).toEqual([]);
    expect(await metadata.auditAfter(1, 1)).toEqual(records.slice(1, 2));
    expect(await metadata.auditAfter(3, 10)).toEqual([]);
  });

  test("a namespace has its own entries only, and those of operators are nobody's", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const namespaces = ["acme", "globex", null, "acme"];
    await append(
      metadata,
      namespaces.map((namespace, index) => sampleEntry({ namespace, subject: `${index}` })),
    );
    const of = async (namespace: string, before: number | null) =>
      (await metadata.audit({ namespace, before, limit: 10 })).map(({ id }) => id);
    expect(await of("acme", null)).toEqual([4, 1]);
    expect(await of("acme", 4)).toEqual([1]);
    expect(await of("globex", null)).toEqual([2]);
    expect(await of("nobody", null)).toEqual([]);
  });

  test("each entry holds the hash of itself and the one before, whatever is in it", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const texts = ["", "é 🎉", '\0 \u2028 \\ "', "half \ud83c and \udf89", "\ufeffbom"];
    await append(metadata, [
      ...texts.map((text) =>
        sampleEntry({ account: text, action: text, subject: text, address: text, namespace: text }),
      ),
      sampleEntry({ detail: Object.fromEntries(texts.map((text) => [text, text])) }),
      sampleEntry({ detail: { 10: 1, 9: [null, -0, 1e300], b: { a: undefined, é: "\ud83c" } } }),
    ]);
    const records = await expectChain(metadata, texts.length + 2);
    expect(records[3]?.subject).toBe("half \ufffd and \ufffd");
  });

  test("what a failed transaction wrote leaves no gap", async () => {
    await using opened = await open();
    const { metadata } = opened;
    await append(metadata, [sampleEntry({ subject: "a" })]);
    const failing = metadata.transaction(async (tx) => {
      await tx.appendAudit(sampleEntry({ subject: "b" }));
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    await append(metadata, [sampleEntry({ subject: "c" })]);
    const records = await expectChain(metadata, 2);
    expect(records.map(({ subject }) => subject)).toEqual(["a", "c"]);
  });

  test("two nodes that write at once write one chain", async () => {
    await using opened = await open();
    const another = await opened.another();
    const handles = [opened.metadata, another];
    await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        append(handles[index % 2] ?? another, [
          sampleEntry({ subject: `${index} a` }),
          sampleEntry({ subject: `${index} b` }),
        ]),
      ),
    );
    const records = await expectChain(another, 60);
    expect(new Set(records.map(({ subject }) => subject)).size).toBe(60);
    await another.close();
  });
}

async function append(metadata: Metadata, entries: AuditEntry[]): Promise<void> {
  await metadata.transaction(async (tx) => {
    for (const entry of entries) await tx.appendAudit(entry);
  });
}

/** Ids without gaps, and every hash can be computed from what is read. */
async function expectChain(metadata: Metadata, length: number): Promise<AuditRecord[]> {
  const records = await metadata.auditAfter(0, length + 1);
  expect(records.map(({ id }) => id)).toEqual(Array.from({ length }, (_, index) => index + 1));
  let before = FIRST_HASH;
  for (const { hash, ...record } of records) {
    before = auditHash(before, { ...record, detail: JSON.stringify(record.detail) });
    expect({ id: record.id, hash }).toEqual({ id: record.id, hash: before });
  }
  return records;
}
