import { z } from "zod";
import { issueSchema } from "./issue.ts";

/** Body of every answer with status 400 or above. */
export const errorAnswer = z.object({
  error: z.string().describe("What npm prints: what happened, each finding on its line, what to do."),
  code: z.string(),
  issues: z.array(issueSchema).describe("Findings in a refused skill."),
  hint: z.string(),
  /** The members of problem details (RFC 9457); other registries leave them out. */
  type: z.string().exactOptional(),
  title: z.string().exactOptional(),
  status: z.number().int().exactOptional(),
  detail: z.string().exactOptional(),
  instance: z.string().exactOptional(),
});
export type ErrorAnswer = z.infer<typeof errorAnswer>;

/** The same from our own REST API: always whole problem details. */
export const problemAnswer = errorAnswer.extend({
  type: z.string().describe("Address of the explanation of the code."),
  title: z.string().describe("What the code means."),
  status: z.number().int(),
  detail: z.string().describe("What happened."),
  instance: z.string().describe("The id of the request, for the operator."),
});
export type ProblemAnswer = z.infer<typeof problemAnswer>;
