import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { decodeSkill, FRONTMATTER_MAX, parseFrontmatter } from "./frontmatter.ts";

const parse = (yaml: string): ReturnType<typeof parseFrontmatter> =>
  parseFrontmatter(`---\n${yaml}\n---\nBody.\n`, "SKILL.md");

describe("parseFrontmatter", () => {
  it("returns values, the lines of keys, and the body as it stands", () => {
    const text = "---\n# comment\nname: x\nmetadata:\n  author: me\n---\n\nBody\n---\nmore\n";
    const { frontmatter, issues } = parseFrontmatter(text, "SKILL.md");
    expect(issues).toEqual([]);
    expect(frontmatter?.data).toEqual({ name: "x", metadata: { author: "me" } });
    expect([...(frontmatter?.lines ?? [])]).toEqual([
      ["name", 3],
      ["metadata", 4],
      ["metadata.author", 5],
    ]);
    expect(frontmatter?.body).toBe("\nBody\n---\nmore\n");
    expect(frontmatter?.bodyLine).toBe(7);
  });

  it("takes CRLF line ends, blanks after the fences, and no body", () => {
    const { frontmatter } = parseFrontmatter("--- \r\nname: x\r\ndescription: y\r\n---", "SKILL.md");
    expect(frontmatter).toMatchObject({ data: { name: "x", description: "y" }, body: "", bodyLine: 5 });
  });

  it("keeps what YAML 1.1 would turn into booleans and dates", () => {
    expect(parse("a: yes\nb: 2026-01-01\nc: 1:30").frontmatter?.data).toEqual({
      a: "yes",
      b: "2026-01-01",
      c: "1:30",
    });
  });

  it("takes the key __proto__ as a plain key", () => {
    const data = parse("__proto__:\n  polluted: true").frontmatter?.data ?? {};
    expect(Object.keys(data)).toEqual(["__proto__"]);
    expect("polluted" in data).toBe(false);
  });

  it.each([
    ["frontmatter.bom", 1, "\ufeff---\nname: x\n---\n"],
    ["frontmatter.missing", 1, ""],
    ["frontmatter.missing", 1, "---"],
    ["frontmatter.missing", 1, "\n---\nname: x\n---\n"],
    ["frontmatter.missing", 1, "----\nname: x\n---\n"],
    ["frontmatter.unclosed", 1, "---\nname: x\n ---\n"],
    ["frontmatter.size", 1, `---\n# ${"x".repeat(FRONTMATTER_MAX)}\n---\n`],
    ["frontmatter.mapping", 2, "---\n---\n"],
    ["frontmatter.mapping", 2, "---\njust text\n---\n"],
    ["frontmatter.yaml", 3, "---\nname: x\ndescription: a: b\n---\n"],
    ["frontmatter.yaml", 3, "---\n%YAML 1.1\nname: yes\n---\n"],
    ["frontmatter.yaml", 2, "---\n? [a, b]\n: c\n---\n"],
    ["frontmatter.yaml", 2, "---\n? {a: b}\n: c\n---\n"],
    ["frontmatter.duplicate", 3, "---\nname: x\nname: y\n---\n"],
    ["frontmatter.duplicate", 4, "---\nmetadata:\n  1: x\n  '1': y\n---\n"],
    ["frontmatter.alias", 3, "---\na: &a [x]\nb: *a\n---\n"],
    ["frontmatter.alias", 2, "---\na: &a [*a]\n---\n"],
    ["frontmatter.alias", 2, "---\na: *missing\n---\n"],
    ["frontmatter.tag", 2, "---\na: !local x\n---\n"],
    ["frontmatter.tag", 2, "---\na: !!binary aGk=\n---\n"],
    ["frontmatter.documents", 4, "---\na: 1\n...\nb: 2\n---\n"],
  ] as const)("reports %s on line %d of %j", (code, line, text) => {
    expect(parseFrontmatter(text, "SKILL.md").issues[0]).toMatchObject({ code, line, path: "SKILL.md" });
  });

  it.each([
    ["nested brackets", "[".repeat(8_000)],
    ["nested mappings on one line", "a: ".repeat(2_500)],
    ["nested keys", "? ".repeat(4_000)],
    ["nested keys that would be valid", "? ".repeat(450)],
    ["nested lists", "- ".repeat(4_000)],
    ["nested lists that would be valid", `${"- ".repeat(400)}x`],
    ["anchors on one node", `a: ${"&a ".repeat(2_600)}`],
    ["many keys", Array.from({ length: 1_200 }, (_, index) => `${index}:`).join("\n")],
  ])("refuses %s in little time", (_name, yaml) => {
    const start = performance.now();
    expect(parse(yaml).issues).not.toEqual([]);
    // The naive reading of the nested keys takes minutes.
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  it("gives back what a YAML writer wrote", () => {
    const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
    const record = fc.dictionary(fc.string({ minLength: 1, maxLength: 10 }), scalar, {
      minKeys: 1,
      maxKeys: 5,
    });
    fc.assert(
      fc.property(record, fc.string(), (data, body) => {
        const { frontmatter } = parseFrontmatter(`---\n${stringify(data)}---\n${body}`, "SKILL.md");
        expect(frontmatter?.data).toEqual({ ...data });
        expect(frontmatter?.body).toBe(body);
      }),
    );
  });

  it("never throws and never is silent about a text that it does not take", () => {
    const yaml = fc.string({
      unit: fc.constantFrom(..."[]{}:,-?&*!|>'\"#%@` \n\tabc".split("")),
      maxLength: 60,
    });
    fc.assert(
      fc.property(yaml, (text) => {
        const { frontmatter, issues } = parse(text);
        expect(frontmatter === undefined).toBe(issues.length > 0);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("decodeSkill", () => {
  it("takes UTF-8 and refuses everything else", () => {
    expect(decodeSkill(Buffer.from("é"), "SKILL.md")).toEqual({ text: "é" });
    expect(decodeSkill(Buffer.from([0xe9]), "SKILL.md")).toMatchObject({
      issue: { code: "frontmatter.encoding" },
    });
  });
});
