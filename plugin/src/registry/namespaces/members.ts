import { SkillsError } from "@skills-registry/schema";
import type { Account, Role } from "../../store/identity.ts";
import type { MetadataReader, MetadataWriter } from "../../store/metadata.ts";
import type { Caller } from "../caller.ts";
import type { Parts } from "../parts.ts";
import { changeOrg } from "./change.ts";

type MemberParts = Pick<Parts, "metadata" | "now">;

/**
 * Gives an account a role in an org, or another one than it has. Returns how many members the org has then.
 * Throws ENOTFOUND for an unknown account, ELASTOWNER when nobody would be left who runs it, EFORBIDDEN for a personal namespace.
 */
export async function setMember(
  parts: MemberParts,
  caller: Caller,
  { namespace, account, role }: { namespace: string; account: string; role: Role },
): Promise<number> {
  const act = { caller, namespace, action: "role.set", detail: { account, role } };
  return await changeOrg(parts, act, async (tx) => {
    const { id } = await requireNamed(tx, account);
    if (role !== "owner") await requireOtherOwner(tx, namespace, account);
    await tx.setRole(namespace, id, role);
    return (await tx.members(namespace)).length;
  });
}

/**
 * Ends an account's membership of an org, and of all its teams. What it owns of single skills (`npm owner`) stays.
 * Throws ENOTFOUND for an account that has no role in it, ELASTOWNER, EFORBIDDEN for a personal namespace.
 */
export async function removeMember(
  parts: MemberParts,
  caller: Caller,
  { namespace, account }: { namespace: string; account: string },
): Promise<void> {
  const act = { caller, namespace, action: "role.remove", detail: { account } };
  await changeOrg(parts, act, async (tx) => {
    const { id } = await requireNamed(tx, account);
    if (!(await tx.members(namespace)).some((member) => member.account === account)) {
      throw new SkillsError("ENOTFOUND", `"${account}" has no role of its own in @${namespace}`, {
        hint: "Roles by groups end at the provider, or with the group's role.",
      });
    }
    await requireOtherOwner(tx, namespace, account);
    await leave(tx, namespace, { id, name: account });
  });
}

/** Role and teams; who owns the namespace then is the caller's business. */
export async function leave(
  tx: MetadataWriter,
  namespace: string,
  { id, name }: Pick<Account, "id" | "name">,
): Promise<void> {
  await tx.setRole(namespace, id, null);
  for (const team of await tx.teams(namespace)) {
    if ((await tx.teamMembers(namespace, team))?.includes(name) !== true) continue;
    await tx.setTeamMember(namespace, team, { accountId: id, isMember: false });
  }
}

/** The account of that name; throws ENOTFOUND. */
export async function requireNamed(reader: MetadataReader, name: string): Promise<Account> {
  const account = await reader.account(name);
  if (account !== undefined) return account;
  throw new SkillsError("ENOTFOUND", `there is no account ${JSON.stringify(name.slice(0, 80))}`);
}

/** Owners by groups do not count: a provider could take the last one away without asking. */
export async function requireOtherOwner(
  reader: MetadataReader,
  namespace: string,
  account: string,
): Promise<void> {
  const owners = (await reader.members(namespace)).filter(({ role }) => role === "owner");
  if (owners.length !== 1 || owners[0]?.account !== account) return;
  throw new SkillsError("ELASTOWNER", `"${account}" is the last owner of @${namespace}`, {
    hint: `Make somebody else an owner first: npm org set ${namespace} <user> owner`,
  });
}
