import { isDeviceName, isNamespace, SkillsError } from "@skills-registry/schema";
import type { Config } from "../../config.ts";
import type { MetadataReader } from "../../store/metadata.ts";
import type { Caller } from "../caller.ts";
import { isLookAlike, skeletonLengths } from "./look-alike.ts";
import { isReserved } from "./reserved.ts";
import { skeleton } from "./skeleton.ts";

export interface NameClaim {
  /** As it would be stored: nothing is normalised. */
  name: string;
  config: Pick<Config, "namespaces" | "operators">;
  /** Operators may give away reserved names and look-alikes. */
  caller: Caller;
}

/**
 * Whether a name can become that of an account or an org: every one that comes to be asks here, in its own transaction, for two may
 * want the same name at once. Returns the skeleton that is stored with the name. Look-alikes of what the caller owns are fine.
 * Throws EBADNAME for what no namespace can be called, ENAMETAKEN for a name that somebody has or had, that is reserved, or that
 * people could take for somebody else's. Which of the last two it is stays unsaid: the other may have shown itself to nobody.
 */
export async function claimName(tx: MetadataReader, { name, config, caller }: NameClaim): Promise<string> {
  requireNamespaceName(name);
  // Accounts have a namespace of their name, so this asks for them, too.
  if ((await tx.namespace(name)) !== undefined) {
    throw new SkillsError("ENAMETAKEN", `the name "${name}" is taken`);
  }
  if (caller.operator) return skeleton(name);
  if (config.operators.includes(name)) return claimOperator(name, caller);
  const reserved = [...config.namespaces.reserved, ...(await tx.reservedNames())];
  if (isReserved(name, reserved) || (await hasLookAlike(tx, caller, name))) {
    throw new SkillsError("ENAMETAKEN", `the name "${name}" is reserved, or too much like another`, {
      hint: "Choose another name; an operator of the registry can give this one to you.",
    });
  }
  return skeleton(name);
}

/**
 * Who gets this account runs the registry. Somebody on its own machine may; from elsewhere anybody could come who is called so at a
 * provider, or is faster than the one who was meant.
 */
function claimOperator(name: string, caller: Caller): string {
  if (caller.local) return skeleton(name);
  throw new SkillsError("ENAMETAKEN", `the name "${name}" is kept for an operator`, {
    hint: `It is made on the registry's machine: skills-registry admin create-account ${name}`,
  });
}

function requireNamespaceName(name: string): void {
  // A namespace becomes a folder where skills are kept by name.
  if (isNamespace(name) && !isDeviceName(name)) return;
  throw new SkillsError(
    "EBADNAME",
    `${JSON.stringify(name.slice(0, 80))} cannot be the name of a namespace`,
    {
      hint: "Namespaces are called by lower-case letters, digits and hyphens, at most 64; con, nul and the like are none.",
    },
  );
}

async function hasLookAlike(tx: MetadataReader, caller: Caller, name: string): Promise<boolean> {
  const near = await tx.namespacesBySkeleton(skeletonLengths(name));
  const alike = near.filter((existing) => isLookAlike(name, existing)).map((existing) => existing.name);
  if (alike.length === 0 || caller.account === null) return alike.length > 0;
  const memberships = await tx.memberships(caller.account.id);
  const own = new Set(memberships.filter(({ role }) => role === "owner").map(({ namespace }) => namespace));
  return alike.some((existing) => !own.has(existing));
}
