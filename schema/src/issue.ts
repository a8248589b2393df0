import type { Severity } from "./issue-rule.ts";
import { ISSUE_TABLE } from "./issue-table.ts";
import { printable } from "./text.ts";

/** Stable, dotted name of a rule: `manifest.name.pattern`, `archive.link`. */
export type IssueCode = keyof typeof ISSUE_TABLE;

/** One finding. Plain data: it travels as JSON from the registry to the CLI. */
export interface Issue {
  code: IssueCode;
  severity: Severity;
  /** Path of the file inside the package, `/`-separated; "" for the package as a whole. */
  path: string;
  /** Line in that file, counted from 1. */
  line?: number;
  /** What is wrong, with the offending value. One sentence, no markup. */
  message: string;
  /** What to do about it. One sentence. */
  fix: string;
}

/** Where a finding was made and what was found; `fix` replaces the table's general advice. */
export interface Finding {
  path: string;
  line?: number | undefined;
  message: string;
  fix?: string;
}

/** A finding, completed with the severity and the advice of its rule. */
export function issue(code: IssueCode, finding: Finding): Issue {
  const rule = ISSUE_TABLE[code];
  return {
    code,
    severity: rule.severity,
    path: finding.path,
    ...(finding.line === undefined ? {} : { line: finding.line }),
    message: finding.message,
    fix: finding.fix ?? rule.fix,
  };
}

/** True for findings that refuse a publish. */
export function isError(found: Issue): boolean {
  return found.severity === "error";
}

/** `SKILL.md:3: name "My Skill" … — use lower-case words…  [manifest.name.pattern]`, on one line and safe for a terminal. */
export function formatIssue(found: Issue): string {
  const place = found.path === "" ? "package" : printable(found.path);
  const line = found.line === undefined ? "" : `:${found.line}`;
  return `${place}${line}: ${found.message} — ${found.fix} [${found.code}]`;
}
