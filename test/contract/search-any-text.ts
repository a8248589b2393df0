import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { OpenMetadata } from "./metadata.ts";
import { addDocuments, sampleDocument } from "./samples.ts";
import { find, INVOICE, LEGAL, names } from "./search-samples.ts";

/** No text is more than text. Registered by `describeSearch`. */
export function describeAnyText(open: OpenMetadata): void {
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
    expect(await names(opened.metadata, "legal NOT documents")).toEqual([
      "@acme/legal-or-documents-not-near",
    ]);
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
