import { describe, expect, test } from "vitest";
import { changelogBetween } from "./changelog.ts";

function between(text: string, from: string, to: string, path = "CHANGELOG.md") {
  const data = new TextEncoder().encode(text);
  return changelogBetween([{ path, type: "file", mode: 0o644, data }], { from, to });
}

const KEEP = `# Changelog

## [Unreleased]

Soon.

## [2.0.0] - 2026-02-01

### Removed in 2.0.0

- The old way.

\`\`\`md
## 9.9.9
\`\`\`

## v1.1.0-beta.1

Early.

## 1.0.0
First.
`;

describe("the changelog between two versions", () => {
  test("is that of versions after the one and up to the other", async () => {
    expect(await between(KEEP, "1.0.0", "2.0.0")).toEqual([
      { version: "2.0.0", text: "### Removed in 2.0.0\n\n- The old way.\n\n```md\n## 9.9.9\n```" },
      { version: "1.1.0-beta.1", text: "Early." },
    ]);
    expect(await between(KEEP, "1.1.0", "1.9.9")).toEqual([]);
    expect(await between(KEEP, "2.0.0", "1.0.0")).toEqual([]);
  });

  test.each(["CHANGELOG.md", "HISTORY.md", "changelog.md", "skills/x/CHANGELOG.md"])(
    "is in %s",
    async (path) => {
      expect(await between("# 1.1.0\nx\n", "1.0.0", "1.1.0", path)).toEqual([
        { version: "1.1.0", text: "x" },
      ]);
    },
  );

  test("is nothing where there is none, or no versions in it", async () => {
    expect(await between("# 1.1.0\nx\n", "1.0.0", "1.1.0", "NEWS.md")).toEqual([]);
    expect(await between("Some words.\n# Heading\n## 1.x\n## 999999999999.0.0\n", "1.0.0", "2.0.0")).toEqual(
      [],
    );
  });

  test("is bounded, and takes no time for a hostile text", async () => {
    const long = `# 1.1.0\n${"words ".repeat(10_000)}\n# 1.0.1\nmore\n`;
    const [first, ...rest] = await between(long, "1.0.0", "1.1.0");
    expect(rest).toEqual([]);
    expect(first?.text.length).toBeLessThan(8_100);
    const start = performance.now();
    await between(`# ${"a".repeat(100)}1.`.repeat(5_000) + "\n# 1.1.1.1\n".repeat(20_000), "1.0.0", "1.1.0");
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});
