import { describe, expect, it } from "vitest";
import { formatIssue, isError, issue } from "./issue.ts";
import { ISSUE_TABLE } from "./issue-table.ts";

describe("formatIssue", () => {
  it("gives place, message, advice and code on one line", () => {
    const found = issue("manifest.name.missing", { path: "SKILL.md", line: 3, message: "there is no name" });
    expect(formatIssue(found)).toBe(
      "SKILL.md:3: there is no name — Add a line name: with the skill's name. [manifest.name.missing]",
    );
    expect(isError(found)).toBe(true);
  });

  it("calls the whole package so, and lets no path drive the terminal", () => {
    expect(formatIssue(issue("skill.missing", { path: "", message: "m" }))).toMatch(/^package: m/);
    expect(formatIssue(issue("archive.mode", { path: "a\u001b[2J\nb", message: "m" }))).toMatch(
      /^a\\u\{1b\}\[2J\\u\{a\}b: m/,
    );
  });
});

describe("ISSUE_TABLE", () => {
  it.each(Object.entries(ISSUE_TABLE))("has sentences for %s", (code, { summary, fix }) => {
    expect(code).toMatch(/^[a-z]+(\.[a-z-]+)+$/);
    expect(summary).toMatch(/^[A-Za-z].*\.$/);
    expect(fix).toMatch(/^[A-Z].*\.$/);
  });

  it("lets only secrets be waived", () => {
    const waivable = Object.entries(ISSUE_TABLE).filter(([, rule]) => "waivable" in rule);
    expect(waivable.map(([code]) => code)).toEqual(["content.private-key", "content.token"]);
  });
});
