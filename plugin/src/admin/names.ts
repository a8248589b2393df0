import { isNamespace, SkillsError } from "@skills-registry/schema";
import { leave, requireNamed, requireOtherOwner } from "../registry/namespaces/members.ts";
import { ROLES, type Role } from "../store/identity.ts";
import type { MetadataWriter } from "../store/metadata.ts";
import { audited } from "./audited.ts";
import { argument, type Command, type CommandContext, type Outcome } from "./command.ts";

/** Names, and who has them. */
export const nameCommands: Command[] = [
  {
    usage: "admin reserve <name>",
    summary: "Keeps a name for operators to give away: no account or org can take it.",
    run: async (context) => await setReserved(context, true),
  },
  {
    usage: "admin unreserve <name>",
    summary: "Takes that back.",
    run: async (context) => await setReserved(context, false),
  },
  {
    usage: "admin role <namespace> <account> <role>",
    summary: "Sets a role in an org, for one whose owners have left: owner, maintainer, member or none.",
    run: setRole,
  },
];

async function setReserved(context: CommandContext, reserved: boolean): Promise<Outcome> {
  const name = argument(context, "name");
  if (!isNamespace(name)) {
    throw new SkillsError(
      "EBADNAME",
      `${JSON.stringify(name.slice(0, 80))} cannot be the name of a namespace`,
      {
        hint: "Namespaces are called by lower-case letters, digits and hyphens, at most 64.",
      },
    );
  }
  await audited(context, { action: reserved ? "reserve" : "unreserve", subject: name }, async (tx) => {
    if (!reserved && !(await tx.reservedNames()).includes(name)) {
      throw new SkillsError("ENOTFOUND", `"${name}" was not reserved by an operator`);
    }
    await tx.setReserved(name, reserved);
  });
  return {
    text: `${name} is ${reserved ? "reserved" : "not reserved any more"}\n`,
    json: { name, reserved },
  };
}

async function setRole(context: CommandContext): Promise<Outcome> {
  const namespace = argument(context, "namespace").replace(/^@/, "");
  const account = argument(context, "account");
  const role = parseRole(argument(context, "role"));
  const act = { action: "role", subject: namespace, detail: { account, role }, namespace };
  await audited(context, act, async (tx) => {
    await requireOrg(tx, namespace);
    if (role === "owner" || role === "maintainer") await refuseMirror(tx, namespace);
    const { id } = await requireNamed(tx, account);
    if (role !== "owner") await requireOtherOwner(tx, namespace, account);
    if (role === null) await leave(tx, namespace, { id, name: account });
    else await tx.setRole(namespace, id, role);
  });
  const text =
    role === null ? `${account} has no role in @${namespace}` : `${account} is ${role} of @${namespace}`;
  return { text: `${text}\n`, json: { namespace, account, role } };
}

function parseRole(text: string): Role | null {
  if (text === "none") return null;
  const role = ROLES.find((candidate) => candidate === text);
  if (role !== undefined) return role;
  throw new SkillsError("EUSAGE", `"${text.slice(0, 40)}" is not a role`, {
    hint: `Roles are ${ROLES.join(", ")}; none takes one away.`,
  });
}

/** Whoever reads its restricted skills is a member. Nobody can do more with a copy. */
async function refuseMirror(tx: MetadataWriter, namespace: string): Promise<void> {
  const mirror = await tx.mirror(namespace);
  if (mirror === undefined) return;
  throw new SkillsError("EMIRROR", `@${namespace} is copied from ${mirror.url}: nobody runs it here`, {
    hint: `Give the role at that registry, or let somebody read its restricted skills: skills-registry admin role ${namespace} <account> member`,
  });
}

async function requireOrg(tx: MetadataWriter, name: string): Promise<void> {
  const found = await tx.namespace(name);
  if (found === undefined) throw new SkillsError("ENOTFOUND", `there is no namespace @${name.slice(0, 80)}`);
  if (found.movedTo !== null) {
    throw new SkillsError("ESKILLMOVED", `the namespace @${name} is called @${found.movedTo} now`);
  }
  if (found.kind === "org") return;
  throw new SkillsError(
    "EBADREQUEST",
    `@${name} is the personal namespace of "${name}", which stays its owner`,
    {
      hint: `Give the account to whoever runs it: skills-registry admin reset-password ${name}`,
    },
  );
}
