import { SkillsError } from "@skills-registry/schema";
import { LRUCache } from "lru-cache";
import { type Configuration, refreshTokenGrant } from "openid-client";
import { z } from "zod";
import type { OidcConfig } from "../../config.ts";
import type { DeviceTokens } from "./device-poll.ts";
import { allClaims } from "./oidc-claims.ts";
import { type Claims, identityOf } from "./oidc-identity.ts";
import type { KeepGrant, ProvedIdentity } from "./provider.ts";
import { oauthError } from "./provider-step.ts";

/** A refresh token and whose it is: an answer to it need not say. */
const grantText = z
  .string()
  .transform((text) => text.split(" "))
  .pipe(z.tuple([z.string(), z.string()]));

/** Refusals of a refresh token that mean its end; all others may be a matter of configuration. */
const ENDED = new Set(["invalid_grant", "interaction_required"]);

/** Grants that were renewed by a question that failed afterwards, remembered until they are stored. */
const UNSAVED_MAX = 1_000;

export function grantFor(subject: string, refreshToken: string): string {
  return `${encodeURIComponent(subject)} ${refreshToken}`;
}

/** Who a grant's person is now; null when the refresh token is refused, or the person may not log in any more. Throws EPROVIDER. */
export function oidcAsking(
  config: OidcConfig,
): (client: Configuration, grant: string, keep?: KeepGrant) => Promise<ProvedIdentity | null> {
  // A provider that rotates refresh tokens takes each once; the new one must outlive a failure to store it.
  const unsaved = new LRUCache<string, string>({ max: UNSAVED_MAX });
  return async (client, grant, keep) => {
    const known = grantText.safeParse(unsaved.get(grant) ?? grant);
    if (!known.success) return null;
    const [owner, token] = known.data;
    const subject = decodeURIComponent(owner);
    const tokens = await renewed(client, token);
    if (tokens === null) return null;
    const next = grantFor(subject, tokens.refresh_token ?? token);
    unsaved.set(grant, next);
    if (tokens.refresh_token !== undefined) await keep?.(next);
    const told = await allClaims(config, client, { tokens, subject });
    unsaved.delete(grant);
    return identityIfAllowed(config, told, next);
  };
}

async function renewed(client: Configuration, refreshToken: string): Promise<DeviceTokens | null> {
  try {
    return await refreshTokenGrant(client, refreshToken);
  } catch (error) {
    if (ENDED.has(oauthError(error) ?? "")) return null;
    throw error;
  }
}

function identityIfAllowed(config: OidcConfig, told: Claims, grant: string): ProvedIdentity | null {
  try {
    return identityOf(config, told, grant);
  } catch (error) {
    if (error instanceof SkillsError && error.code === "EFORBIDDEN") return null;
    throw error;
  }
}
