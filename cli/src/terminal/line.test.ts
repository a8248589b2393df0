import { describe, expect, test } from "vitest";
import { fitted, markedSpans, renderLine, span } from "./line.ts";

const plain = { colors: false };
const colored = { colors: true };

describe("a line", () => {
  test("shows its styles only where there are colours", () => {
    const line = [span("a", "name"), span(" b "), span("c", "match")];
    expect(renderLine(line, plain)).toBe("a b c");
    expect(renderLine(line, colored)).toBe("\u001b[1ma\u001b[22m b \u001b[35m\u001b[1mc\u001b[22m\u001b[39m");
  });

  test("lets no text style it, whether it has styles of its own or not", () => {
    expect(renderLine("\u001b[31mred", colored)).toBe(String.raw`\u001b[31mred`);
    expect(renderLine([span("\u001b[31mred")], colored)).toBe(String.raw`\u001b[31mred`);
  });

  test("is cut to the width that is seen, after escaping", () => {
    const line = fitted([span("abc"), span("\u001bdef", "match"), span("ghi")], 8);
    expect(renderLine(line, plain)).toBe(String.raw`abc\u00…`);
    expect(renderLine(fitted([span("abc"), span("def")], 6), plain)).toBe("abcdef");
  });
});

describe("marks", () => {
  function shown(text: string, marks: [number, number][]): string {
    return markedSpans({ text, marks })
      .map(({ text, style }) => (style === "match" ? `[${text}]` : text))
      .join("");
  }

  test("set matches apart, at both ends and in any order", () => {
    expect(
      shown("abcdef", [
        [4, 6],
        [0, 2],
      ]),
    ).toBe("[ab]cd[ef]");
    expect(shown("abc", [[0, 3]])).toBe("[abc]");
    expect(shown("abc", [])).toBe("abc");
  });

  test("that overlap, are empty or lie outside are passed over, and no text is lost", () => {
    expect(
      shown("abcdef", [
        [0, 3],
        [2, 5],
        [4, 4],
        [5, 99],
      ]),
    ).toBe("[abc]def");
  });

  test("stay in place where line breaks become spaces", () => {
    expect(shown("a\r\nb", [[3, 4]])).toBe("a  [b]");
  });
});
