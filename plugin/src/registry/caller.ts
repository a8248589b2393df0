import { SkillsError } from "@skills-registry/schema";
import type { Account, Token } from "../store/identity.ts";

/** Who is asking, as far as it has been proved. */
export interface Caller {
  /** Null for an anonymous caller, and for a run of CI. */
  account: Account | null;
  /** The token that proved it; null for an anonymous caller. */
  token: Token | null;
  /** Runs the registry: named in the configuration, or made one by another operator. */
  operator: boolean;
  /** Address of the caller, as the host resolved it (`server.trustProxy`). */
  address: string;
  /** True when the caller sits on this machine and no proxy stands between. */
  local: boolean;
}

/** Name that versions and audit entries carry; null for an anonymous caller. */
export function callerName({ account, token }: Caller): string | null {
  return account?.name ?? token?.provenance?.publisher ?? null;
}

/** The account of the caller; throws ENEEDAUTH for an anonymous one, EFORBIDDEN for a run of CI. */
export function requireAccount(caller: Caller): Account {
  if (caller.account !== null) return caller.account;
  if (caller.token === null) throw new SkillsError("ENEEDAUTH", "this needs a login");
  throw new SkillsError(
    "EFORBIDDEN",
    "a token of trusted publishing publishes one skill, and does nothing else",
  );
}

/**
 * The account of a caller who comes with the session of a browser. What makes a new way in asks this: with a token that was found, or
 * that ends tomorrow, somebody could make one that never ends. Throws as `requireAccount` does, and EFORBIDDEN for every other token.
 */
export function requireSession(caller: Caller): { account: Account; session: Token } {
  const account = requireAccount(caller);
  if (caller.token?.kind === "session") return { account, session: caller.token };
  throw new SkillsError("EFORBIDDEN", "this takes somebody who is logged in with a browser", {
    hint: "Open the page in a browser, and log in there.",
  });
}
