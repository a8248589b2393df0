import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { highlight, type Marked, pageSnippets, snippet, withCorrections } from "./highlight.ts";
import { parseQuery } from "./query.ts";

describe("highlight marks", () => {
  test.each([
    ["a word in any case", "contract", "A Contract, a CONTRACT", "A [Contract], a [CONTRACT]"],
    ["other forms of a word", "testing", "Tests what was tested", "[Tests] what was [tested]"],
    ["words whose accents were not typed", "resume cafe", "a résumé in a Café", "a [résumé] in a [Café]"],
    ["accents of two characters", "resume", "a re\u0301sume\u0301.", "a [re\u0301sume\u0301]."],
    ["words whose accents were typed in vain", "résumé", "a resume", "a [resume]"],
    ["the beginning that is being typed", "legal doc", "legal documents", "[legal] [documents]"],
    ["no beginning once a space follows", "doc ", "documents", "documents"],
    ["no beginnings of words before the last", "leg doc", "legal doc", "legal [doc]"],
    [
      "phrases only where they stand together",
      '"data quality"',
      "quality data, data quality",
      "quality data, [data quality]",
    ],
    ["phrases in other forms", '"unit test"', "Unit tests", "[Unit tests]"],
    ["all words of a name", "pull-request", "pull the requests", "[pull] the [requests]"],
    ["parts of names", "review", "code-review_v2", "code-[review]_v2"],
    ["characters of scripts without spaces", "法律", "中文法律文件", "中文[法律]文件"],
    ["a word in a phrase once", 'data "data quality"', "data quality", "[data quality]"],
    ["nothing that was excluded", "law -court", "law and court", "[law] and court"],
    ["nothing for qualifiers", "namespace:acme law", "acme law", "acme [law]"],
    ["nothing without words", "is:deprecated", "is deprecated", "is deprecated"],
    ["nothing in an empty text", "law", "", ""],
  ])("%s", (_, query, text, expected) => {
    expect(shown(highlight(text, parseQuery(query)))).toBe(expected);
  });

  test("what was found in place of a word with a typo", () => {
    const query = withCorrections(parseQuery("contrat law "), [
      { word: "contrat", corrected: ["contract", "contrast"] },
    ]);
    expect(shown(highlight("Contracts and law", query))).toBe("[Contracts] and [law]");
  });

  test("marks are in order, within the text, and none overlaps another, whatever the text", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 60 }),
        fc.string({ unit: "grapheme", maxLength: 20 }),
        (text, query) => {
          const { marks } = highlight(
            `${text} law ${text}`,
            parseQuery(`"${query}" law ${query.replaceAll(":", "")}`),
          );
          let last = 0;
          for (const [start, end] of marks) {
            expect(start).toBeGreaterThanOrEqual(last);
            expect(end).toBeGreaterThan(start);
            last = end;
          }
          expect(last).toBeLessThanOrEqual(text.length * 2 + 5);
        },
      ),
    );
  });
});

describe("a snippet", () => {
  const FILLER = "This sentence has nothing of what is asked for. ";

  test("is the place with most of the words", () => {
    const body = `${FILLER.repeat(20)}A contract. ${FILLER.repeat(20)}Review the contract. ${FILLER.repeat(20)}A review.`;
    expect(shown(snippet(body, parseQuery("contract review")))).toMatch(
      /^…\[Review\] the \[contract\]\. This sentence/,
    );
  });

  test("has about the length that was asked for, and ends with whole words", () => {
    const found = snippet(
      FILLER.repeat(5) + "The contract. " + FILLER.repeat(20),
      parseQuery("contract"),
      100,
    );
    expect(found?.text.length).toBeGreaterThan(80);
    expect(found?.text.length).toBeLessThanOrEqual(102);
    expect(found?.text).toMatch(/^…?[A-Z].* (?:is|of|what|asked|nothing|sentence|has)…$/);
  });

  test("is null when nothing of the text is asked for", () => {
    expect(snippet("A contract.", parseQuery("court"))).toBeNull();
    expect(snippet("A contract.", parseQuery("license:mit"))).toBeNull();
    expect(snippet("", parseQuery("court"))).toBeNull();
  });

  test("leaves out frontmatter, that of the second skill of a pack included", () => {
    const skill = (name: string): string =>
      `---\nname: ${name}\ndescription: About law.\n---\n\nThe law of ${name}.\n`;
    expect(shown(snippet(`${skill("one")}\n\n${skill("two")}`, parseQuery("law")))).toBe(
      "The [law] of one. · The [law] of two.",
    );
  });

  test.each([
    ["a heading", "# The *law*\ntext", "The [law] · text"],
    ["emphasis", "**The** _law_ is ~~not~~ `here`", "The [law] is not here"],
    ["names with underscores", "the law_of_names", "the [law]_of_names"],
    ["a link", "[The law](https://example.com/law_(1) 'title') here", "The [law] here"],
    ["a link by reference", "[law][1]\n\n[1]: https://example.com/law", "[law]"],
    ["an image", "![a law book](book.png) law", "a [law] book [law]"],
    ["an address", "<https://example.com> law", "https://example.com [law]"],
    ["HTML", "<p align='left'>law<br/>here</p>", "[law] here"],
    ["placeholders, which are no HTML", "law <your-name>", "[law] <your-name>"],
    ["a list", "- law\n  1. [x] done\n* third", "[law] · done · third"],
    ["a quotation", "> law\n> and order", "[law] and order"],
    ["a table", "| law | order |\n|:--|--:|\n| 1 | 2 |", "[law] | order · 1 | 2"],
    ["a rule", "law\n\n---\n\n***\n\norder", "[law] · order"],
    ["an underlined heading", "The law\n=======\norder", "The [law] · order"],
    ["a comment", "<!-- hidden\nlaw -->\nthe law", "the [law]"],
    ["lines", "the\nlaw\r\nhere", "the [law] here"],
    ["an escape", "law \\* order", "[law] * order"],
    ["control characters and turned text", "law \u0000\u202eorder\u0007", "[law] order"],
    ["half a character", "law \ud800 order", "[law] \ufffd order"],
  ])("shows %s as text", (_, markdown, expected) => {
    expect(shown(snippet(markdown, parseQuery("law ")))).toBe(expected);
  });

  test("shows code only where nothing else matches", () => {
    const body = "# Use\n\n```sh\nrun law\n```\n\nThe law.\n\n~~~\norder\n~~~\n";
    expect(shown(snippet(body, parseQuery("law ")))).toBe("Use · The [law].");
    expect(shown(snippet(body, parseQuery("order ")))).toBe("Use · run law · The law. · [order]");
  });

  test("marks what it shows, and no more, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        const found = snippet(`law ${text} law`, parseQuery("law "));
        for (const [start, end] of found?.marks ?? []) expect(found?.text.slice(start, end)).toMatch(/law/i);
        expect(found?.text ?? "").not.toMatch(/[\n\r\0]/);
        expect((found?.text ?? "").isWellFormed()).toBe(true);
      }),
    );
  });

  test.each([
    "[",
    "[](",
    "[a](b(",
    "![x][",
    "<",
    "<a ",
    "*",
    "_a ",
    "`",
    "|",
    "---\nname: x\n\n",
    "<!-- ",
    "```\n",
    "a_b ",
    "> ",
    "é ",
    "漢字",
    "1. ",
    " ",
    "> >",
    "| ",
    "- ",
    "# ",
    "\\",
    "](",
    "a|",
    "word ",
  ])("takes bounded time for a megabyte of %j", (part) => {
    const body = `${part.repeat(Math.ceil(60_000 / part.length))}x\n${part.repeat(Math.ceil(1_000_000 / part.length))}`;
    const started = performance.now();
    snippet(body, parseQuery('zebra "black white"'));
    // Some 100 ms at most on a free machine; what is quadratic takes many seconds.
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});

test("the snippets of a page take bounded time together, and those that come too late are left out", () => {
  const slow = "é ".repeat(30_000);
  const snippetOf = pageSnippets(parseQuery('zebra "black white"'));
  expect(shown(snippetOf("A zebra."))).toBe("A [zebra].");
  const started = performance.now();
  for (let hit = 0; hit < 1_000; hit += 1) snippetOf(slow);
  // One after the other they would take a minute.
  expect(performance.now() - started).toBeLessThan(3_000);
  expect(snippetOf("A zebra.")).toBeNull();
});

/** The text with brackets around its marks. */
function shown(marked: Marked | null): string | null {
  if (marked === null) return null;
  let text = "";
  let at = 0;
  for (const [start, end] of marked.marks) {
    text += `${marked.text.slice(at, start)}[${marked.text.slice(start, end)}]`;
    at = end;
  }
  return text + marked.text.slice(at);
}
