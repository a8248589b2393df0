import type { DatabaseSync } from "node:sqlite";
import { LRUCache } from "lru-cache";
import { z } from "zod";
import type { IdentityReader } from "../../identity.ts";

/** Tokens that are used at a time; each takes some hundred bytes. */
const TOKENS_MAX = 10_000;

const version = z.object({ data_version: z.number() });

/**
 * Keeps tokens that were found for as long as nothing is written to the database, by whatever process: every authenticated request
 * asks for one. The version of the data costs a tenth of the look-up, and tells of a revocation as soon as it is committed.
 * Secrets that nobody has are not kept: guesses would push the others out.
 */
export function rememberTokens(
  reading: DatabaseSync,
  find: IdentityReader["token"],
): IdentityReader["token"] {
  const known = new LRUCache<string, NonNullable<Awaited<ReturnType<typeof find>>>>({ max: TOKENS_MAX });
  const statement = reading.prepare("pragma data_version");
  const current = (): number => version.parse(statement.get()).data_version;
  let knownAt = current();
  return async (hash) => {
    const asked = current();
    if (asked !== knownAt) known.clear();
    knownAt = asked;
    const remembered = known.get(hash);
    if (remembered !== undefined) return remembered;
    const found = await find(hash);
    // Written meanwhile: what was found may be of before.
    if (found !== undefined && current() === asked && knownAt === asked) known.set(hash, found);
    return found;
  };
}
