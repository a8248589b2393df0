import { z } from "zod";
import { ABILITY_KINDS } from "../abilities/ability.ts";

const count = z.number().int().min(0);

const hunk = z.object({
  oldStart: count.describe("Line, from 1; 0 where the side has no lines."),
  newStart: count,
  lines: z.array(z.object({ kind: z.enum([" ", "+", "-"]), text: z.string() })),
});

export type Hunk = z.infer<typeof hunk>;

/** What a file became from one version to the other. */
export const fileChangeSchema = z.object({
  path: z.string(),
  status: z.enum(["added", "removed", "changed"]),
  before: count.nullable().describe("Bytes; null for an added file."),
  after: count.nullable().describe("Bytes; null for a removed file."),
  added: count.describe("Lines; 0 for a file that is not compared line by line."),
  removed: count.describe("Lines."),
  hunks: z
    .array(hunk)
    .nullable()
    .describe(
      "Null for a binary file, or one too large or too different to compare; empty when only the mode changed.",
    ),
});
export type FileChange = z.infer<typeof fileChangeSchema>;

/** What a version can do, or has an agent do, that the one before could not. */
export const newAbilitySchema = z.object({
  kind: z.enum(ABILITY_KINDS),
  change: z.enum(["added", "changed"]),
  subject: z
    .string()
    .describe("What it is about: the path of a script, a host, a variable, a tool, a package."),
  detail: z.string().optional().describe("The interpreter of a script, a range, the value of a setting."),
  before: z.string().optional().describe("The detail before, where it changed."),
  said: z.enum(["script", "text"]).optional().describe("Who says so, where that makes a difference."),
  path: z.string().describe("The file that says so first."),
  line: z.number().int().min(1).optional(),
  text: z.string().describe("The same in words."),
});
export type NewAbilityAnswer = z.infer<typeof newAbilitySchema>;

/** The new abilities of a comparison, the gravest first. */
export const newAbilitiesSchema = z.object({
  found: z.array(newAbilitySchema).describe("The gravest first; of each kind a bounded number."),
  leftOut: count.describe("How many more there are."),
});
export type NewAbilitiesAnswer = z.infer<typeof newAbilitiesSchema>;

/** `GET /api/skills/{namespace}/{skill}/diff/{from}...{to}` */
export const diffAnswer = z.object({
  name: z.string(),
  from: z.string(),
  to: z.string(),
  files: z.array(fileChangeSchema),
  abilities: newAbilitiesSchema.describe(
    "What the later version newly can do or has an agent do, as its files say it.",
  ),
});
export type DiffAnswer = z.infer<typeof diffAnswer>;
