import { isSkillName, parsePackageName } from "@skills-registry/schema/basics";
import { z } from "zod";
import { folderOverride, isAgentId } from "./agents.ts";

/** What skills.json may hold. docs/projects.md explains it, and the JSON Schema for editors is made of it. */

const SKILL_PATTERN = "^[a-z0-9]+(-[a-z0-9]+)*$";

const agentId = z
  .string()
  .refine(isAgentId, { error: "is no agent: lower-case words, joined by hyphens" })
  .meta({ pattern: SKILL_PATTERN });
const skillName = z
  .string()
  .refine(isSkillName, { error: "is not the name of a skill" })
  .meta({ maxLength: 64, pattern: SKILL_PATTERN });
const packageName = z
  .string()
  .refine((name) => parsePackageName(name) !== undefined, { error: "is not @namespace/skill-name" })
  .meta({ pattern: "^@[a-z0-9][a-z0-9-]*/[a-z0-9]+(-[a-z0-9]+)*$" });
const agents = z
  .array(agentId)
  .min(1)
  .exactOptional()
  .describe("Agents that get the skills; docs/cli.md lists them.");
const mode = z
  .enum(["link", "copy"])
  .exactOptional()
  .describe(
    "How agents with a folder of their own get the skills: as links to .agents/skills, or as copies.",
  );
const range = z.string().min(1).describe("Version, range or dist-tag, as in npm: 1.2.0, ^1.2.0, beta.");

const wishSchema = z.strictObject({
  range,
  skills: z.array(skillName).min(1).exactOptional().describe("Of a package with several skills, only these."),
  as: z
    .record(skillName, skillName)
    .exactOptional()
    .describe("Name of a skill in the package, and the name that it gets here."),
  agents,
  mode,
});
/** What is wanted of one package. */
export type Wish = z.infer<typeof wishSchema>;

export const projectSchema = z.strictObject({
  $schema: z.string().exactOptional(),
  skills: z
    .record(packageName, z.union([range, wishSchema], { error: "is a range, or an object with a range" }))
    .default({})
    .describe("The packages wanted, and which versions of them."),
  agents,
  mode,
  folders: z
    .record(agentId, folderOverride)
    .default({})
    .describe(
      "Skills folders below this file's folder: for an agent that reads another than usual, or for one of your own.",
    ),
});

/** The JSON Schema of skills.json, for editors. */
export function projectJsonSchema(): object {
  return {
    title: "skills.json",
    description: "The skills that a project wants for its agents.",
    ...z.toJSONSchema(projectSchema, { io: "input" }),
  };
}
