import { SkillsError } from "@skills-registry/schema/basics";
import { defineCommand } from "../command.ts";
import { install } from "../install/install.ts";
import { placedLines, tellInstalled } from "../install/report.ts";
import { NOTHING_WANTED } from "../install/request.ts";
import { readState, type PlaceState } from "../install/state.ts";
import { agentChooser } from "../project/choose-agents.ts";
import { ownerOf } from "../project/lockfile.ts";
import { findPlace } from "../project/project.ts";

export const command = defineCommand({
  description:
    "Removes packages from skills.json and skills.lock, and their skills from every agent's folder, together with skills that only they were building on. Nothing that was not installed by skills is touched, and no skill with local edits is deleted without --force.",
  positional: {
    name: "name",
    required: true,
    many: true,
    description: "Packages (@acme/name) or skills (name)",
  },
  options: {
    global: { type: "boolean", short: "g", description: "Remove from your home instead of the project" },
    force: { type: "boolean", description: "Remove skills with local edits too; a copy of them is kept" },
  },
  examples: ["skills remove @acme/legal-documents", "skills remove legal-documents --global"],
  async run(context, { args, options }) {
    const place = await findPlace(context, options.global === true ? "global" : "project");
    const state = await readState(place);
    const request = {
      ...NOTHING_WANTED,
      drop: [...new Set(args.map((text) => packageNamed(text, state)))],
      chooseAgents: agentChooser(context, place, []),
      overwrite: options.force === true ? ("edits" as const) : ("nothing" as const),
    };
    const installed = await install(context, place, { request });
    const skills = tellInstalled(context, place, installed);
    return { json: { skills }, lines: placedLines(skills) };
  },
});

/** By package, or by the name of one of its skills. */
function packageNamed(text: string, { project, lock }: PlaceState): string {
  const name = Object.hasOwn(project.skills, text) ? text : (ownerOf(lock, text) ?? text);
  if (Object.hasOwn(project.skills, name)) return name;
  if (!Object.hasOwn(lock, name)) throw new SkillsError("ENOTINSTALLED", `${text} is not installed here`);
  throw new SkillsError("ENOTINSTALLED", `${name} is here because other skills build on it`, {
    hint: `Run skills why ${name} to see which.`,
  });
}
