import type { PackageName } from "@skills-registry/schema";
import type { Account, TeamPermission } from "../store/identity.ts";
import type { Caller } from "./caller.ts";
import { requirePackage } from "./package-state.ts";
import type { Parts } from "./parts.ts";
import { readableNames } from "./readable.ts";
import { includes, rightTo } from "./rights.ts";
import { searchSkills } from "./search/search.ts";

/** Names of skills or accounts, and what each may do or be done with. */
export type Permissions = Map<string, TeamPermission>;

/** Everybody with a right of their own to a skill. Throws ENOTFOUND. */
export async function collaboratorsOf({ metadata }: Parts, name: PackageName): Promise<Permissions> {
  const { id } = await requirePackage(metadata, name.full);
  const found = await metadata.collaborators(id);
  return new Map(found.map(({ account, permission }) => [account, permission]));
}

/** Skills of a namespace that the caller may see: all of them are its people's to change. */
export async function packagesOfNamespace(
  parts: Parts,
  caller: Caller,
  namespace: string,
): Promise<Permissions> {
  const names = await skillsOf(parts, caller, namespace);
  return new Map(names.map((name) => [name, "read-write"]));
}

/**
 * Skills that an account has a right to by its namespaces, and restricted ones that it has a right to by themselves. Where an account
 * has roles is its own business: of others only the personal namespace is told.
 */
export async function packagesOfAccount(
  parts: Parts,
  caller: Caller,
  account: Account,
): Promise<Permissions> {
  if (caller.account?.id !== account.id) return await packagesOfNamespace(parts, caller, account.name);
  const found: Permissions = new Map();
  for (const name of await readableNames(parts, caller)) {
    if (name.startsWith("@")) {
      found.set(name, await permissionTo(parts, account, name));
      continue;
    }
    const permission = await permissionIn(parts, account, name);
    for (const skill of await skillsOf(parts, caller, name)) found.set(skill, permission);
  }
  return found;
}

/** To a skill by itself: as one of its owners, or by a team. */
async function permissionTo({ metadata }: Parts, account: Account, name: string): Promise<TeamPermission> {
  const { id } = await requirePackage(metadata, name);
  const all = await metadata.collaborators(id);
  return all.find((collaborator) => collaborator.account === account.name)?.permission ?? "read-only";
}

async function permissionIn(
  { metadata }: Parts,
  account: Account,
  namespace: string,
): Promise<TeamPermission> {
  const facts = await metadata.accessFacts({ accountId: account.id, namespace, package: null });
  const byGroups = facts.groupRoles.map(({ role }) => role);
  const roles = facts.role === null ? byGroups : [facts.role, ...byGroups];
  const right = rightTo({ visibility: null, roles, owner: false, team: null });
  return includes(right, "publish") ? "read-write" : "read-only";
}

/** Skills that one question asks the search for. */
const PAGE = 250;

async function skillsOf(parts: Parts, caller: Caller, namespace: string): Promise<string[]> {
  const names: string[] = [];
  for (;;) {
    const { hits, total } = await searchSkills(parts, caller, {
      text: `namespace:"${namespace}"`,
      sort: "name",
      from: names.length,
      size: PAGE,
      facets: false,
      bodies: false,
    });
    names.push(...hits.map(({ name }) => name));
    if (hits.length === 0 || names.length >= total) return names;
  }
}
