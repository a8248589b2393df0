import * as fc from "fast-check";
import { expect, test } from "vitest";
import { foldValue, placedWords, spelling, stem, words } from "./words.ts";

test("words are letters and digits, in lower case and without accents", () => {
  expect(words("@Acme/Legal-Documents_v2 (Zürich)")).toEqual(["acme", "legal", "documents", "v2", "zurich"]);
  expect(words("Straße, ΟΔΟΣ, İstanbul, ﬁne, ｗｉｄｅ")).toEqual([
    "strasse",
    "οδος",
    "istanbul",
    "fine",
    "wide",
  ]);
  expect(words("re\u0301sume\u0301")).toEqual(["resume"]);
  expect(words("🎉 … ?! \0 \ud800 \u0301")).toEqual([]);
});

test("each character of a script without spaces is a word", () => {
  expect(words("合同审查 pdf")).toEqual(["合", "同", "审", "查", "pdf"]);
  expect(words("᧠ ก")).toEqual(["ก"]);
  expect(words("契約書のPDF")).toEqual(["契", "約", "書", "の", "pdf"]);
});

test("a word is cut at 64 letters, and never through a character", () => {
  expect(words("x".repeat(100))).toEqual(["x".repeat(64)]);
  expect(words(`${"x".repeat(63)}\u{1d7d8}𐐨`)[0]?.isWellFormed()).toBe(true);
  expect(words(`x${"𐐨".repeat(100)}`)[0]).toBe(`x${"𐐨".repeat(31)}`);
});

test("forms of an English word have one stem, other words stay as they are", () => {
  expect(["test", "tests", "testing", "tested"].map(stem)).toEqual(["test", "test", "test", "test"]);
  expect(["as", "v2s", "договоров", "zurichs"].map(stem)).toEqual(["as", "v2s", "договоров", "zurich"]);
});

test("a place is where the word stands in the text as it was written", () => {
  const text = "In Zürich: ½ Re\u0301sume\u0301";
  const found = placedWords(text).map(({ word, start, end }) => [word, text.slice(start, end)]);
  expect(found).toEqual([
    ["in", "In"],
    ["zurich", "Zürich"],
    ["1", "½"],
    ["2", "½"],
    ["resume", "Re\u0301sume\u0301"],
  ]);
});

test("a capital ẞ is folded like the small one, by words and by placed words", () => {
  expect(words("GROẞ groß")).toEqual(["gross", "gross"]);
  expect(placedWords("GROẞ groß").map(({ word }) => word)).toEqual(["gross", "gross"]);
});

test("words and placed words are the same for every text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 100 }), (text) => {
      expect(words(text)).toEqual(placedWords(text).map(({ word }) => word));
      for (const word of words(text)) expect(words(word)).toEqual([word]);
    }),
    { numRuns: 2_000 },
  );
});

test("values compare without case, accents and white space around", () => {
  expect(foldValue("  Apache-2.0 ")).toBe("apache-2.0");
  expect(foldValue("Zoë\n Müller")).toBe("zoe muller");
  expect(foldValue("\0\ud800")).toBe("\ufffd");
});

test("all ways to write a name are one spelling", () => {
  for (const text of ["@acme/legal-documents", "acme legal documents", "ACME_Legal/documents"]) {
    expect(spelling(text)).toBe("acme-legal-documents");
  }
  expect(spelling("?!")).toBe("");
});
