import { describe, expect, test } from "vitest";
import { escapeFile, escapeLine, escapeText, renderJson } from "./escape.ts";
import { table } from "./render.ts";

describe("text for the terminal", () => {
  test.each([
    ["a colour sequence", "\u001b[31mred", String.raw`\u001b[31mred`],
    ["a title sequence", "\u001b]0;owned\u0007", String.raw`\u001b]0;owned\u0007`],
    ["a carriage return", "safe\revil", String.raw`safe\u000devil`],
    ["a C1 control", "\u009b2J", String.raw`\u009b2J`],
    ["a bidirectional override", "a\u202eb", String.raw`a\u202eb`],
    ["a zero-width space", "a\u200bb", String.raw`a\u200bb`],
    ["a tag character", "a\u{e0041}", String.raw`a\udb40\udc41`],
    ["a newline", "a\nb", String.raw`a\u000ab`],
  ])("shows %s instead of obeying it", (_, raw, shown) => {
    expect(escapeLine(raw)).toBe(shown);
  });

  test("keeps letters of every script, and emoji", () => {
    expect(escapeLine("Überprüfung 契約 ✅")).toBe("Überprüfung 契約 ✅");
  });

  test("keeps line breaks where text has several lines", () => {
    expect(escapeText("a\r\nb\u001b")).toBe("a\nb\\u001b");
  });
});

test("a file keeps its tabs and line breaks, and nothing else that a terminal obeys", () => {
  expect(escapeFile("\ta\r\nb\rc\u001b[2J\n")).toBe("\ta\nb\\u000dc\\u001b[2J\n");
});

test("JSON parses to the same value and holds no control characters", () => {
  const value = { name: "\u001b[2J", note: "a\u202eb\u009b" };
  const text = renderJson(value);
  expect(JSON.parse(text)).toEqual(value);
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
});

describe("a table", () => {
  test("aligns its columns", () => {
    expect(
      table(
        [
          ["a", "1.0.0", "x"],
          ["long", "2", "y"],
        ],
        80,
      ),
    ).toEqual(["a     1.0.0  x", "long  2      y"]);
  });

  test("is cut to the terminal", () => {
    expect(table([["name", "a description that does not fit"]], 12)).toEqual(["name  a des…"]);
  });
});
