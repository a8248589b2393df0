import { SkillsError } from "@skills-registry/schema";
import { type Caller, requireAccount } from "../caller.ts";
import type { Parts } from "../parts.ts";
import { changeOrg } from "./change.ts";
import { leave, requireNamed } from "./members.ts";

/**
 * Hands an org over: the other account is an owner and the caller has no role in it any more, or neither. Other members stay.
 * Throws ENOTFOUND for an unknown account, EBADREQUEST for the caller's own, EFORBIDDEN for a personal namespace.
 */
export async function transferNamespace(
  parts: Pick<Parts, "metadata" | "now">,
  caller: Caller,
  { namespace, to }: { namespace: string; to: string },
): Promise<void> {
  const from = requireAccount(caller);
  const act = { caller, namespace, action: "namespace.transfer", detail: { to } };
  await changeOrg(parts, act, async (tx) => {
    const heir = await requireNamed(tx, to);
    if (heir.id === from.id) throw new SkillsError("EBADREQUEST", `@${namespace} is yours already`);
    await tx.setRole(namespace, heir.id, "owner");
    await leave(tx, namespace, from);
  });
}
