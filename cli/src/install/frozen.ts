import { isDeepStrictEqual } from "node:util";
import { SkillsError } from "@skills-registry/schema/basics";
import { formatLock } from "../project/lockfile.ts";
import type { InstallPlan } from "./install.ts";
import type { Sources } from "./sources.ts";
import { isConflicted, type PlaceState } from "./state.ts";

/** Sources that take versions from the lock alone: what it does not have is drift. */
export function withoutRegistry(sources: Sources): Sources {
  return {
    ...sources,
    find: (name, ranges) =>
      Promise.reject(drift(`skills.lock has no version of ${name} for ${ranges.join(" and ")}`)),
  };
}

/** Throws ESKILLDRIFT unless there are both files, and the lock is one. */
export function refuseUnsettled(state: PlaceState): void {
  if (state.source.text === undefined) throw drift("there is no skills.json");
  if (state.lockText === undefined) throw drift("there is no skills.lock");
  if (isConflicted(state)) throw drift("skills.lock holds an unresolved merge conflict");
}

/** Throws ESKILLDRIFT unless an install would leave skills.lock as it is. */
export function refuseDrift({ state, lock, packages }: InstallPlan): void {
  if (formatLock(lock) === formatLock(state.lock)) return;
  const differing = packages.filter(({ name }) => !isDeepStrictEqual(lock[name], state.lock[name]));
  throw drift(
    `skills.lock does not agree with skills.json on ${differing.map(({ name }) => name).join(", ")}`,
  );
}

function drift(message: string): SkillsError {
  return new SkillsError("ESKILLDRIFT", message);
}
