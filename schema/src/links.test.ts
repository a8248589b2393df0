import { describe, expect, it } from "vitest";
import { relativeLinks } from "./links.ts";

const targets = (markdown: string): string[] =>
  relativeLinks(markdown, 1_000).links.map(({ target }) => target);

describe("relativeLinks", () => {
  it.each([
    ["[a](b.md)", ["b.md"]],
    ["[a](b.md) and ![c](d/e.png)", ["b.md", "d/e.png"]],
    ["[![badge](b.png)](c.md)", ["b.png", "c.md"]],
    ['[a](b.md "title")', ["b.md"]],
    ["[a](<with blank.md>)", ["with blank.md"]],
    ["[a](with%20blank.md)", ["with blank.md"]],
    ["[a](100%.md)", ["100%.md"]],
    ["[a](b.md#part) [c](d.md?raw)", ["b.md", "d.md"]],
    ["[a]: ../b.md 'title'", ["../b.md"]],
    ["- [x] done [a](folder/)", ["folder/"]],
  ])("finds the targets of %j", (markdown, expected) => {
    expect(targets(markdown)).toEqual(expected);
  });

  it.each([
    "[a](#part)",
    "[a](https://example.org/b.md)",
    "[a](mailto:a@example.org)",
    "[a](//example.org/b.md)",
    "[a](/docs/b.md)",
    "[title](url)",
    "[a](path/{name}.md)",
    "[a](path/<name>.md)",
    "[a](.../b.md)",
    "`[a](b.md)`",
    "``[a](b.md) ` [c](d.md)``",
    "```\n[a](b.md)\n```",
    "~~~md\n[a](b.md)\n```\n[a](b.md)\n~~~",
    "- ```js\n  [a](b.md)\n  ```",
    "````\n```\n[a](b.md)\n```\n````",
    "[^1]: a/footnote.md",
    "array[0](x.y{})",
    "",
  ])("finds nothing in %j", (markdown) => {
    expect(targets(markdown)).toEqual([]);
  });

  it("finds links after a fence is closed and around code", () => {
    expect(relativeLinks("```\n[a](b.md)\n```\n`x` [c](d.md) `y`\r\n", 10).links).toEqual([
      { target: "d.md", line: 4 },
    ]);
  });

  it("takes a lone backtick for text", () => {
    expect(targets("it`s [a](b.md)")).toEqual(["b.md"]);
  });

  it("stops after as many lines as it may read", () => {
    expect(relativeLinks("[a](b.md)\n\n[a](b.md)\n[a](b.md)\n", 2)).toMatchObject({
      linesRead: 2,
      links: [{ line: 1 }, { line: 3 }],
    });
  });

  it.each(["](", "](<", "[", "`", "``` ` `` ", "[a]: ", "](a", "> - "])(
    "takes linear time on 2 MB of %j",
    (unit) => {
      const line = unit.repeat(9_000 / unit.length);
      const markdown = `${line}\n`.repeat(220);
      const start = performance.now();
      relativeLinks(markdown, 10_000);
      expect(performance.now() - start).toBeLessThan(3_000);
    },
  );
});
