import { z } from "zod";
import type { Issue, IssueCode } from "../issue.ts";

/** Any text: a newer registry has rules that an older CLI does not know, and still has to show. */
const issueCode = z.string().refine((code): code is IssueCode => code !== "");

/** A finding of the validator, as it travels. */
export const issueSchema: z.ZodType<Issue> = z.object({
  code: issueCode.describe("Stable name of the rule, as in docs/errors.md."),
  severity: z.enum(["error", "warning"]),
  path: z.string().describe("File inside the package; empty for the package as a whole."),
  line: z.number().int().positive().exactOptional(),
  message: z.string(),
  fix: z.string().describe("What to do about it."),
});
