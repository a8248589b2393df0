import type { PackageName } from "@skills-registry/schema";
import { requireAccount } from "./authorize.ts";
import type { Caller } from "./caller.ts";
import { requirePackument } from "./packument.ts";
import type { Parts } from "./parts.ts";

/**
 * Sets or takes back the caller's star; nobody can star for another. The package itself does not change by it, nor its rev:
 * else any account could keep the owner from deprecating, by changing the rev faster than the owner reads it.
 * Returns that rev. Throws ENOTFOUND.
 */
export async function star(
  parts: Parts,
  caller: Caller,
  wish: { name: PackageName; starred: boolean },
): Promise<number> {
  const account = requireAccount(caller);
  return await parts.metadata.transaction(async (tx) => {
    const { package: found } = await requirePackument(tx, wish.name.full);
    await tx.setStar(found.id, account.id, wish.starred);
    return found.rev;
  });
}
