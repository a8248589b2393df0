import { describe, expect, it } from "vitest";
import { markedName, markedText } from "./marked.ts";

describe("markedText", () => {
  it("marks, and escapes inside and outside of the marks", () => {
    const text = "a <b> & c";
    expect(
      markedText({
        text,
        marks: [
          [2, 5],
          [8, 9],
        ],
      }).toString(),
    ).toBe("a <mark>&lt;b&gt;</mark> &amp; <mark>c</mark>");
  });
});

describe("markedName", () => {
  it("cuts a mark that reaches over the slash", () => {
    expect(markedName({ text: "@acme/review", marks: [[1, 8]] }).toString()).toBe(
      '<span class="scope">@<mark>acme/</mark></span><mark>re</mark>view',
    );
  });
});
