import { z } from "zod";
import { isSkillName } from "./name.ts";
import { countCharacters } from "./text.ts";

const DESCRIPTION_MAX = 1_024;
const COMPATIBILITY_MAX = 500;

/** The frontmatter of SKILL.md as agentskills.io defines it. Fields it does not know are kept. */
export const skillManifestSchema = z.looseObject({
  name: z
    .string()
    .refine(isSkillName)
    .meta({ minLength: 1, maxLength: 64, pattern: "^[a-z0-9]+(-[a-z0-9]+)*$" })
    .describe(
      "Name of the skill: lower-case letters and digits, in words joined by single hyphens. Equal to the package's name without its scope; in a pack, to the name of the skill's folder.",
    ),
  description: boundedText(DESCRIPTION_MAX).describe(
    "What the skill does and when to use it. Agents decide by this text alone whether to load the skill.",
  ),
  license: z.string().exactOptional().describe("Name of the licence, or of the file that holds it."),
  compatibility: boundedText(COMPATIBILITY_MAX)
    .exactOptional()
    .describe("What the skill needs around it: products, system packages, network access."),
  metadata: z
    .record(z.string(), z.string())
    .exactOptional()
    .describe("Anything else, as text under names of your own: author, category."),
  "allowed-tools": z
    .string()
    .exactOptional()
    .describe("Tools that the skill may use without asking, separated by spaces. Experimental."),
});

/** The validated frontmatter of one skill. */
export type SkillManifest = z.infer<typeof skillManifestSchema>;

/** Fields of the specification; everything else is reported as unknown and kept. */
export const SKILL_FIELDS: readonly string[] = Object.keys(skillManifestSchema.shape);

/** JSON Schema (2020-12) of the frontmatter, for editors and for other tools. */
export function skillJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(skillManifestSchema, { target: "draft-2020-12" });
  return {
    $schema,
    title: "SKILL.md frontmatter",
    description: "The skill manifest of agentskills.io, as this registry validates it.",
    ...schema,
  };
}

/** Text with something in it, counted in characters as readers of the specification count them, not in UTF-16 units. */
function boundedText(max: number): z.ZodString {
  return z
    .string()
    .refine((text) => text.trim() !== "" && countCharacters(text) <= max)
    .meta({ minLength: 1, maxLength: max });
}
