import { describe, expect, it } from "vitest";
import { countCharacters, grouped, plural, printable, quote } from "./text.ts";

describe("printable", () => {
  it("writes out what a terminal obeys or nobody sees", () => {
    expect(printable("a\u001b[31m\u202eb\u200b\u{e0041}\n")).toBe(
      "a\\u{1b}[31m\\u{202e}b\\u{200b}\\u{e0041}\\u{a}",
    );
    expect(printable("é 日本 😀")).toBe("é 日本 😀");
  });
});

describe("quote", () => {
  it("shortens", () => {
    expect(quote("x".repeat(100))).toBe(`"${"x".repeat(80)}…"`);
  });
});

describe("plural and grouped", () => {
  it("count for people", () => {
    expect([
      plural(1, "byte"),
      plural(0, "byte"),
      plural(1_234_567, "byte"),
      plural(2, "entry", "entries"),
    ]).toEqual(["1 byte", "0 bytes", "1,234,567 bytes", "2 entries"]);
    expect(grouped(100)).toBe("100");
  });
});

describe("countCharacters", () => {
  it("counts code points", () => {
    expect(countCharacters("a😀é")).toBe(3);
  });
});
