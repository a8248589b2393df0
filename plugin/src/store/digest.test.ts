import { describe, expect, test } from "vitest";
import { digestOf, digestOfIntegrity, integrityOf, isDigest } from "./digest.ts";

const DIGEST = digestOf(Buffer.from("abc"));
const INTEGRITY = integrityOf(DIGEST);

test("the digest is lower-case hex sha512", () => {
  expect(DIGEST).toMatch(/^ddaf35a193617aba[0-9a-f]{96}2a9ac94fa54ca49f$/);
});

test("digest and integrity are two spellings of the same", () => {
  expect(INTEGRITY).toMatch(/^sha512-3a81oZNherrMQXNJriBBMRLm\+k6JqX6i[A-Za-z0-9+/]+==$/);
  expect(digestOfIntegrity(INTEGRITY)).toBe(DIGEST);
});

describe("an integrity is refused when it is", () => {
  test.each([
    ["empty", ""],
    ["of another algorithm", "sha1-qZk+NkcGgWq6PiVxeFDCbJzQ2J0="],
    ["two of them", `${INTEGRITY} ${INTEGRITY}`],
    ["with options", `${INTEGRITY}?size=3`],
    ["too short", "sha512-3a81"],
    ["hex", `sha512-${DIGEST}`],
    [
      "another spelling of the same bits",
      INTEGRITY.replace(/.==$/, (end) => `${end === "w==" ? "x" : "h"}==`),
    ],
    ["followed by a line break", `${INTEGRITY}\n`],
  ])("%s", (_, text) => {
    expect(() => digestOfIntegrity(text)).toThrow("not a sha512 integrity");
  });
});

test.each(["", "../../etc/passwd", DIGEST.toUpperCase(), DIGEST.slice(1), `${DIGEST}\n`])(
  "%j is no digest",
  (text) => {
    expect(isDigest(text)).toBe(false);
  },
);
