import { rm } from "node:fs/promises";
import { join } from "node:path";
import { SkillsError } from "@skills-registry/schema/basics";
import type { Context } from "../context.ts";
import { install, type InstallPlan } from "../install/install.ts";
import { isInRange } from "../install/ranges.ts";
import { tellInstalled } from "../install/report.ts";
import { NOTHING_WANTED, type Request } from "../install/request.ts";
import { leftStaging } from "../install/staging.ts";
import { readState, type PlaceState } from "../install/state.ts";
import { writableFolders } from "../install/writable.ts";
import { agentChooser } from "../project/choose-agents.ts";
import { displayPath, isInside, type Place } from "../project/project.ts";
import { needsIn, type Need } from "./needs.ts";

export interface Pruned {
  removed: { package: string; version: string; skills: string[] }[];
  /** Paths of staging folders that killed commands left. */
  leftovers: string[];
}

interface PruneWish {
  overwrite: Request["overwrite"];
  dryRun: boolean;
}

/**
 * Removes packages that nothing needs, through the same transaction as an install. Throws ESKILLDRIFT where that would need
 * more than removing, and ESKILLDIRTY for local edits.
 */
export async function prune(
  context: Context,
  place: Place,
  { overwrite, dryRun }: PruneWish,
): Promise<Pruned> {
  refuseDrift(await readState(place));
  const folders = await leftoversIn(place);
  const request = { ...NOTHING_WANTED, overwrite, chooseAgents: agentChooser(context, place, []) };
  const installed = await install(context, place, {
    request,
    confirm: async (plan) => {
      refuseMore(plan);
      return !dryRun;
    },
  });
  if (installed.done) {
    tellInstalled(context, place, installed);
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  }
  const removed = installed.packages.flatMap(({ name, action, before }) =>
    action === "removed" && before !== undefined
      ? [{ package: name, version: before.version, skills: Object.keys(before.skills) }]
      : [],
  );
  return { removed, leftovers: folders.map((folder) => displayPath(place, folder)) };
}

/** Staging folders of dead processes, in every folder that we write to and that a link does not lead out of the project. */
async function leftoversIn(place: Place): Promise<string[]> {
  const found: string[] = [];
  for (const folder of await writableFolders(place)) {
    if (!(await isInside(place, folder))) continue;
    found.push(...(await leftStaging(folder)).map((name) => join(folder, name)));
  }
  return found;
}

/** With something missing, the versions that are kept are not settled, and neither is what they need. */
function refuseDrift(state: PlaceState): void {
  const needs = needsIn(state);
  const asked = [...needs.wishes, ...[...needs.reached].flatMap((name) => needs.of(name))];
  const unmet = asked.find((need) => !isMet(need, state));
  if (unmet !== undefined) throw drift(`skills.lock has no ${unmet.name}@${unmet.range}`);
}

function isMet({ name, range }: Need, { lock }: PlaceState): boolean {
  const entry = lock[name];
  return entry !== undefined && isInRange(entry.version, range);
}

function refuseMore({ packages }: InstallPlan): void {
  const other = packages.find(({ action }) => !["removed", "unchanged", "kept"].includes(action));
  if (other !== undefined) throw drift(`${other.name} is not placed as skills.json says`);
}

function drift(message: string): SkillsError {
  return new SkillsError("ESKILLDRIFT", message, {
    hint: "Run skills install, which also removes what is no longer wanted.",
  });
}
