import { SkillsError } from "@skills-registry/schema";
import { calculatePKCECodeChallenge } from "openid-client";
import type { LoginChecks } from "./provider.ts";

/** What goes to a provider with a browser; `checks` says what it has to come back with. */
export async function authorizationParameters(
  redirectUri: string,
  { state, verifier }: LoginChecks,
): Promise<Record<string, string>> {
  return {
    redirect_uri: redirectUri,
    state,
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  };
}

/** Throws EFORBIDDEN for an answer to another login: somebody may have sent the person a link to log in as them. */
export function requireState(url: URL, { state }: LoginChecks): void {
  const states = url.searchParams.getAll("state");
  if (states.length === 1 && states[0] === state) return;
  throw new SkillsError("EFORBIDDEN", "this is not the answer to the login that was started here", {
    hint: "Start the login again, and finish it in the same browser.",
  });
}
