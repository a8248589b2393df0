import { z } from "zod";
import { searchHitSchema } from "./search.ts";

const count = z.number().int().min(0);

/** `GET /api/namespaces/{namespace}` */
export const namespaceAnswer = z.object({
  name: z.string(),
  members: z.array(z.object({ name: z.string() })).describe("Accounts that may publish to it."),
  likes: count.describe("Of all its skills together."),
  downloads: count.describe("Of all its skills together, in the last 30 days."),
  total: count.describe("Number of its skills."),
  skills: z.array(searchHitSchema.omit({ highlights: true, reason: true, score: true })),
  next: z.string().nullable().describe("`cursor` of the next page; null on the last one."),
});
export type NamespaceAnswer = z.infer<typeof namespaceAnswer>;
