import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fetchPage, publishFiles } from "../support/fetch-page.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { descendants } from "../support/strict-html.ts";

const SKILL = "/skills/acme/contracts";
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

function skillFile(description: string, body: string): string {
  return `---\nname: contracts\ndescription: ${description}\n---\n\n${body}\n`;
}

describe("pages that look inside a skill", () => {
  let registry: TestRegistry;

  beforeAll(async () => {
    registry = await startRegistry();
    const token = await registry.account("acme");
    const shared = { "assets/seal.png": PNG, "assets/blob.bin": Buffer.from([0, 1, 2]) };
    await publishFiles(registry, token, {
      name: "@acme/contracts",
      version: "1.0.0",
      files: { ...shared, "SKILL.md": skillFile("Drafts contracts.", "One.\n\nTwo."), "old.md": "# Old\n" },
    });
    await publishFiles(registry, token, {
      name: "@acme/contracts",
      version: "1.1.0",
      files: {
        ...shared,
        "SKILL.md": skillFile("Drafts and checks contracts.", "One.\n\n[Terms](references/terms.md)"),
        "references/terms.md": "# Terms\n\n[Back](../SKILL.md)\n\n![Seal](../assets/seal.png)\n",
        "scripts/check.py": 'import re\n\n\ndef check():\n    return "<b>"\n',
        "notes.txt": "plain \u202etxt\n",
        "page.html": "<script>alert(1)</script>\n",
        "long.js": "const x = 1;\n".repeat(30_000),
      },
      manifest: { dependencies: { "@acme/other": "^1.0.0" } },
    });
    await publishFiles(registry, token, {
      name: "@acme/contracts",
      version: "2.0.0",
      files: { "SKILL.md": skillFile("Drafts and checks contracts.", "x".repeat(100)) },
    });
  });
  afterAll(async () => {
    await registry[Symbol.asyncDispose]();
  });

  it("lists the files of a version with kind and size", async () => {
    const { status, html, root } = await fetchPage(registry, `${SKILL}/v/1.1.0/files`);
    expect(status).toBe(200);
    const rows = [...descendants(root)]
      .filter(({ tag }) => tag === "tr")
      .map(({ text }) => text.replaceAll(/\s+/g, " ").trim());
    expect(rows).toContainEqual("assets/seal.png image 70 bytes");
    expect(rows).toContainEqual("assets/blob.bin binary 3 bytes");
    expect(rows.find((row) => row.startsWith("scripts/check.py"))).toContain("executable");
    expect(html).toContain(`href="${SKILL}/v/1.1.0/files/references/terms.md"`);
  });

  it("shows a file with numbered lines in colours", async () => {
    const { html, root } = await fetchPage(registry, `${SKILL}/v/1.1.0/files/scripts/check.py`);
    expect(html).toContain('<a id="L4" href="#L4">4</a>');
    expect(html).not.toContain('id="L6"');
    expect(html).toContain('<span class="hljs-keyword">def</span>');
    expect(html).toContain(`href="/api${SKILL}/1.1.0/files/scripts/check.py"`);
    const code = [...descendants(root)].find(
      ({ tag, attributes }) => tag === "pre" && attributes["class"] === "code",
    );
    expect(code?.text).toBe('import re\n\n\ndef check():\n    return "<b>"\n');
  });

  it("renders Markdown, and shows its source on request", async () => {
    const preview = await fetchPage(registry, `${SKILL}/v/1.1.0/files/references/terms.md`);
    expect(preview.html).toContain('<h2 id="user-content-terms">Terms</h2>');
    expect(preview.html).toContain(`<a href="${SKILL}/v/1.1.0/files/SKILL.md">Back</a>`);
    expect(preview.html).toContain(`src="/api${SKILL}/1.1.0/files/assets/seal.png"`);
    const source = await fetchPage(registry, `${SKILL}/v/1.1.0/files/references/terms.md?view=source`);
    expect(source.root.text).toContain("[Back](../SKILL.md)");
  });

  it("shows pictures, and offers what is neither text nor picture for download", async () => {
    const picture = await fetchPage(registry, `${SKILL}/v/1.1.0/files/assets/seal.png`);
    expect(picture.html).toContain(`<img src="/api${SKILL}/1.1.0/files/assets/seal.png"`);
    const binary = await fetchPage(registry, `${SKILL}/v/1.1.0/files/assets/blob.bin`);
    expect(binary.root.text).toContain("Download it");
  });

  it("shows the source of an HTML file and nothing of its effect", async () => {
    const { root } = await fetchPage(registry, `${SKILL}/v/1.1.0/files/page.html`);
    expect(root.text).toContain("<script>alert(1)</script>");
  });

  it("warns of invisible characters", async () => {
    const { root } = await fetchPage(registry, `${SKILL}/v/1.1.0/files/notes.txt`);
    expect(root.text).toContain("invisible characters");
    const clean = await fetchPage(registry, `${SKILL}/v/1.1.0/files/page.html`);
    expect(clean.root.text).not.toContain("invisible characters");
  });

  it("shows the beginning of a long file and says how much is left", async () => {
    const { html, root } = await fetchPage(registry, `${SKILL}/v/1.1.0/files/long.js`);
    expect(html).toContain('id="L5000"');
    expect(html).not.toContain('id="L5001"');
    expect(root.text).toContain("The file goes on for 318 kB.");
  });

  it("leads from a folder to the list of files", async () => {
    const { status, headers } = await fetchPage(registry, `${SKILL}/v/1.1.0/files/references`);
    expect([status, headers.get("location")]).toEqual([303, `${SKILL}/v/1.1.0/files`]);
  });

  it.each([
    "nothing.md",
    "%2e%2e/%2e%2e/package.json",
    "..%2f..%2fetc%2fpasswd",
    "references/..%2fSKILL.md",
    "SKILL.md%00",
    "skill.md",
    `${"a/".repeat(200)}b`,
    "%ff",
  ])("knows no file %s", async (file) => {
    const { status } = await fetchPage(registry, `${SKILL}/v/1.1.0/files/${file}`);
    expect([400, 404]).toContain(status);
  });

  it("lists versions, highest first, each with what changed since the one before", async () => {
    const { html, root } = await fetchPage(registry, `${SKILL}/versions`);
    const heads = [...descendants(root)].filter(({ tag }) => tag === "h3").map(({ text }) => text);
    expect(heads).toEqual(["2.0.0", "1.1.0", "1.0.0"]);
    expect(html).toContain(`href="${SKILL}/diff/1.1.0...2.0.0"`);
    expect(html).toContain(`href="${SKILL}/diff/1.0.0...1.1.0"`);
    expect(root.text).toContain("skills add @acme/contracts@1.1.0");
    expect((await fetchPage(registry, `${SKILL}/versions?page=2`)).status).toBe(404);
    expect((await fetchPage(registry, `${SKILL}/versions?page=-1`)).status).toBe(404);
  });

  it("compares two versions line by line, with signs as well as colours", async () => {
    const { root } = await fetchPage(registry, `${SKILL}/diff/1.0.0...1.1.0`);
    const rows = [...descendants(root)]
      .filter(({ tag }) => tag === "tr")
      .map(({ text }) => text.replaceAll(/\s+/g, " ").trim());
    expect(rows).toContainEqual("3 − description: Drafts contracts.");
    expect(rows).toContainEqual("3 + description: Drafts and checks contracts.");
    const summary = root.text.replaceAll(/\s+/g, " ");
    expect(summary).toContain("2 files changed 5 added 1 removed");
    expect(summary).toContain("Newly possible. As the files say it; nothing was run.");
    expect(summary).toContain("ships the script scripts/check.py (python)");
    expect(summary).toContain("builds on @acme/other ^1.0.0 package.json:");
    expect(summary).toContain("description Drafts contracts. Drafts and checks contracts.");
    expect(summary).toContain("30000 lines are too many for this page");
  });

  it("takes the versions of the form to the address of their comparison", async () => {
    const { status, headers } = await fetchPage(registry, `${SKILL}/diff?from=1.0.0&to=latest`);
    expect([status, headers.get("location")]).toEqual([303, `${SKILL}/diff/1.0.0...latest`]);
    expect((await fetchPage(registry, `${SKILL}/diff/1.0.0...latest`)).status).toBe(200);
    const hostile = await fetchPage(registry, `${SKILL}/diff?from=/../..//evil.example/%0d%0ax:y&to=1.0.0`);
    expect(hostile.headers.get("location")).toBe(
      `${SKILL}/diff/${encodeURIComponent("/../..//evil.example/\r\nx:y")}...1.0.0`,
    );
  });

  it.each([
    "1.0.0",
    "1.0.0...",
    "...1.0.0",
    "1.0.0...9.9.9",
    "1.0.0...1.1.0...2.0.0",
    "%3Cscript%3E...1.0.0",
  ])("has no comparison of %s", async (range) => {
    const { status } = await fetchPage(registry, `${SKILL}/diff/${range}`);
    expect([400, 404]).toContain(status);
  });

  it("shows a SKILL.md of 1 MB that is all links in bounded time and size", async () => {
    const token = await registry.account("heavy");
    const name = "@heavy/links";
    const body = "[a link](https://ex.io)\n".repeat(43_000);
    const files = { "SKILL.md": `---\nname: links\ndescription: Has links.\n---\n\n${body}` };
    await publishFiles(registry, token, { name, version: "1.0.0", files });
    for (const path of ["", "/v/1.0.0/files/SKILL.md", "/v/1.0.0/files/SKILL.md?view=source"]) {
      const start = performance.now();
      const { status, html } = await fetchPage(registry, `/skills/heavy/links${path}`);
      expect(status).toBe(200);
      expect(performance.now() - start).toBeLessThan(3_000);
      expect(html.length).toBeLessThan(1_500_000);
    }
  });

  it("shows code that a grammar would take minutes for, without colours", async () => {
    const token = await registry.account("slow");
    const files = {
      "SKILL.md": "---\nname: code\ndescription: Has slow code.\n---\n\nText.\n",
      "slow.md": "[a](".repeat(12_000),
      "slow.java": "a".repeat(60_000),
    };
    await publishFiles(registry, token, { name: "@slow/code", version: "1.0.0", files });
    for (const file of ["slow.md?view=source", "slow.java"]) {
      const start = performance.now();
      const { root } = await fetchPage(registry, `/skills/slow/code/v/1.0.0/files/${file}`);
      expect(performance.now() - start).toBeLessThan(3_000);
      expect([...descendants(root)].some(({ attributes }) => attributes["class"]?.startsWith("hljs-"))).toBe(
        false,
      );
    }
  });

  it("says so when nothing changed", async () => {
    const { root } = await fetchPage(registry, `${SKILL}/diff/1.0.0...1.0.0`);
    expect(root.text).toContain("The files of these versions are the same.");
  });
});
