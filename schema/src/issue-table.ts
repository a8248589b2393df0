import type { IssueRule } from "./issue-rule.ts";
import { ARCHIVE_ISSUES } from "./issues-archive.ts";
import { PACKAGE_ISSUES } from "./issues-package.ts";
import { SKILL_ISSUES } from "./issues-skill.ts";

/** Every rule of the validator. Codes are public: they appear in answers, in `skill.allow` and in docs/errors.md. */
export const ISSUE_TABLE = {
  ...ARCHIVE_ISSUES,
  ...SKILL_ISSUES,
  ...PACKAGE_ISSUES,
} as const satisfies Record<string, IssueRule>;
