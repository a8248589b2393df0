import { z } from "zod";

const count = z.number().int().min(0);

const hunk = z.object({
  oldStart: count.describe("Line, from 1."),
  newStart: count,
  lines: z.array(z.object({ kind: z.enum([" ", "+", "-"]), text: z.string() })),
});

/** What a file became from one version to the other. */
export const fileChangeSchema = z.object({
  path: z.string(),
  status: z.enum(["added", "removed", "changed"]),
  before: count.nullable().describe("Bytes; null for an added file."),
  after: count.nullable().describe("Bytes; null for a removed file."),
  added: count.describe("Lines."),
  removed: count.describe("Lines."),
  hunks: z.array(hunk).nullable().describe("Null for a binary file, or one too large to compare."),
});
export type FileChangeAnswer = z.infer<typeof fileChangeSchema>;

/** `GET /api/skills/{namespace}/{skill}/diff/{from}...{to}` */
export const diffAnswer = z.object({
  name: z.string(),
  from: z.string(),
  to: z.string(),
  files: z.array(fileChangeSchema),
});
export type DiffAnswer = z.infer<typeof diffAnswer>;
