import { SkillsError } from "@skills-registry/schema/basics";
import type { z } from "zod";

/** Parses an answer, or says that the registry is none of ours. */
export function parseAnswer<T>(schema: z.ZodType<T>, answer: unknown): T {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  throw new SkillsError(
    "EREGISTRY",
    `the answer is malformed at "${first?.path.join(".") ?? ""}": ${first?.message ?? ""}`,
  );
}

export function isStatus(error: unknown, status: number): boolean {
  return error instanceof Error && "statusCode" in error && error.statusCode === status;
}
