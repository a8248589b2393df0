import { parsePackageName, SkillsError } from "@skills-registry/schema";
import type { TeamPermission } from "../store/identity.ts";
import type { MetadataReader, Package } from "../store/metadata.ts";
import type { Caller } from "./caller.ts";
import { changeOrg } from "./namespaces/change.ts";
import { listTeamMembers, type TeamName } from "./namespaces/teams.ts";
import { requirePackage } from "./package-state.ts";
import type { Parts } from "./parts.ts";

/** Skills that a team was granted, by name. Throws ENOTFOUND for a team that is not there. */
export async function packagesOfTeam(
  { metadata }: Pick<Parts, "metadata">,
  named: TeamName,
): Promise<Map<string, TeamPermission>> {
  await listTeamMembers(metadata, named);
  const granted = (await metadata.teamPackages(named.namespace, named.team)) ?? [];
  return new Map(granted.map((grant) => [grant.package, grant.permission]));
}

/** Lets a team read, or read and publish, a skill of its org; null takes it back. Throws ENOTFOUND, EBADREQUEST. */
export async function grantToTeam(
  parts: Pick<Parts, "metadata" | "now">,
  caller: Caller,
  {
    team: named,
    package: name,
    permission,
  }: { team: TeamName; package: string; permission: TeamPermission | null },
): Promise<void> {
  const { namespace, team } = named;
  const action = permission === null ? "team.revoke" : "team.grant";
  const detail = { team, package: name.slice(0, 100), permission };
  await changeOrg(parts, { caller, namespace, action, detail }, async (tx) => {
    await listTeamMembers(tx, named);
    const { id } = await requireOwn(tx, { namespace, name });
    await tx.setTeamPackage(namespace, team, { packageId: id, permission });
  });
}

/** The skill has to be of the team's own org: owners of one give nothing away of another. */
async function requireOwn(
  reader: MetadataReader,
  { namespace, name }: { namespace: string; name: string },
): Promise<Package> {
  if (parsePackageName(name)?.namespace === namespace) return await requirePackage(reader, name);
  throw new SkillsError(
    "EBADREQUEST",
    `${JSON.stringify(name.slice(0, 100))} is not a skill of @${namespace}`,
    {
      hint: "Teams have rights to skills of their own org.",
    },
  );
}
