import { z } from "zod";
import { searchHitSchema } from "./search.ts";

const count = z.number().int().min(0);

/** `GET /api/namespaces/{namespace}` */
export const namespaceAnswer = z.object({
  name: z.string(),
  kind: z.enum(["personal", "org"]),
  members: z
    .array(z.object({ name: z.string(), role: z.enum(["owner", "maintainer", "member"]) }))
    .describe("Its people; of an org, for those alone who belong to it."),
  likes: count.describe("Of all its skills together that the caller may see."),
  downloads: count.describe("The same, in the last 30 days."),
  total: count.describe("Number of its skills that the caller may see."),
  skills: z.array(searchHitSchema.omit({ highlights: true, reason: true, score: true })),
  next: z.string().nullable().describe("`cursor` of the next page; null on the last one."),
});
export type NamespaceAnswer = z.infer<typeof namespaceAnswer>;
