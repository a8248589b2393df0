import { z } from "zod";
import { issueSchema } from "./issue.ts";

/** What a publish did, by `npm publish` and by an upload. `unchanged`: the same bytes were already there, which makes a retry harmless. */
export const publishAnswer = z.object({
  ok: z.literal(true),
  id: z.string().describe("Name of the skill, `@acme/legal-documents`."),
  rev: z.string(),
  action: z.enum(["created", "updated", "unchanged"]),
  version: z.string(),
  previous: z.string().nullable().describe("The version that `latest` named before; null for a new skill."),
  warnings: z.array(issueSchema),
});
export type PublishAnswer = z.infer<typeof publishAnswer>;
