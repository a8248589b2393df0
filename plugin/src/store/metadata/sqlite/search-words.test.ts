import { expect, test } from "vitest";
import { indexed, matchExpression, words } from "./search-words.ts";

test("words are letters and digits, in lower case and without accents", () => {
  expect(words("@Acme/Legal-Documents_v2 (Zürich)")).toEqual(["acme", "legal", "documents", "v2", "zurich"]);
  expect(words("🎉 … ?! \0")).toEqual([]);
});

test("a word is cut at 64 letters, in skills as in queries", () => {
  expect(words("x".repeat(100))).toEqual(["x".repeat(64)]);
});

test("every word is indexed for its stem, and once more as it is", () => {
  expect(indexed("Poly poly 7")).toBe("poly poly 7 ｐｏｌｙ 7");
});

test("a query asks for every word, and for the last one as a beginning too", () => {
  expect(matchExpression("Legal legal docu")).toBe('"legal" AND ("docu" OR "ｄｏｃｕ"*)');
  expect(matchExpression('"a" OR *')).toBe('"a" AND ("or" OR "ｏｒ"*)');
  expect(matchExpression(" ?! ")).toBeUndefined();
});

test("no more than 32 words of a query count", () => {
  const query = Array.from({ length: 1_000 }, (_, index) => `w${index}`).join(" ");
  expect(matchExpression(query)?.split(" AND ")).toHaveLength(32);
});
