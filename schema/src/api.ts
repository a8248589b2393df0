import { z } from "zod";
import type { Issue, IssueCode } from "./issue.ts";

/** The JSON documents that registry and CLI exchange beyond npm's own. */

/** Any text: a newer registry has rules that an older CLI does not know, and still has to show. */
const issueCode = z.custom<IssueCode>((value) => typeof value === "string");

const issueSchema: z.ZodType<Issue> = z.object({
  code: issueCode,
  severity: z.enum(["error", "warning"]),
  path: z.string(),
  line: z.number().int().positive().exactOptional(),
  message: z.string(),
  fix: z.string(),
});

/** What a publish did. `unchanged`: the same bytes were already there, which makes a retry harmless. */
export const publishAnswer = z.object({
  ok: z.literal(true),
  id: z.string(),
  rev: z.string(),
  action: z.enum(["created", "updated", "unchanged"]),
  version: z.string(),
  /** The version that `latest` named before; null for a new skill. */
  previous: z.string().nullable(),
  warnings: z.array(issueSchema),
});
export type PublishAnswer = z.infer<typeof publishAnswer>;

/** Body of every answer with status 400 or above. `error` is what npm prints. */
export const errorAnswer = z.object({
  error: z.string(),
  code: z.string(),
  issues: z.array(issueSchema),
  hint: z.string(),
});
export type ErrorAnswer = z.infer<typeof errorAnswer>;
