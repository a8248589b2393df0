import { describe, expect, it } from "vitest";
import { checksummed, privateKey } from "../../test/support/secrets.ts";
import { entriesOf, type Files } from "../../test/support/skill.ts";
import { inspectContent } from "./content.ts";

function found(files: Files, roots: string[] = [""]): [string, string, number | undefined][] {
  return inspectContent(entriesOf(files), roots).map(({ code, path, line }) => [code, path, line]);
}

describe("inspectContent", () => {
  it("finds secrets in every file, with their lines, also in binary and UTF-16 ones", () => {
    const token = checksummed("ghp_");
    const utf16 = Buffer.from(`\ufeff$env:TOKEN = "${token}"`, "utf16le");
    expect(
      found({
        "a.py": `x\ny\n${token}\n${token}`,
        "b.bin": Buffer.concat([Buffer.alloc(9), Buffer.from(` ${token}`)]),
        "c.ps1": utf16,
      }),
    ).toEqual([
      ["content.token", "a.py", 3],
      ["content.token", "a.py", 4],
      ["content.token", "b.bin", 1],
      ["content.token", "c.ps1", 1],
    ]);
  });

  it("never repeats a secret in what it says", () => {
    const token = checksummed("npm_");
    const key = privateKey();
    const issues = inspectContent(entriesOf({ "a.md": `${token}\n${key}`, "b.md": `[x](${token}.md)` }), [
      "",
    ]);
    const said = JSON.stringify(
      issues.filter(({ code }) => code.startsWith("content.t") || code.startsWith("content.p")),
    );
    expect(said).toContain("npm_…");
    expect(said).not.toContain(token.slice(4, 12));
    expect(said).not.toContain(key.slice(40, 60));
  });

  it("reports at most 20 findings of a file", () => {
    expect(found({ "a.txt": `${checksummed("ghp_")}\n`.repeat(50) })).toHaveLength(20);
  });

  it.each([
    ["content.bidi", "a\u202eb"],
    ["content.bidi", "a\u2066b"],
    ["content.hidden-text", "a\u{e0041}b"],
    ["content.hidden-text", "\u{1f3f4}\u{e0067}\u{e0062}\u{e0041}\u{e007f}"],
    ["content.hidden-text", "a\ufe01\ufe02b"],
    ["content.zero-width", "a\u200bb"],
    ["content.zero-width", "a\u200db"],
    ["content.zero-width", "a\u00adb"],
    ["content.zero-width", "a\ufeffb"],
    ["content.zero-width", "a\u3164b"],
  ])("reports %s in Markdown: %j", (code, text) => {
    expect(found({ "a.md": `x\n${text}\n` })).toEqual([[code, "a.md", 2]]);
  });

  it.each([
    ["a family", "👨‍👩‍👧‍👦"],
    ["skin tones", "👩🏽‍💻"],
    ["a heart with a selector", "❤️‍🔥 ❤️"],
    ["the flag of Scotland", "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}"],
    ["Persian", "می\u200cخواهم"],
    ["Hindi", "क्\u200dष"],
    ["Hebrew with a direction mark", "שלום\u200f!"],
    ["a byte order mark at the start", "\ufefftext"],
    ["typography", "“quotes” — dashes … café naïve 日本語"],
  ])("has nothing against %s", (_name, text) => {
    expect(found({ "a.md": text })).toEqual([]);
  });

  it("judges characters in Markdown only", () => {
    expect(found({ "a.txt": "a\u202eb", "b.markdown": "a\u202eb", "C.MD": "a\u202eb" })).toEqual([
      ["content.bidi", "b.markdown", 1],
      ["content.bidi", "C.MD", 1],
    ]);
  });

  it("resolves links against files and the folders above them", () => {
    const files = {
      "docs/a.md": "[f](../x.py) [d](..) [s](sub/) [m](sub/missing.md) [self](a.md)",
      "docs/sub/b.md": "",
      "x.py": "",
    };
    expect(found(files)).toEqual([["content.link.broken", "docs/a.md", 1]]);
  });

  it("reports a link that leaves the package, or the skill's own folder in a pack", () => {
    const files = {
      "skills/x/SKILL.md": "[a](../y/SKILL.md)\n[b](references/../../../README.md)\n[c](r.md)",
      "skills/x/r.md": "",
      "skills/y/SKILL.md": "",
      "README.md": "[d](skills/x/r.md) [e](../z.md)",
    };
    expect(found(files, ["skills/x", "skills/y"])).toEqual([
      ["content.link.outside", "skills/x/SKILL.md", 1],
      ["content.link.outside", "skills/x/SKILL.md", 2],
      ["content.link.outside", "README.md", 1],
    ]);
  });
});
