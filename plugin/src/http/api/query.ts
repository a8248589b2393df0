import { SkillsError } from "@skills-registry/schema";
import { z } from "zod";

/** Characters of a parameter's name or of a reason that an error shows. */
const SHOWN_MAX = 60;

/** A number in decimal digits, within bounds. */
export function wholeNumber(bounds: { min: number; max: number }) {
  return z
    .string()
    .regex(/^\d{1,9}$/, "it is not a whole number")
    .transform(Number)
    .pipe(z.number().int().min(bounds.min).max(bounds.max));
}

/** `true` or `false`. */
export function flag() {
  return z.stringbool({ truthy: ["true"], falsy: ["false"], case: "sensitive" });
}

/**
 * The parameters of an address, by a strict schema. One that is unknown, given twice or out of bounds is a mistake that the caller
 * should hear of. Throws EBADREQUEST naming it.
 */
export function readQuery<T extends z.ZodType>(schema: T, query: URLSearchParams): z.infer<T> {
  const repeated = [...new Set(query.keys())].find((name) => query.getAll(name).length > 1);
  if (repeated !== undefined) throw badParameter(repeated, "it is given more than once");
  const parsed = schema.safeParse(Object.fromEntries(query));
  if (parsed.success) return parsed.data;
  const [problem] = parsed.error.issues;
  if (problem?.code === "unrecognized_keys") {
    throw badParameter(problem.keys[0] ?? "", "this address has no such parameter");
  }
  throw badParameter(String(problem?.path[0] ?? ""), reasonOf(problem));
}

function reasonOf(problem: z.core.$ZodIssue | undefined): string {
  return problem?.code === "invalid_value"
    ? `it is not one of ${problem.values.join(", ")}`
    : (problem?.message ?? "it is malformed");
}

function badParameter(name: string, reason: string): SkillsError {
  const shown = JSON.stringify(name.slice(0, SHOWN_MAX));
  return new SkillsError("EBADREQUEST", `the parameter ${shown} cannot be used: ${reason}`, {
    hint: "The parameters of every address are described under /api.",
  });
}
