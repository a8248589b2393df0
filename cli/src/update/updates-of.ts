import { SkillsError } from "@skills-registry/schema/basics";
import type { Request, Want } from "../install/request.ts";
import type { PlaceState } from "../install/state.ts";

/** A name without a version: it is looked up anew within the range that it has. */
const WITHIN_RANGE = "*";

/** What `skills update` wants of the packages named, or of all when none is. Throws ENOTINSTALLED. */
export function updatesOf(
  named: ReadonlyMap<string, Want>,
  { project, lock }: PlaceState,
): Pick<Request, "wants" | "fresh"> {
  if (named.size === 0) return { wants: new Map(), fresh: () => true };
  for (const [name, { range }] of named) {
    const isWanted = Object.hasOwn(project.skills, name);
    if (isWanted || (range === WITHIN_RANGE && Object.hasOwn(lock, name))) continue;
    throw new SkillsError("ENOTINSTALLED", `${name} is not in skills.json`, {
      hint: `Run skills add ${name} to add it.`,
    });
  }
  const wants = [...named].filter(([, { range }]) => range !== WITHIN_RANGE);
  return { wants: new Map(wants), fresh: (name) => named.has(name) };
}
