import { SkillsError } from "@skills-registry/schema/basics";

/** The command was called wrongly; the message says how. */
export function usageError(message: string): SkillsError {
  return new SkillsError("EUSAGE", message);
}
