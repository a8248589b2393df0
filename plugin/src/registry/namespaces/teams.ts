import { isNamespace, SkillsError } from "@skills-registry/schema";
import type { MetadataReader } from "../../store/metadata.ts";
import type { Caller } from "../caller.ts";
import type { Parts } from "../parts.ts";
import { changeOrg } from "./change.ts";
import { requireNamed } from "./members.ts";

type TeamParts = Pick<Parts, "metadata" | "now">;

/** `acme:legal`, taken apart. */
export interface TeamName {
  namespace: string;
  team: string;
}

/** Throws EBADNAME for what no team can be called, ENAMETAKEN when there is one, EFORBIDDEN for a personal namespace. */
export async function createTeam(
  parts: TeamParts,
  caller: Caller,
  { namespace, team }: TeamName,
): Promise<void> {
  const act = { caller, namespace, action: "team.create", detail: { team: team.slice(0, 80) } };
  await changeOrg(parts, act, async (tx) => {
    if (!isNamespace(team)) {
      throw new SkillsError("EBADNAME", `${JSON.stringify(team.slice(0, 80))} cannot be the name of a team`, {
        hint: "Teams are called by lower-case letters, digits and hyphens, at most 64.",
      });
    }
    if ((await tx.teams(namespace)).includes(team)) {
      throw new SkillsError("ENAMETAKEN", `there is a team @${namespace}:${team} already`);
    }
    await tx.insertTeam(namespace, team);
  });
}

/** Ends what its members could do by it, too. Throws ENOTFOUND. */
export async function destroyTeam(
  parts: TeamParts,
  caller: Caller,
  { namespace, team }: TeamName,
): Promise<void> {
  const act = { caller, namespace, action: "team.destroy", detail: { team } };
  await changeOrg(parts, act, async (tx) => {
    if (!(await tx.deleteTeam(namespace, team))) throw noTeam({ namespace, team });
  });
}

/** Takes an account into a team or out of it; it need not have a role in the org. Throws ENOTFOUND for team or account. */
export async function setTeamMember(
  parts: TeamParts,
  caller: Caller,
  { team: { namespace, team }, account, isMember }: { team: TeamName; account: string; isMember: boolean },
): Promise<void> {
  const action = isMember ? "team.add" : "team.remove";
  await changeOrg(parts, { caller, namespace, action, detail: { team, account } }, async (tx) => {
    const members = await listTeamMembers(tx, { namespace, team });
    const { id } = await requireNamed(tx, account);
    if (!isMember && !members.includes(account)) {
      throw new SkillsError("ENOTFOUND", `"${account}" is not in the team @${namespace}:${team}`);
    }
    await tx.setTeamMember(namespace, team, { accountId: id, isMember });
  });
}

/** Names of accounts, sorted. Throws ENOTFOUND. */
export async function listTeamMembers(reader: MetadataReader, named: TeamName): Promise<string[]> {
  const members = await reader.teamMembers(named.namespace, named.team);
  if (members === undefined) throw noTeam(named);
  return members;
}

function noTeam({ namespace, team }: TeamName): SkillsError {
  return new SkillsError("ENOTFOUND", `there is no team @${namespace}:${team.slice(0, 80)}`);
}
