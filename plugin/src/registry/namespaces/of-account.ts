import { type Namespace, type Role, ROLES } from "../../store/identity.ts";
import type { AuthorizeParts } from "../authorize.ts";

export interface OwnNamespace {
  name: string;
  kind: Namespace["kind"];
  /** The strongest that the account has in it. */
  role: Role;
}

/** Namespaces that the account belongs to, by a role of its own or by a group as its provider told it last; by name. */
export async function namespacesOf(
  { metadata, groupRoles }: AuthorizeParts,
  accountId: number,
): Promise<OwnNamespace[]> {
  const since = groupRoles.countsFrom("reading");
  const names = (await metadata.readable(accountId, since)).filter((name) => !name.startsWith("@"));
  const found: OwnNamespace[] = [];
  for (const name of names.toSorted()) {
    const facts = await metadata.accessFacts({ accountId, namespace: name, package: null });
    const byGroups = facts.groupRoles.filter(({ groupsAt }) => groupsAt >= since);
    const roles = new Set([facts.role, ...byGroups.map((group) => group.role)]);
    const role = ROLES.find((one) => roles.has(one));
    if (role !== undefined && facts.namespace !== undefined)
      found.push({ name, kind: facts.namespace.kind, role });
  }
  return found;
}
