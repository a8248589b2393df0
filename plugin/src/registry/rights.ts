import type { Role, TeamPermission, Visibility } from "../store/identity.ts";

/** What one may do with a skill; each includes those before it. */
export const RIGHTS = ["none", "read", "publish", "administer"] as const;
export type Right = (typeof RIGHTS)[number];

/** What decides over a right to a skill, or to one that is not there yet. */
export interface Standing {
  /** Null for a skill that is not there. */
  visibility: Visibility | null;
  /** Every role in the namespace: the account's own, and those by groups. */
  roles: Role[];
  /** Of the skill itself (`npm owner`). */
  owner: boolean;
  team: TeamPermission | null;
}

/**
 * The rule, whole: everybody reads what is public. A member of the namespace reads all of it, a maintainer publishes all of it,
 * an owner administers it. One of the skill's own owners administers the skill. A team does with the skill what it was granted.
 * The strongest counts; docs/security.md states the same, test/rights holds both to it.
 */
export function rightTo({ visibility, roles, owner, team }: Standing): Right {
  if (owner || roles.includes("owner")) return "administer";
  if (team === "read-write" || roles.includes("maintainer")) return "publish";
  const reads = visibility === "public" || team === "read-only" || roles.includes("member");
  return reads ? "read" : "none";
}

export function includes(right: Right, wanted: Right): boolean {
  return RIGHTS.indexOf(right) >= RIGHTS.indexOf(wanted);
}
