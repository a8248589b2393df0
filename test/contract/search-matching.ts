import { expect, test } from "vitest";
import type { OpenMetadata } from "./metadata.ts";
import { addDocuments, sampleDocument } from "./samples.ts";
import { find, LEGAL, names } from "./search-samples.ts";

/** Which skills a text finds. Registered by `describeSearch`. */
export function describeMatching(open: OpenMetadata): void {
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
    ["a word that is nowhere", "unicorns"],
    ["a beginning that is not the last word", "juris unicorns"],
    ["the beginning of a word behind which a space is typed", "juris "],
    ["the end of a word", "diction"],
    ["no letter or digit", "?!"],
    ["an emoji", "🎉"],
  ])("does not find by %s", async (_, text) => {
    await using opened = await open();
    await addDocuments(opened.metadata, [LEGAL]);
    expect(await find(opened.metadata, text)).toMatchObject({ total: 0, hits: [] });
  });

  test("a hit shows the document without its body", async () => {
    await using opened = await open();
    await addDocuments(opened.metadata, [LEGAL]);
    const { body: _, headings: __, dependencies: ___, authors: ____, ...shown } = LEGAL;
    expect((await find(opened.metadata, "law")).hits).toEqual([
      { ...shown, score: 1, reason: expect.anything(), likes: 0, downloads: 0, body: null },
    ]);
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
