import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseQuery } from "./query.ts";

const NOTHING = {
  words: [],
  prefix: false,
  name: null,
  phrases: [],
  excluded: [],
  filters: [],
  hasScripts: null,
  deprecated: null,
  updated: { from: null, before: null },
};

describe("parseQuery", () => {
  it.each([
    ["", {}],
    ["  \t\n", {}],
    ["Legal Zürich", { words: ["legal", "zurich"], prefix: true, name: "legal-zurich" }],
    ["legal ", { words: ["legal"], prefix: false, name: "legal" }],
    ["legal-documents", { words: ["legal", "documents"], prefix: true, name: "legal-documents" }],
    ["pdf PDF", { words: ["pdf"], prefix: true, name: "pdf-pdf" }],
    ["legal documents legal", { words: ["documents", "legal"], prefix: true, name: "legal-documents-legal" }],
    [
      "how to review the contract",
      { words: ["review", "contract"], prefix: true, name: "how-to-review-the-contract" },
    ],
    ["how to", { words: ["how", "to"], prefix: true, name: "how-to" }],
    ["pdf for", { words: ["pdf"], prefix: false, name: "pdf-for" }],
    ['"pull request"', { phrases: [["pull", "request"]], name: "pull-request" }],
    [
      'review "pull request',
      { words: ["review"], phrases: [["pull", "request"]], name: "review-pull-request" },
    ],
    ['"pdf"', { words: ["pdf"], name: "pdf" }],
    ['the "pull request"', { phrases: [["pull", "request"]], name: "the-pull-request" }],
    ["合同审查", { phrases: [["合", "同", "审", "查"]], name: "合-同-审-查" }],
    ["pdf -draft", { words: ["pdf"], excluded: [["draft"]], name: "pdf" }],
    [
      '-"first draft" -legal-documents',
      {
        excluded: [
          ["first", "draft"],
          ["legal", "documents"],
        ],
      },
    ],
    ["- -- -?", {}],
    ["foo:bar", { words: ["foo", "bar"], prefix: true, name: "foo-bar" }],
    ["has:tests is:nice", { words: ["tests", "nice"], prefix: true, name: "has-tests-is-nice" }],
    ["🎉", { words: ["\ufffd"] }],
    ["pdf 🎉", { words: ["pdf"], name: "pdf" }],
  ])("reads %j", (text, expected) => {
    expect(parseQuery(text)).toEqual({ ...NOTHING, ...expected });
  });

  it.each([
    ["namespace:Acme", [{ field: "namespace", value: "acme", negated: false }]],
    ["scope:@acme", [{ field: "namespace", value: "acme", negated: false }]],
    [
      "keywords:pdf,Word",
      [
        { field: "keyword", value: "pdf", negated: false },
        { field: "keyword", value: "word", negated: false },
      ],
    ],
    ['keyword:"Pull, Request"', [{ field: "keyword", value: "pull, request", negated: false }]],
    ["LICENSE:Apache-2.0", [{ field: "license", value: "apache-2.0", negated: false }]],
    ["licence:mit", [{ field: "license", value: "mit", negated: false }]],
    ["maintainer:Zoë", [{ field: "author", value: "zoe", negated: false }]],
    ["-agent:codex", [{ field: "agent", value: "codex", negated: true }]],
    ["-@acme/", [{ field: "namespace", value: "acme", negated: true }]],
    ["namespace:", []],
    ['author:""', []],
    ["keyword:,", []],
  ])("takes %j for a qualifier", (text, filters) => {
    expect(parseQuery(text)).toEqual({ ...NOTHING, filters });
  });

  it("takes a full name for the skill of that name", () => {
    expect(parseQuery("@acme/legal-docu")).toEqual({
      ...NOTHING,
      words: ["legal", "docu"],
      prefix: true,
      name: "acme-legal-docu",
      filters: [{ field: "namespace", value: "acme", negated: false }],
    });
    expect(parseQuery("@acme/").filters).toEqual([{ field: "namespace", value: "acme", negated: false }]);
    expect(parseQuery("@acme/").words).toEqual([]);
    expect(parseQuery("-@acme/pdf").excluded).toEqual([["acme", "pdf"]]);
    expect(parseQuery("@acme").words).toEqual(["acme"]);
  });

  it("asks for flags and their contrary", () => {
    expect(parseQuery("has:scripts IS:Deprecated")).toEqual({
      ...NOTHING,
      hasScripts: true,
      deprecated: true,
    });
    expect(parseQuery("-has:scripts -is:deprecated")).toEqual({
      ...NOTHING,
      hasScripts: false,
      deprecated: false,
    });
  });

  it.each([
    [">2026-01-31", "2026-02-01", null],
    [">=2026-01-31", "2026-01-31", null],
    ["<2026-01-31", null, "2026-01-31"],
    ["<=2026-01-31", null, "2026-02-01"],
    ["2026-01-31", "2026-01-31", "2026-02-01"],
    ["2024-02", "2024-02-01", "2024-03-01"],
    ["2026", "2026-01-01", "2027-01-01"],
    [">2026", "2027-01-01", null],
    ["2026-01..2026-03", "2026-01-01", "2026-04-01"],
    ["2026-01..", "2026-01-01", null],
    ["..2026-03-01", null, "2026-03-02"],
    ["0026-01-01", "0026-01-01", "0026-01-02"],
  ])("reads the time updated:%s", (time, from, before) => {
    const midnight = (day: string | null): string | null => day && `${day}T00:00:00.000Z`;
    expect(parseQuery(`updated:${time}`)).toEqual({
      ...NOTHING,
      updated: { from: midnight(from), before: midnight(before) },
    });
  });

  it("takes what several times have in common", () => {
    expect(parseQuery("updated:>=2026-01 updated:2025..2026-02 updated:<2027").updated).toEqual({
      from: "2026-01-01T00:00:00.000Z",
      before: "2026-03-01T00:00:00.000Z",
    });
    expect(parseQuery("updated:<=9999").updated.before).toBe("9999-12-31T23:59:59.999Z");
  });

  it.each([
    "yesterday",
    ">",
    "2026-13",
    "2026-02-30",
    "2026-1-1",
    "2026-01-01T10:00",
    "a..b",
    "..2026-99",
    "-2026",
  ])("refuses updated:%s, naming it", (time) => {
    expect(() => parseQuery(`pdf updated:${time}`)).toThrow(
      expect.objectContaining({ code: "EBADREQUEST", message: expect.stringContaining(time) }),
    );
  });

  it("refuses to exclude a time", () => {
    expect(() => parseQuery("-updated:2026")).toThrow(expect.objectContaining({ code: "EBADREQUEST" }));
  });

  it("does not ask for more than 32 of anything, and takes 10 kB in no time", () => {
    const many = Array.from({ length: 2_000 }, (_, index) => `w${index}`);
    expect(parseQuery(many.join(" ")).words).toHaveLength(32);
    expect(parseQuery(many.join("-")).words).toHaveLength(32);
    expect(parseQuery(`"${many.join(" ")}"`).phrases[0]).toHaveLength(32);
    expect(parseQuery(`keyword:${many.join(",")}`).filters.length).toBeLessThanOrEqual(32);
    const started = performance.now();
    for (const text of ['"', "-", "a:", "@/", "a-", "\ud800", "\0 "]) parseQuery(text.repeat(10_000));
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it("reads every text, or says that a time is none", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 100 }),
      fc
        .array(
          fc.constantFrom(
            '"',
            "-",
            ":",
            "@",
            "/",
            " ",
            "namespace:",
            "updated:",
            "2026",
            ">",
            "..",
            "a",
            "é",
          ),
        )
        .map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(text, (typed) => {
        try {
          const { words, phrases, excluded } = parseQuery(typed);
          for (const word of [words, ...phrases, ...excluded].flat())
            expect(word).toMatch(/^[\p{L}\p{N}\p{M}\ufffd]+$/u);
        } catch (error) {
          expect(error).toMatchObject({ code: "EBADREQUEST" });
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
