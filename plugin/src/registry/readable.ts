import type { AuthorizeParts } from "./authorize.ts";
import type { Caller } from "./caller.ts";
import { readableWith } from "./token-limits.ts";

/**
 * Namespaces (`acme`) and skills (`@acme/x`) whose restricted skills the caller may see, for lists of skills; of one skill the
 * authorisation function says it.
 */
export async function readableNames(
  { metadata, groupRoles }: AuthorizeParts,
  { account, token }: Caller,
): Promise<string[]> {
  if (token === null) return [];
  if (account === null) return token.kind === "publish" ? token.packages : [];
  return readableWith(token, await metadata.readable(account.id, groupRoles.countsFrom("reading")));
}

/** Whether the caller may see the people of a namespace; of a request for nothing but them the authorisation function says it. */
export async function belongsTo(parts: AuthorizeParts, caller: Caller, namespace: string): Promise<boolean> {
  if (caller.account === null || caller.token?.packages.length !== 0) return false;
  return (await readableNames(parts, caller)).includes(namespace);
}
