import type { z } from "zod";

/** What a JSON column holds. Throws for what no release has written. */
export function fromJson<T>(schema: z.ZodType<T>, text: string): T {
  return schema.parse(JSON.parse(text));
}
