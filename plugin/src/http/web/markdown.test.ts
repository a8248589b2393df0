import { describe, expect, it } from "vitest";
import { parsePackageName } from "@skills-registry/schema";
import { xssCases } from "../../../../test/fixtures/xss/cases.ts";
import { markdownProblems } from "../../../../test/support/page-rules.ts";
import { parseStrictHtml } from "../../../../test/support/strict-html.ts";
import { renderMarkdown } from "./markdown.ts";
import { skillLinks } from "./markdown-links.ts";

const NAME = parsePackageName("@acme/sample") ?? expect.fail("not a name");
const LINKS = skillLinks(NAME, "1.0.0");

function render(text: string): string {
  return renderMarkdown(text, LINKS).html;
}

describe("renderMarkdown, hostile", () => {
  it("has enough distinct cases", () => {
    expect(new Set(xssCases.map(({ markdown }) => markdown)).size).toBe(xssCases.length);
    expect(xssCases.length).toBeGreaterThan(80);
  });

  it.each(xssCases)("$name: $markdown", ({ markdown }) => {
    expect(markdownProblems(parseStrictHtml(render(markdown)))).toEqual([]);
  });

  it.each(xssCases)("the same within a list, a quote and a table: $name", ({ markdown }) => {
    const nested = markdown.replaceAll("\n", "\n  > ");
    const cell = markdown.replaceAll(/[\n|]/g, " ");
    const text = `- > ${nested}\n\n| a | b |\n|---|:-:|\n| ${cell} | [${cell}](${cell}) |\n\n[${cell}]: ${cell}\n`;
    expect(markdownProblems(parseStrictHtml(render(text)))).toEqual([]);
  });
});

describe("renderMarkdown", () => {
  it("leaves the frontmatter out, and nothing else that looks like one", () => {
    expect(render("---\nname: x\n---\nBody")).toBe("<p>Body</p>\n");
    expect(render("---\r\nname: x\r\n---\r\nBody")).toBe("<p>Body</p>\n");
    expect(render("--- x\n\na\n\n---\n\nb\n\n---\n")).toContain("<p>a</p>");
    expect(render("a\n\n---\n\nb\n\n---\n\nc")).toContain("<p>b</p>");
  });

  it("leads relative links to the file in the same version", () => {
    expect(render("[a](references/legal%20terms.md#Set%20Up)")).toContain(
      'href="/skills/acme/sample/v/1.0.0/files/references/legal%20terms.md#user-content-set%20up"',
    );
  });

  it("resolves links against the folder of the file", () => {
    const { html } = renderMarkdown("[a](../SKILL.md) [b](./more.md) ![c](c.png) [d](../../x)", {
      ...skillLinks(NAME, "1.0.0", "references/intro.md"),
    });
    expect(html).toContain('href="/skills/acme/sample/v/1.0.0/files/SKILL.md"');
    expect(html).toContain('href="/skills/acme/sample/v/1.0.0/files/references/more.md"');
    expect(html).toContain('src="/api/skills/acme/sample/1.0.0/files/references/c.png"');
    expect(html).toContain(" d</p>");
  });

  it("shows pictures of the skill and links to those of others", () => {
    expect(render("![A plan](assets/plan.png)")).toContain('alt="A plan" loading="lazy"');
    expect(render("![A plan](https://example.com/plan.png)")).toBe(
      '<p><a href="https://example.com/plan.png" rel="nofollow noopener noreferrer">A plan</a></p>\n',
    );
  });

  it("gives every heading an id of its own, and tells of them in order", () => {
    const { headings, html } = renderMarkdown("# Set up\n## Use `it`\n# Set up\n# Set up 1\n# !?", LINKS);
    expect(headings).toEqual([
      { id: "user-content-set-up", text: "Set up", level: 1 },
      { id: "user-content-use-it", text: "Use it", level: 2 },
      { id: "user-content-set-up-1", text: "Set up", level: 1 },
      { id: "user-content-set-up-1-1", text: "Set up 1", level: 1 },
      { id: "user-content-section", text: "!?", level: 1 },
    ]);
    expect(html).toContain('<h2 id="user-content-set-up">');
  });

  it("does not take names of files for addresses", () => {
    expect(render("See README.md and example.com")).toBe("<p>See README.md and example.com</p>\n");
  });

  it("colours code of known languages only", () => {
    expect(render("```ts\nconst a = 1;\n```")).toContain('<span class="hljs-keyword">const</span>');
    expect(render("```nonsense\nconst a = 1;\n```")).toContain("<code>const a = 1;\n</code>");
  });

  it("marks tasks with signs, not with boxes that could be ticked", () => {
    const html = render("- [x] bought\n- [ ] sold\n- [y] other");
    expect(html).toContain('aria-label="done">☑</span> bought');
    expect(html).toContain('aria-label="to do">☐</span> sold');
    expect(html).toContain("[y] other");
  });
});

/** Milliseconds one rendering may take, on a machine that does other work as well. */
const TIME_MAX = 2_000;
const MB = 1024 * 1024;

describe("renderMarkdown, at its limits", () => {
  const hostile: [name: string, text: string][] = [
    ["50,000 links", "[link](https://example.com/a) ".repeat(50_000)],
    [
      "one address used everywhere",
      `[a]: https://example.com/${"x".repeat(1_900)}\n\n${"[a] ".repeat(200_000)}`,
    ],
    [
      "an address of half a megabyte",
      `[a]: https://example.com/${"x".repeat(MB / 2)}\n\n${"[a]\n\n".repeat(50_000)}`,
    ],
    ["quotes within quotes", "> ".repeat(MB / 2)],
    [
      "lists within lists",
      Array.from({ length: 1_400 }, (_, level) => `${"  ".repeat(level)}- x`).join("\n"),
    ],
    ["emphasis that never ends", "*a **b _c ~~".repeat(MB / 12)],
    ["brackets that never close", "[".repeat(MB)],
    ["pictures that never close", "![".repeat(MB / 2)],
    ["code that never closes", Array.from({ length: 1_400 }, (_, ticks) => "`".repeat(ticks)).join(" ")],
    [
      "a table of a thousand columns",
      `${"a|".repeat(1_000)}\n${"-|".repeat(1_000)}\n${"x\n".repeat(MB / 4)}`,
    ],
    ["headings of one name", "# a\n".repeat(MB / 4)],
    ["code that a grammar is slow with", `\`\`\`markdown\n${"[a](".repeat(4_000)}\n\`\`\`\n`.repeat(20)],
    ["a frontmatter that never ends", `---\n${"a: b\n".repeat(MB / 5)}`],
  ];

  it.each(hostile)("renders 1 MB of %s in bounded time and size", (_, text) => {
    const start = performance.now();
    const html = render(text);
    expect(performance.now() - start).toBeLessThan(TIME_MAX);
    expect(html.length).toBeLessThan(2 * MB);
    expect(markdownProblems(parseStrictHtml(html))).toEqual([]);
  });

  it("says how much it left out", () => {
    expect(render("word ".repeat(MB / 5))).toContain("The text goes on for 896 kB.");
  });
});
