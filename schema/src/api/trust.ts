import { z } from "zod";

/** Runs of CI that may publish a skill, or all of a namespace. */
export const trustSchema = z.object({
  id: z.string(),
  subject: z.string().describe("`@acme`, or `@acme/legal-documents`."),
  issuer: z.string().describe("Id of an issuer that the registry is configured with: `github`, `gitlab`."),
  claims: z.record(z.string(), z.string()).describe("What the ID token of a run has to say."),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
});
export type TrustAnswer = z.infer<typeof trustSchema>;

/** `GET /api/skills/{namespace}/{skill}/trust`, `GET /api/namespaces/{namespace}/trust` */
export const trustsAnswer = z.object({ trusts: z.array(trustSchema).describe("Oldest first.") });
export type TrustsAnswer = z.infer<typeof trustsAnswer>;

const text = z.string().min(1).max(255);

/** The body of `POST` at the same addresses. */
export const trustBody = z.strictObject({
  issuer: text,
  repository: text.optional().describe("Owner and name: `acme/skills`."),
  repositoryId: text.optional().describe("Its number, for one that the registry cannot look up."),
  workflow: text.optional().describe("The file that defines the run: `publish.yml`."),
  environment: text.optional(),
  ref: text.optional().describe("Branch, or `refs/tags/v1`."),
  claims: z.record(text, text).optional().describe("Further claims, with exactly this value."),
});
export type TrustBody = z.infer<typeof trustBody>;
