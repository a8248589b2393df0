import { SkillsError } from "@skills-registry/schema";
import type { Namespace } from "../../store/identity.ts";
import { type Caller, requireAccount } from "../caller.ts";
import { claimName } from "../names/claim.ts";
import type { Parts } from "../parts.ts";
import { auditRefusals, writeDown } from "./change.ts";
import { currentGroups } from "./current-groups.ts";

export type CreateParts = Pick<Parts, "metadata" | "config" | "groupRoles" | "now">;

/**
 * Makes an org whose only owner is the caller. Throws EFORBIDDEN when the configuration does not let the caller, EBADNAME or
 * ENAMETAKEN for a name that it cannot have, EPROVIDER when a provider that has to prove something does not answer.
 */
export async function createNamespace(parts: CreateParts, caller: Caller, name: string): Promise<Namespace> {
  const account = requireAccount(caller);
  const act = { caller, namespace: name, action: "namespace.create", detail: {} };
  return await auditRefusals(parts, act, async () => {
    await requireCreator(parts, caller, name);
    return await parts.metadata.transaction(async (tx) => {
      const skeleton = await claimName(tx, { name, config: parts.config, caller });
      const createdAt = parts.now().toISOString();
      const made: Namespace = { name, kind: "org", visibility: null, movedTo: null, createdAt };
      await tx.insertNamespace(made, skeleton);
      await tx.setRole(name, account.id, "owner");
      await writeDown(tx, parts, act);
      return made;
    });
  });
}

/** Whether the configuration lets the caller have an org of that name. Throws EFORBIDDEN, EPROVIDER. */
export async function requireCreator(parts: CreateParts, caller: Caller, name: string): Promise<void> {
  const { create, creators } = parts.config.namespaces;
  const account = requireAccount(caller);
  if (create === "anyone" || caller.operator || creators.includes(account.name)) return;
  if (create === "operators") {
    throw new SkillsError("EFORBIDDEN", "only operators of this registry make orgs", {
      hint: "Ask one of them to make it and to make you its owner.",
    });
  }
  const groups = await currentGroups(parts, account.id);
  if (groups.some((group) => group.type === "github" && group.admin && isCalled(group.name, name))) return;
  throw new SkillsError("EFORBIDDEN", `you have not proved that you run "${name.slice(0, 80)}" at GitHub`, {
    hint: "An org is made by an admin of the GitHub organization of the same name. Log in by GitHub, or link it to your account.",
  });
}

/** Whether the configuration lets the caller have orgs. Of what name, where GitHub has to say it, is asked when one is made. */
export async function mayCreate(
  { metadata, config }: Pick<CreateParts, "metadata" | "config">,
  caller: Caller,
): Promise<boolean> {
  const { create, creators } = config.namespaces;
  const account = requireAccount(caller);
  if (create === "anyone" || caller.operator || creators.includes(account.name)) return true;
  if (create === "operators") return false;
  const github = new Set(config.providers.flatMap((one) => (one.type === "github" ? [one.id] : [])));
  return (await metadata.identities(account.id)).some(({ provider }) => github.has(provider));
}

/** GitHub's names keep the case they were made with, and are the same in any. */
function isCalled(group: string, name: string): boolean {
  return group.toLowerCase() === name;
}
