import { SkillsError } from "@skills-registry/schema";
import type { GroupRole, Role } from "../../store/identity.ts";
import { type Caller, requireAccount } from "../caller.ts";
import type { Parts } from "../parts.ts";
import { changeOrg } from "./change.ts";
import { currentGroups } from "./current-groups.ts";

type GroupParts = Pick<Parts, "metadata" | "config" | "groupRoles" | "now">;

/** A group as people name it. */
export interface NamedGroup {
  namespace: string;
  /** Id of a configured provider. */
  provider: string;
  /** `acme`, `acme/legal` */
  group: string;
}

/**
 * Gives everybody in a provider's group a role in an org. What is kept is the group's id: who registers its name after a rename
 * gets nothing. Throws EBADREQUEST for an unknown provider, ENOTFOUND for a group of GitHub that the caller is not in, EPROVIDER,
 * EFORBIDDEN for a personal namespace.
 */
export async function setGroupRole(
  parts: GroupParts,
  caller: Caller,
  { role, ...named }: NamedGroup & { role: Role },
): Promise<void> {
  const { namespace, provider } = named;
  const group = await resolveGroup(parts, caller, named);
  const act = { caller, namespace, action: "group.set", detail: { provider, group, role } };
  await changeOrg(parts, act, async (tx) => await tx.setGroupRole(namespace, { provider, group }, role));
}

/** Ends the role of a group, by its name when the role was given, or by its id. Throws ENOTFOUND, EFORBIDDEN. */
export async function removeGroupRole(parts: GroupParts, caller: Caller, named: NamedGroup): Promise<void> {
  const { namespace, provider, group } = named;
  const act = { caller, namespace, action: "group.remove", detail: { provider, group } };
  await changeOrg(parts, act, async (tx) => {
    const roles = (await tx.groupRoles(namespace)).filter((one) => one.provider === provider);
    const found =
      roles.find((one) => one.group.name === group) ?? roles.find((one) => one.group.id === group);
    if (found === undefined) {
      throw new SkillsError("ENOTFOUND", `the group "${group}" of ${provider} has no role in @${namespace}`);
    }
    await tx.setGroupRole(namespace, found, null);
  });
}

async function resolveGroup(
  parts: GroupParts,
  caller: Caller,
  { provider, group }: NamedGroup,
): Promise<GroupRole["group"]> {
  const others = parts.config.providers.filter((one) => one.type !== "local");
  const configured = others.find(({ id }) => id === provider);
  if (configured === undefined) {
    const known = others.map(({ id }) => id).join(", ");
    throw new SkillsError("EBADREQUEST", `there is no provider "${provider}" with groups`, {
      hint: known === "" ? "This registry has accounts of its own only." : `Choose one of ${known}.`,
    });
  }
  // Names are all that OpenID Connect has.
  if (configured.type === "oidc") return { id: group, name: group };
  const groups = await currentGroups(parts, requireAccount(caller).id);
  const found = groups.find((one) => one.provider === provider && isCalled(one.name, group));
  if (found !== undefined) return { id: found.id, name: found.name };
  throw new SkillsError("ENOTFOUND", `you are in no group "${group}" of ${configured.title}`, {
    hint: `Only somebody in the group can say which one is meant. If you joined it lately, log in by ${configured.title} again.`,
  });
}

function isCalled(name: string, asked: string): boolean {
  return name.toLowerCase() === asked.toLowerCase();
}
