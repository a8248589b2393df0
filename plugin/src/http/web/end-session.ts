import { revokeToken } from "../../registry/tokens.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";

/** Revokes the session that the request came with, if there was one; other tokens are not a browser's to end by logging out. */
export async function endSession({ parts }: Services, { caller }: Request): Promise<void> {
  if (caller.token?.kind === "session") await revokeToken(parts, caller, caller.token.id);
}
