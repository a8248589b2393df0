import { expect, test } from "vitest";
import type { SearchDocument, SearchPage } from "../../plugin/src/store/search.ts";
import type { OpenMetadata } from "./metadata.ts";
import { addDocuments, AT, LATER, sampleDocument } from "./samples.ts";
import { find, names } from "./search-samples.ts";

/** In which order they come, and page by page. Registered by `describeSearch`. */
export function describeOrder(open: OpenMetadata): void {
  test("the skill of that name comes first, then heads, then bodies", async () => {
    await using opened = await open();
    await addDocuments(opened.metadata, [
      sampleDocument("@acme/a-body", { body: "pdf pdf pdf pdf" }),
      sampleDocument("@acme/b-description", { description: "Reads a pdf" }),
      sampleDocument("@acme/c-pdf-pdf-pdf", { keywords: ["pdf"], description: "pdf pdf pdf" }),
      sampleDocument("@acme/pdf", {
        description: "Something with a long text that says little about what it is for",
      }),
    ]);
    expect(await names(opened.metadata, "pdf")).toEqual([
      "@acme/pdf",
      "@acme/c-pdf-pdf-pdf",
      "@acme/b-description",
      "@acme/a-body",
    ]);
  });

  test("a word in the name counts more than one in the keywords, and that more than one in the description", async () => {
    await using opened = await open();
    await addDocuments(opened.metadata, [
      sampleDocument("@acme/x-one", { description: "fusion alpha beta", keywords: ["gamma"] }),
      sampleDocument("@acme/x-two", { description: "gamma alpha beta", keywords: ["fusion"] }),
      sampleDocument("@acme/x-fusion", { description: "gamma alpha beta", keywords: ["delta"] }),
      ...Array.from({ length: 10 }, (_, index) => sampleDocument(`@acme/filler-${index}`)),
    ]);
    expect(await names(opened.metadata, "fusion")).toEqual(["@acme/x-fusion", "@acme/x-two", "@acme/x-one"]);
  });

  test("the full name picks one of several skills of that name", async () => {
    await using opened = await open();
    await addDocuments(opened.metadata, [
      sampleDocument("@acme/invoice"),
      sampleDocument("@globex/invoice"),
      sampleDocument("@initech/invoice-globex"),
    ]);
    expect((await names(opened.metadata, "@globex/invoice"))[0]).toBe("@globex/invoice");
    expect((await names(opened.metadata, "globex invoice"))[0]).toBe("@globex/invoice");
    expect((await names(opened.metadata, "invoice")).slice(0, 2)).toEqual([
      "@acme/invoice",
      "@globex/invoice",
    ]);
  });

  test("deprecated skills sink below all others", async () => {
    await using opened = await open();
    await addDocuments(opened.metadata, [
      sampleDocument("@acme/pdf-tools", { description: "pdf pdf", deprecated: true }),
      sampleDocument("@acme/zzz", { body: "mentions pdf once" }),
      sampleDocument("@acme/pdf-maker"),
    ]);
    expect(await names(opened.metadata, "pdf")).toEqual(["@acme/pdf-maker", "@acme/zzz", "@acme/pdf-tools"]);
    expect((await names(opened.metadata, "")).at(-1)).toBe("@acme/pdf-tools");
  });

  test("a deprecated skill is still the answer to its own name, after a live one of that name", async () => {
    await using opened = await open();
    await addDocuments(opened.metadata, [
      sampleDocument("@acme/pdf", { deprecated: true }),
      sampleDocument("@globex/pdf"),
      sampleDocument("@initech/pdf-tools"),
    ]);
    expect(await names(opened.metadata, "@acme/pdf")).toEqual(["@acme/pdf"]);
    expect(await names(opened.metadata, "pdf")).toEqual(["@globex/pdf", "@acme/pdf", "@initech/pdf-tools"]);
  });

  test("no text lists everything, newest first, equal times by name", async () => {
    await using opened = await open();
    await addDocuments(opened.metadata, [
      sampleDocument("@acme/b"),
      sampleDocument("@acme/new", { publishedAt: LATER }),
      sampleDocument("@acme/a"),
    ]);
    for (const text of ["", " \t"]) {
      expect(await names(opened.metadata, text)).toEqual(["@acme/new", "@acme/a", "@acme/b"]);
    }
    expect((await find(opened.metadata, "", { from: 2, size: 5 })).total).toBe(3);
    expect(await find(opened.metadata, "", { from: 9, size: 5 })).toMatchObject({ total: 3, hits: [] });
  });

  test("pages of any size put together are the whole, each skill once, with the same total and scores", async () => {
    await using opened = await open();
    await addDocuments(opened.metadata, mixedDocuments(60));
    for (const text of ["common", "common shared", "common-7", "shared w", ""]) {
      const whole = await find(opened.metadata, text, { from: 0, size: 1_000 });
      expect(whole.hits).toHaveLength(whole.total);
      expect(new Set(whole.hits.map((hit) => hit.name)).size).toBe(whole.total);
      for (const size of [1, 7, 20]) {
        const pages: SearchPage[] = [];
        for (let from = 0; from < whole.total; from += size)
          pages.push(await find(opened.metadata, text, { from, size }));
        expect(pages.flatMap((page) => page.hits)).toEqual(whole.hits);
        expect(new Set(pages.map((page) => page.total))).toEqual(new Set([whole.total]));
      }
    }
  });

  test("scores fall from 1 and stay above 0", async () => {
    await using opened = await open();
    await addDocuments(opened.metadata, mixedDocuments(60));
    const scores = (await find(opened.metadata, "common", { from: 0, size: 100 })).hits.map(
      (hit) => hit.score,
    );
    expect(scores[0]).toBe(1);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    expect(Math.min(...scores)).toBeGreaterThan(0);
  });

  test("a page of nothing and a page behind the end know the total", async () => {
    await using opened = await open();
    await addDocuments(opened.metadata, mixedDocuments(12));
    expect(await find(opened.metadata, "common", { from: 0, size: 0 })).toMatchObject({
      total: 12,
      hits: [],
    });
    expect(await find(opened.metadata, "common", { from: 500, size: 10 })).toMatchObject({
      total: 12,
      hits: [],
    });
  });
}

/** All match "common", in every way there is; many are equal in everything but their name. */
function mixedDocuments(count: number): SearchDocument[] {
  return Array.from({ length: count }, (_, index) =>
    sampleDocument(`@acme/${index % 3 === 0 ? "common" : "skill"}-${index}`, {
      description: index % 3 === 1 ? "common words" : "words",
      body: index % 3 === 2 ? "common shared" : "shared",
      deprecated: index % 5 === 0,
      publishedAt: index % 2 === 0 ? AT : LATER,
    }),
  );
}
