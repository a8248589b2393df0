import { parsePackageName } from "@skills-registry/schema/basics";

/**
 * Whether a registry that was asked for one name may answer with the other. Skills move between namespaces, and a registry sends
 * those who ask for an old name on; the half behind the slash stays, so anything else is another skill.
 */
export function isNameOf(asked: string, answered: string): boolean {
  if (asked === answered) return true;
  const skill = parsePackageName(answered)?.skill;
  return skill !== undefined && skill === parsePackageName(asked)?.skill;
}
