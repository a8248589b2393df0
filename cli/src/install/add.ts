import type { ChooseAgents } from "../project/choose-agents.ts";
import type { Context } from "../context.ts";
import { parseSkillSpec, resolveSkill } from "../registry/fetch-skill.ts";
import { installPackage, type PlacedSkill } from "./install.ts";
import { readLock, type LockedPackage } from "../project/lockfile.ts";
import type { Place } from "../project/project.ts";

export interface AddSettings {
  place: Place;
  chooseAgents: ChooseAgents;
  /** undefined keeps what the lock says, which is a link for a new package. */
  mode: LockedPackage["mode"] | undefined;
  overwrite: "nothing" | "edits";
}

/** From what the user typed to placed skills. The lock is read anew for each: the one before may have changed it. */
export async function addSkill(
  context: Context,
  text: string,
  settings: AddSettings,
): Promise<PlacedSkill[]> {
  const { place, overwrite } = settings;
  const [spec, lock] = await Promise.all([parseSkillSpec(text), readLock(place.lockFile)]);
  const before = lock[spec.name];
  const agents = await settings.chooseAgents(lock, before);
  const placement = { place, lock, agents, mode: settings.mode ?? before?.mode ?? "link", overwrite };
  const resolved = await resolveSkill(context, spec, before);
  const { name, version, deprecated } = resolved.manifest;
  if (deprecated !== undefined) context.note(`warning: ${name}@${version} is deprecated: ${deprecated}`);
  const skills = await installPackage(context, resolved, placement);
  const missing = Object.keys(resolved.manifest.dependencies).filter(
    (dependency) => lock[dependency] === undefined,
  );
  if (missing.length > 0)
    context.note(
      `note: ${name} builds on ${missing.join(", ")}: add ${missing.length > 1 ? "them" : "it"} too`,
    );
  return skills;
}
