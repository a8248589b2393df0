import type { Account, Token } from "../store/metadata.ts";

/** Who is asking, as far as it has been proved. */
export interface Caller {
  account: Account | null;
  /** The token that proved it; null for an anonymous caller. */
  token: Token | null;
  /** Named in the configuration as one who runs the registry. */
  operator: boolean;
  /** Address of the caller, as the host resolved it (`server.trustProxy`). */
  address: string;
  /** True when the caller sits on this machine and no proxy stands between. */
  local: boolean;
}

export function callerName(caller: Caller): string | null {
  return caller.account?.name ?? null;
}
