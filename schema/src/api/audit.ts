import { z } from "zod";

/** One entry of the audit log. */
export const auditEntrySchema = z.object({
  id: z.number().int().min(1).describe("1, 2, 3, … without gaps."),
  at: z.iso.datetime(),
  account: z
    .string()
    .nullable()
    .describe("Who did it, or the CI system; null for somebody unknown and for whoever sits at the server."),
  action: z.string(),
  subject: z.string().describe("Skill, version, namespace, account or token that it was done to."),
  namespace: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()),
  address: z.string().nullable().describe("Where it came from; for operators only, else null."),
  hash: z
    .string()
    .nullable()
    .describe("SHA-256 over the entry and the hash before it; for operators only, else null."),
});
export type AuditEntryAnswer = z.infer<typeof auditEntrySchema>;

/** `GET /api/audit` */
export const auditAnswer = z.object({
  entries: z.array(auditEntrySchema).describe("Newest first."),
  next: z.string().nullable().describe("`cursor` of the next page; null on the last one."),
});
export type AuditAnswer = z.infer<typeof auditAnswer>;
