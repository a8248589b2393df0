import { SkillsError } from "@skills-registry/schema";

/** What a search gets while more wait than anybody would wait for. */
export function tooManySearches(): SkillsError {
  return new SkillsError("ETOOMANY", "too many searches at once, try again in a second", { retryAfter: 1 });
}
