import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Metadata, SearchDocument, SearchPage } from "../../plugin/src/store/metadata.ts";
import type { OpenMetadata } from "./metadata.ts";
import { AT, LATER, addDocuments, sampleDocument } from "./samples.ts";

/** What people find, and in which order. Registered by `describeMetadata`. */
export function describeSearch(open: OpenMetadata): void {
  describe("matching", () => {
    describeMatching(open);
  });
  describe("order and pages", () => {
    describeOrder(open);
  });
  describe("the index", () => {
    describeIndex(open);
  });
  describe("any text", () => {
    describeAnyText(open);
  });
}

const LEGAL = sampleDocument("@acme/legal-documents", {
  version: "1.2.0",
  description: "Draft and review contracts for Zürich courts",
  keywords: ["law", "contracts"],
  license: null,
  publisher: "alice",
  publishedAt: LATER,
  body: "Start with the jurisdiction. Then testing follows, polymer by polymer.",
});
const INVOICE = sampleDocument("@globex/invoice", {
  description: "Writes an invoice",
  keywords: ["accounting"],
  body: "A contract may precede it.",
});

function describeMatching(open: OpenMetadata): void {
  test.each([
    ["the full name", "@acme/legal-documents"],
    ["the name of the skill", "legal-documents"],
    ["the name as two words", "legal documents"],
    ["the words the other way round", "documents legal"],
    ["other separators", "legal_documents"],
    ["upper case", "LEGAL DOCUMENTS"],
    ["the namespace", "acme"],
    ["a keyword", "law"],
    ["a word of the description", "courts"],
    ["a word of the body", "jurisdiction"],
    ["words split between name and body", "legal jurisdiction"],
    ["words split between body and description", "polymer zurich draft"],
    ["the beginning of a word", "juris"],
    ["the beginning of the last word", "legal docu"],
    ["one letter of the last word", "legal d"],
    ["a beginning that ends like a suffix", "poly"],
    ["a beginning that cuts a suffix", "testin"],
    ["singular for plural", "document"],
    ["another form of a word", "reviewing legal"],
    ["accents typed", "zürich"],
    ["accents left out", "zurich"],
    ["a word twice", "legal legal"],
    ["spaces around", "  legal\t\n"],
  ])("finds by %s", async (_, text) => {
    await using opened = await open();
    await addDocuments(opened.metadata, [LEGAL, sampleDocument("@globex/unrelated")]);
    expect(await names(opened.metadata, text)).toEqual(["@acme/legal-documents"]);
  });

  test.each([
    ["a word that is nowhere", "legal unicorns"],
    ["a beginning that is not the last word", "juris legal"],
    ["the end of a word", "diction"],
    ["the name of another skill", "invoices of acme"],
    ["no letter or digit", "?!"],
    ["an emoji", "🎉"],
  ])("does not find by %s", async (_, text) => {
    await using opened = await open();
    await addDocuments(opened.metadata, [LEGAL]);
    expect(await find(opened.metadata, text)).toEqual({ total: 0, hits: [] });
  });

  test("a hit shows the document without its body", async () => {
    await using opened = await open();
    await addDocuments(opened.metadata, [LEGAL]);
    const { body: _, ...shown } = LEGAL;
    expect((await find(opened.metadata, "law")).hits).toEqual([{ ...shown, score: 1 }]);
  });

  test("folds accents and case in skills as in queries", async () => {
    await using opened = await open();
    await addDocuments(opened.metadata, [
      sampleDocument("@acme/cv", { description: "Résumé schreiben für ÖSTERREICH" }),
    ]);
    for (const text of ["resume", "résumé", "RÉSUMÉ", "osterreich", "österreich", "fur"]) {
      expect(await names(opened.metadata, text)).toEqual(["@acme/cv"]);
    }
  });

  test("other scripts are found by their words", async () => {
    await using opened = await open();
    await addDocuments(opened.metadata, [
      sampleDocument("@acme/cyrillic", { description: "Проверка договоров" }),
    ]);
    expect(await names(opened.metadata, "договоров")).toEqual(["@acme/cyrillic"]);
    expect(await names(opened.metadata, "ПРОВ")).toEqual(["@acme/cyrillic"]);
  });
}

function describeOrder(open: OpenMetadata): void {
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
    expect(await find(opened.metadata, "", { from: 9, size: 5 })).toEqual({ total: 3, hits: [] });
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
    expect(await find(opened.metadata, "common", { from: 0, size: 0 })).toEqual({ total: 12, hits: [] });
    expect(await find(opened.metadata, "common", { from: 500, size: 10 })).toEqual({ total: 12, hits: [] });
  });
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

function describeAnyText(open: OpenMetadata): void {
  test.each([
    ["a quote", 'legal"'],
    ["two quotes", '"legal" "documents"'],
    ["an apostrophe", "legal'"],
    ["operators", "legal OR documents"],
    ["a negation", "legal NOT documents"],
    ["NEAR", "NEAR(legal documents, 2)"],
    ["a column filter", "name:legal"],
    ["a column list", "{name keywords}: legal"],
    ["a star", "leg*"],
    ["a lone star", "*"],
    ["a caret", "^legal"],
    ["a minus", "-legal"],
    ["parentheses", "((legal"],
    ["a plus", "legal + documents"],
    ["NUL", "legal\0documents"],
    ["a lone surrogate", "legal \ud800"],
    ["a semicolon and a comment", "legal'; drop table accounts; --"],
    ["a percent sign and an underscore", "leg%al _"],
    ["an emoji", "legal 🎉"],
    ["ten thousand letters", "x".repeat(10_000)],
    ["ten thousand letters in words", "legal ".repeat(1_700)],
    ["two thousand different words", Array.from({ length: 2_000 }, (_, index) => `w${index}`).join(" ")],
    ["full-width letters", "ｌｅｇａｌ"],
    ["combining marks alone", "\u0301\u0308"],
  ])("%s is only text", async (_, text) => {
    await using opened = await open();
    await addDocuments(opened.metadata, [LEGAL, INVOICE]);
    const page = await find(opened.metadata, text);
    expect(page.hits).toHaveLength(page.total);
    expect(await names(opened.metadata, "legal")).toEqual([LEGAL.name]);
  });

  test("words of the query language are words", async () => {
    await using opened = await open();
    await addDocuments(opened.metadata, [LEGAL, sampleDocument("@acme/legal-or-documents-not-near")]);
    expect(await names(opened.metadata, "legal OR documents")).toEqual(["@acme/legal-or-documents-not-near"]);
    expect(await names(opened.metadata, "legal NOT near")).toEqual(["@acme/legal-or-documents-not-near"]);
  });

  test("full-width letters are folded like others", async () => {
    await using opened = await open();
    await addDocuments(opened.metadata, [LEGAL, INVOICE]);
    expect(await names(opened.metadata, "ｌｅｇａｌ")).toEqual([LEGAL.name]);
  });

  test("no text at all makes it fail", async () => {
    await using opened = await open();
    await addDocuments(opened.metadata, [LEGAL, INVOICE]);
    const anyText = fc.oneof(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc
        .array(
          fc.constantFrom('"', "'", "*", "(", ")", "AND", "OR", "NOT", "NEAR(", ":", "^", "-", "legal", " "),
        )
        .map((parts) => parts.join("")),
    );
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        const page = await find(opened.metadata, text);
        expect(page.hits).toHaveLength(page.total);
        expect(page.total).toBeLessThanOrEqual(2);
      }),
      { numRuns: 300 },
    );
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

function find(
  metadata: Metadata,
  text: string,
  page: { from: number; size: number } = { from: 0, size: 20 },
): Promise<SearchPage> {
  return metadata.search({ text, ...page });
}

async function names(metadata: Metadata, text: string): Promise<string[]> {
  return (await find(metadata, text)).hits.map((hit) => hit.name);
}
