import { describe, expect, test } from "vitest";
import type { OpenMetadata } from "./metadata.ts";
import { addDocuments, sampleDocument } from "./samples.ts";
import { find, INVOICE, LEGAL, names } from "./search-samples.ts";

/** Words with typos, words half typed, phrases, exclusions, and sentences. Registered by `describeSearch`. */
export function describeWords(open: OpenMetadata): void {
  describe("with a typo", () => {
    describeTypos(open);
  });
  describe("typed in part", () => {
    describeBeginnings(open);
  });
  describe("side by side", () => {
    describePhrases(open);
  });
  describe("too many", () => {
    describeRelaxed(open);
  });
}

function describeTypos(open: OpenMetadata): void {
  test.each([
    ["a letter too many", "documeents"],
    ["a letter too few", "docments"],
    ["another letter", "dokuments"],
    ["two letters the other way round", "docuemnts"],
    ["another first letter", "cocuments"],
    ["a typo in a short word", "lwa"],
    ["a typo in the namespace", "acmee"],
    ["a typo in a keyword", "contrakts zurich"],
    ["a typo in the description", "zurlch"],
    ["a typo in a heading", "jurisprudenze"],
    ["a typo beside a right word", "legal documnts"],
    ["a typo in a word that is typed on", "dokument"],
  ])("%s is forgiven", async (_, text) => {
    await using opened = await open();
    await addDocuments(opened.metadata, [{ ...LEGAL, headings: ["Jurisprudence"] }, INVOICE]);
    const page = await find(opened.metadata, text);
    expect(page.hits.map((hit) => hit.name)).toEqual([LEGAL.name]);
    expect(page.corrections).toEqual([
      { word: expect.any(String), corrected: expect.arrayContaining([expect.any(String)]) },
    ]);
    expect(page.relaxed).toBe(false);
  });

  test.each([
    ["two typos in a word", "dokumemts"],
    ["a typo in two letters", "lx"],
    ["another letter in three", "lab"],
    ["a typo in a word of the body alone", "polymmer "],
  ])("%s is not", async (_, text) => {
    await using opened = await open();
    await addDocuments(opened.metadata, [LEGAL]);
    expect(await find(opened.metadata, text)).toMatchObject({ total: 0, corrections: [] });
  });

  test("says which words it looked for, the most frequent first", async () => {
    await using opened = await open();
    await addDocuments(opened.metadata, [
      sampleDocument("@acme/lint"),
      sampleDocument("@acme/mint"),
      sampleDocument("@globex/mint"),
      sampleDocument("@acme/unrelated"),
    ]);
    const page = await find(opened.metadata, "zint");
    expect(page.corrections).toEqual([{ word: "zint", corrected: ["mint", "lint"] }]);
    expect(page.total).toBe(3);
  });

  test("a word that some skill has is never corrected", async () => {
    await using opened = await open();
    await addDocuments(opened.metadata, [
      sampleDocument("@acme/form-filler"),
      sampleDocument("@acme/other", { body: "foam" }),
    ]);
    expect(await find(opened.metadata, "foam ")).toMatchObject({
      hits: [{ name: "@acme/other" }],
      corrections: [],
    });
  });

  test("words of skills that are gone are no corrections", async () => {
    await using opened = await open();
    const { metadata } = opened;
    await addDocuments(metadata, [LEGAL, sampleDocument("@acme/documents")]);
    const id = (await metadata.package(LEGAL.name))?.id ?? 0;
    await metadata.transaction((tx) => tx.putSearchDocument(id, { ...LEGAL, keywords: [] }));
    expect((await find(metadata, "contrakts ")).corrections).toEqual([
      { word: "contrakts", corrected: ["contracts"] },
    ]);
    await metadata.transaction((tx) => tx.deleteSearchDocument(id));
    expect(await find(metadata, "contrakts ")).toMatchObject({ total: 0, corrections: [] });
    expect(await names(metadata, "documnts ")).toEqual(["@acme/documents"]);
  });
}

function describeBeginnings(open: OpenMetadata): void {
  test("the whole word comes before words that begin so", async () => {
    await using opened = await open();
    await addDocuments(opened.metadata, [
      sampleDocument("@acme/lint-er", { description: "lint once" }),
      sampleDocument("@acme/a-linter", { description: "linter linters" }),
      sampleDocument("@acme/b-linter", { description: "linter" }),
      ...Array.from({ length: 10 }, (_, index) => sampleDocument(`@acme/filler-${index}`)),
    ]);
    expect((await names(opened.metadata, "lint"))[0]).toBe("@acme/lint-er");
    expect(await names(opened.metadata, "lint")).toHaveLength(3);
    expect(await names(opened.metadata, "lint ")).toEqual(["@acme/lint-er"]);
  });

  test("two words find a skill that writes them as one", async () => {
    await using opened = await open();
    await addDocuments(opened.metadata, [
      sampleDocument("@acme/landingpage"),
      sampleDocument("@acme/landing", { body: "page" }),
      sampleDocument("@acme/landing-strip"),
    ]);
    expect(await names(opened.metadata, "landing page")).toEqual(["@acme/landingpage", "@acme/landing"]);
  });
}

function describePhrases(open: OpenMetadata): void {
  test("words in quotes stand side by side, in any form", async () => {
    await using opened = await open();
    await addDocuments(opened.metadata, [
      LEGAL,
      sampleDocument("@acme/apart", { description: "contracts for review" }),
    ]);
    expect(await names(opened.metadata, '"review contracts"')).toEqual([LEGAL.name]);
    expect(await names(opened.metadata, '"reviewing contract')).toEqual([LEGAL.name]);
    expect(await names(opened.metadata, '"contracts review"')).toEqual([]);
    expect(await names(opened.metadata, 'zurich "review contracts"')).toEqual([LEGAL.name]);
  });

  test("a phrase does not reach from one field or keyword into the next", async () => {
    await using opened = await open();
    await addDocuments(opened.metadata, [LEGAL]);
    for (const text of ['"documents law"', '"law contracts"', '"courts start"']) {
      expect(await names(opened.metadata, text)).toEqual([]);
    }
  });

  test("excluded words and phrases are nowhere in what is found", async () => {
    await using opened = await open();
    await addDocuments(opened.metadata, [LEGAL, INVOICE]);
    expect(await names(opened.metadata, "contract -polymer")).toEqual([INVOICE.name]);
    expect(await names(opened.metadata, "contract -contracts")).toEqual([]);
    expect(await names(opened.metadata, '-"writes an invoice"')).toEqual([LEGAL.name]);
    expect(await names(opened.metadata, `-${INVOICE.name}`)).toEqual([LEGAL.name]);
    expect((await find(opened.metadata, "contract -polymer")).total).toBe(1);
  });

  test("characters of a script without spaces are found as they follow each other", async () => {
    await using opened = await open();
    await addDocuments(opened.metadata, [sampleDocument("@acme/cjk", { description: "用于审查合同的技能" })]);
    expect(await names(opened.metadata, "审查合同")).toEqual(["@acme/cjk"]);
    expect(await names(opened.metadata, "合同审查")).toEqual([]);
  });
}

function describeRelaxed(open: OpenMetadata): void {
  test("when no skill has all words, those with more and rarer ones are found, and it is said", async () => {
    await using opened = await open();
    await addDocuments(opened.metadata, [
      sampleDocument("@acme/common", { description: "alpha" }),
      sampleDocument("@acme/rare", { description: "beta" }),
      sampleDocument("@acme/both", { description: "alpha beta" }),
      ...Array.from({ length: 10 }, (_, index) =>
        sampleDocument(`@acme/a-${index}`, { description: "alpha" }),
      ),
      ...Array.from({ length: 50 }, (_, index) => sampleDocument(`@acme/b-${index}`)),
    ]);
    const page = await find(opened.metadata, "alpha beta unicorn ", { size: 100 });
    expect(page).toMatchObject({ relaxed: true, total: 13 });
    expect(page.hits.slice(0, 2).map((hit) => hit.name)).toEqual(["@acme/both", "@acme/rare"]);
    expect(await find(opened.metadata, "alpha beta")).toMatchObject({ relaxed: false, total: 1 });
    expect(await find(opened.metadata, "unicorn dragon")).toMatchObject({ relaxed: false, total: 0 });
  });

  test("filters and exclusions still hold", async () => {
    await using opened = await open();
    await addDocuments(opened.metadata, [LEGAL, INVOICE]);
    expect(await names(opened.metadata, "namespace:globex contract unicorn")).toEqual([INVOICE.name]);
    expect(await names(opened.metadata, "contract unicorn -accounting")).toEqual([LEGAL.name]);
  });

  test("a sentence whose words some long text happens to have finds the skill that is about it", async () => {
    await using opened = await open();
    const words = "write commit message release style git history change team";
    await addDocuments(opened.metadata, [
      sampleDocument("@acme/handbook", { body: `${words} filler `.repeat(50) }),
      sampleDocument("@acme/commit-messages", { description: "Writes the message of a commit" }),
      ...Array.from({ length: 10 }, (_, index) => sampleDocument(`@acme/filler-${index}`)),
    ]);
    const page = await find(opened.metadata, "how do I write the commit message for my team");
    expect(page.hits.map((hit) => hit.name)).toEqual(["@acme/commit-messages", "@acme/handbook"]);
  });
}
