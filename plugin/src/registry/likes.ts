import type { PackageName } from "@skills-registry/schema";
import { type Caller, requireAccount } from "./caller.ts";
import type { Parts } from "./parts.ts";
import { resolveVersion } from "./resolve-version.ts";

export interface LikeWish {
  name: PackageName;
  liked: boolean;
}

/**
 * Sets or takes back the caller's like, which is npm's star; nobody can like for another, and once is as good as twice.
 * The package itself does not change by it, nor its rev: else any account could keep the owner from deprecating,
 * by changing the rev faster than the owner reads it. Returns that rev, and the number of likes. Throws ENOTFOUND.
 */
export async function setLike(
  { metadata }: Pick<Parts, "metadata">,
  caller: Caller,
  { name, liked }: LikeWish,
): Promise<{ rev: number; likes: number }> {
  const account = requireAccount(caller);
  return await metadata.transaction(async (tx) => {
    const { package: found } = await resolveVersion(tx, { name });
    await tx.setStar(found.id, account.id, liked);
    return { rev: found.rev, likes: await tx.likes(found.id) };
  }, `package ${name.full}`);
}
