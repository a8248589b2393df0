import type { Context } from "../context.ts";
import { install, type InstallPlan } from "../install/install.ts";
import { placedLines, tellInstalled, type PlacedSkill } from "../install/report.ts";
import { NOTHING_WANTED } from "../install/request.ts";
import { placeWants } from "../install/settings.ts";
import { readState } from "../install/state.ts";
import { parseWants } from "../install/wants.ts";
import { displayPath, type Place } from "../project/project.ts";
import type { Candidate } from "./candidates.ts";
import { takeOver, type Overwrite } from "./take-over.ts";

/** What a migration has done. */
export interface Migrated {
  skills: PlacedSkill[];
  lines: string[];
}

/**
 * Adds the chosen packages to skills.json and installs them, all or none. Folders of the other tool make way when they hold what
 * comes; with `all` also others, of which a copy is kept. A failed install leaves them where they were.
 */
export async function migrate(
  context: Context,
  place: Place,
  { chosen, isAsked, overwrite }: { chosen: readonly Candidate[]; isAsked: boolean; overwrite: Overwrite },
): Promise<Migrated> {
  const specs = chosen.map((candidate) => specOf(candidate, isAsked));
  const wants = await parseWants(specs, { exact: false, as: [], skill: [] });
  const placing = { agents: [], mode: undefined };
  const request = {
    ...NOTHING_WANTED,
    ...(await placeWants(context, { place, state: await readState(place) }, { wants, placing })),
    fresh: (name: string) => wants.has(name),
  };
  const taken = takeOver(place, overwrite, new Date());
  const confirm = async (plan: InstallPlan): Promise<boolean> => {
    await taken.makeWay(plan);
    return true;
  };
  const installed = await install(context, place, { request, confirm }).catch(async (error: unknown) => {
    await taken.restore();
    throw error;
  });
  const skills = tellInstalled(context, place, installed);
  for (const copy of await taken.settle())
    context.note(`what was there is kept in ${displayPath(place, copy)}`);
  return { skills, lines: placedLines(skills) };
}

/**
 * What a person chose, or is in the namespace they named, is followed. The same files alone are taken at the very version that
 * has them: anybody may publish a copy of a skill, and other files in its next version.
 */
function specOf({ package: name, version, named }: Candidate, isAsked: boolean): string {
  return `${name}@${isAsked || named ? "^" : ""}${version}`;
}
