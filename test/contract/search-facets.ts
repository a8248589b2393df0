import { expect, test } from "vitest";
import { FACET_VALUES_MAX } from "../../plugin/src/store/search.ts";
import type { OpenMetadata } from "./metadata.ts";
import { addDocuments, sampleDocument, sampleQuery } from "./samples.ts";
import { find } from "./search-samples.ts";

/** How many of what was found have which value. Registered by `describeSearch`. */
export function describeFacets(open: OpenMetadata): void {
  test("are counted over all matches, not over the page", async () => {
    await using opened = await open();
    await addDocuments(opened.metadata, [
      sampleDocument("@acme/pdf-a", {
        keywords: ["Law", "pdf"],
        agents: ["codex"],
        authors: ["bob"],
        hasScripts: true,
      }),
      sampleDocument("@acme/pdf-b", { keywords: ["law"], license: null, authors: ["alice", "bob"] }),
      sampleDocument("@globex/pdf-c", { body: "pdf", deprecated: true }),
      sampleDocument("@globex/other", { keywords: ["other"] }),
    ]);
    const page = await find(opened.metadata, "pdf", { size: 1, facets: true });
    expect(page).toMatchObject({ total: 3, hits: [{}] });
    expect(page.facets).toEqual({
      namespace: [
        { value: "acme", count: 2 },
        { value: "globex", count: 1 },
      ],
      keyword: [
        { value: "Law", count: 2 },
        { value: "pdf", count: 1 },
      ],
      agent: [{ value: "codex", count: 1 }],
      license: [{ value: "MIT", count: 2 }],
      author: [
        { value: "bob", count: 2 },
        { value: "alice", count: 1 },
      ],
      hasScripts: 1,
      deprecated: 1,
    });
    expect((await find(opened.metadata, "pdf")).facets).toBeNull();
  });

  test("follow every change, and count nothing that is gone", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const document = sampleDocument("@acme/a", { keywords: ["one"] });
    const keywords = async () => (await find(metadata, "", { facets: true })).facets?.keyword;
    await addDocuments(metadata, [document]);
    expect(await keywords()).toEqual([{ value: "one", count: 1 }]);
    const id = (await metadata.package("@acme/a"))?.id ?? 0;
    await metadata.transaction((tx) => tx.putSearchDocument(id, { ...document, keywords: ["two", "three"] }));
    expect(await keywords()).toEqual([
      { value: "three", count: 1 },
      { value: "two", count: 1 },
    ]);
    const failed = metadata.transaction(async (tx) => {
      await tx.putSearchDocument(id, { ...document, keywords: ["never"] });
      expect((await tx.search(sampleQuery("", { facets: true }))).facets?.keyword).toEqual([
        { value: "never", count: 1 },
      ]);
      throw new Error("rolled back");
    });
    await expect(failed).rejects.toThrow("rolled back");
    await addDocuments(metadata, [sampleDocument("@acme/b", { keywords: ["two"] })]);
    expect((await keywords())?.[0]).toEqual({ value: "two", count: 2 });
    await metadata.transaction((tx) => tx.deleteSearchDocument(id));
    expect(await keywords()).toEqual([{ value: "two", count: 1 }]);
  });

  test("only the most frequent values are listed, ties by value", async () => {
    await using opened = await open();
    const keyword = (index: number): string => `k${String(index).padStart(2, "0")}`;
    await addDocuments(
      opened.metadata,
      Array.from({ length: 30 }, (_, index) =>
        sampleDocument(`@acme/s-${index}`, { keywords: [keyword(index), keyword(29)] }),
      ),
    );
    const counts = (await find(opened.metadata, "", { facets: true })).facets?.keyword ?? [];
    expect(counts).toHaveLength(FACET_VALUES_MAX);
    expect(counts[0]).toEqual({ value: "k29", count: 30 });
    expect(counts.slice(1).map(({ value }) => value)).toEqual(
      Array.from({ length: FACET_VALUES_MAX - 1 }, (_, index) => keyword(index)),
    );
  });

  test("of nothing are empty", async () => {
    await using opened = await open();
    const none = {
      namespace: [],
      keyword: [],
      agent: [],
      license: [],
      author: [],
      hasScripts: 0,
      deprecated: 0,
    };
    for (const text of ["", "unicorn", "keyword:unicorn"]) {
      expect((await find(opened.metadata, text, { facets: true })).facets).toEqual(none);
    }
  });
}
