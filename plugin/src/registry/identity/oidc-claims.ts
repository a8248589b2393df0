import { type Configuration, fetchUserInfo } from "openid-client";
import type { OidcConfig } from "../../config.ts";
import type { DeviceTokens } from "./device-poll.ts";
import { type Claims, isComplete, requirePast } from "./oidc-identity.ts";
import { providerFault } from "./provider-step.ts";

/** What ID token and userinfo tell together; the ID token is believed first. Throws EPROVIDER. */
export async function allClaims(
  config: OidcConfig,
  client: Configuration,
  { tokens, subject }: { tokens: DeviceTokens; subject: string },
): Promise<Claims> {
  const claims = tokens.claims();
  if (claims !== undefined) requirePast(config, claims.iat);
  const told: Claims = { ...claims, sub: claims?.sub ?? subject };
  if (told["sub"] !== subject)
    throw providerFault(config.title, "sent an ID token that was not made for this login");
  const hasMore = client.serverMetadata().userinfo_endpoint !== undefined;
  if (!hasMore || isComplete(config, told)) return told;
  return { ...(await fetchUserInfo(client, tokens.access_token, subject)), ...told };
}
