import { describe, expect, test } from "vitest";
import type { OpenMetadata } from "./metadata.ts";
import { addDocuments, sampleDocument } from "./samples.ts";
import { describeAnyText } from "./search-any-text.ts";
import { describeFacets } from "./search-facets.ts";
import { describeMatching } from "./search-matching.ts";
import { describeOrder } from "./search-order.ts";
import { describeQualifiers } from "./search-qualifiers.ts";
import { describeRestricted } from "./search-restricted.ts";
import { find, INVOICE, LEGAL, names } from "./search-samples.ts";
import { describeWords } from "./search-words.ts";

/** What people find, and in which order. Registered by `describeMetadata`. */
export function describeSearch(open: OpenMetadata): void {
  const suites = {
    matching: describeMatching,
    words: describeWords,
    qualifiers: describeQualifiers,
    "restricted skills": describeRestricted,
    facets: describeFacets,
    "order and pages": describeOrder,
    "the index": describeIndex,
    "any text": describeAnyText,
  };
  for (const [name, register] of Object.entries(suites)) {
    describe(`${name}:`, () => {
      register(open);
    });
  }
}

function describeIndex(open: OpenMetadata): void {
  test("a new document takes the place of the old one", async () => {
    await using opened = await open();
    const { metadata } = opened;
    await addDocuments(metadata, [LEGAL, INVOICE]);
    const id = (await metadata.package(LEGAL.name))?.id ?? 0;
    await metadata.transaction((tx) =>
      tx.putSearchDocument(id, {
        ...LEGAL,
        version: "2.0.0",
        description: "Notary work",
        keywords: [],
        body: "",
      }),
    );
    expect(await names(metadata, "jurisdiction")).toEqual([]);
    expect(await names(metadata, "law")).toEqual([]);
    expect((await find(metadata, "notary")).hits).toMatchObject([{ name: LEGAL.name, version: "2.0.0" }]);
    expect((await find(metadata, "")).total).toBe(2);
  });

  test("a deleted document is found no more, its neighbours are", async () => {
    await using opened = await open();
    const { metadata } = opened;
    await addDocuments(metadata, [LEGAL, INVOICE]);
    const id = (await metadata.package(LEGAL.name))?.id ?? 0;
    await metadata.transaction((tx) => tx.deleteSearchDocument(id));
    await metadata.transaction((tx) => tx.deleteSearchDocument(id));
    expect(await names(metadata, "jurisdiction")).toEqual([]);
    expect(await names(metadata, "contract")).toEqual([INVOICE.name]);
    expect(await names(metadata, "")).toEqual([INVOICE.name]);
  });

  test("a new index is not stale", async () => {
    await using opened = await open();
    const { metadata } = opened;
    expect(await metadata.searchIsStale()).toBe(false);
    await metadata.transaction((tx) => tx.markSearchCurrent());
    expect(await metadata.searchIsStale()).toBe(false);
  });

  test("the search right after a commit finds what it wrote", async () => {
    await using opened = await open();
    for (const index of Array.from({ length: 20 }).keys()) {
      await addDocuments(opened.metadata, [sampleDocument(`@acme/fresh-${index}`)]);
      expect((await find(opened.metadata, "fresh")).total).toBe(index + 1);
    }
  });

  test("a very long body is found by its beginning", async () => {
    await using opened = await open();
    await addDocuments(opened.metadata, [
      sampleDocument("@acme/long", { body: `needle ${"hay ".repeat(400_000)}` }),
    ]);
    expect(await names(opened.metadata, "needle hay")).toEqual(["@acme/long"]);
  });
}
