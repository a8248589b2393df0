import { describe, expect, it } from "vitest";
import { errorTableMarkdown, issueTableMarkdown, manifestMarkdown } from "./docs.ts";
import { ERROR_TABLE } from "./errors.ts";
import { ISSUE_TABLE } from "./issue-table.ts";
import { SKILL_FIELDS } from "./manifest.ts";

/** Cells of every row, so that a pipe in a sentence would show as one cell too many. */
function rows(markdown: string): string[][] {
  const lines = markdown.split("\n").filter((line) => line.startsWith("|"));
  return lines.map((line) => line.split(/(?<!\\)\|/).slice(1, -1));
}

describe("the generated pages", () => {
  it.each([
    ["errors", errorTableMarkdown(), Object.keys(ERROR_TABLE), 5],
    ["issues", issueTableMarkdown(), Object.keys(ISSUE_TABLE), 5],
  ])("have one whole row for each of the %s", (_name, markdown, codes, columns) => {
    const table = rows(markdown);
    expect(table.slice(2).map(([code]) => code?.trim())).toEqual(codes.map((code) => `\`${code}\``));
    expect(new Set(table.map((cells) => cells.length))).toEqual(new Set([columns]));
  });

  it("describe every field of the manifest", () => {
    const table = rows(manifestMarkdown());
    for (const field of SKILL_FIELDS) expect(table.map(([name]) => name?.trim())).toContain(`\`${field}\``);
    expect(manifestMarkdown()).toContain("| `name` | yes | text, 1 to 64 characters");
  });
});
