import { SkillsError } from "@skills-registry/schema";
import { authorizationCodeGrant, buildAuthorizationUrl, type Configuration } from "openid-client";
import type { OidcConfig } from "../../config.ts";
import { beginDevice, type DeviceTokens, pollDevice } from "./device-poll.ts";
import { authorizationParameters, requireState } from "./login-checks.ts";
import { grantFor, oidcAsking } from "./oidc-asking.ts";
import { allClaims } from "./oidc-claims.ts";
import { oidcClient } from "./oidc-client.ts";
import { identityOf } from "./oidc-identity.ts";
import type { ProvedIdentity, Provider } from "./provider.ts";
import { providerFault, providerStep, STEP_MS, type StepFetch } from "./provider-step.ts";

/** People of an OpenID Connect provider. Its names do not become namespaces: people may change them there. */
export function oidcProvider(config: OidcConfig, secret: string | undefined, timeoutMs = STEP_MS): Provider {
  const { id, title } = config;
  const scope = config.scopes.join(" ");
  const connect = oidcClient(config, secret);
  const ask = oidcAsking(config);
  const step = async <T>(work: (client: Configuration) => Promise<T>): Promise<T> =>
    await providerStep({ title, timeoutMs }, async (fetch: StepFetch) => await work(await connect(fetch)));
  return {
    id,
    title,
    ownsNames: false,
    authorizationUrl: async (redirectUri, checks) =>
      await step(async (client) =>
        buildAuthorizationUrl(client, {
          ...(await authorizationParameters(redirectUri, checks)),
          scope,
          nonce: checks.nonce,
          ...(config.prompt === undefined ? {} : { prompt: config.prompt }),
        }),
      ),
    callback: async (url, checks) => {
      requireState(url, checks);
      return await step(async (client) => {
        const tokens = await authorizationCodeGrant(client, url, {
          expectedState: checks.state,
          expectedNonce: checks.nonce,
          pkceCodeVerifier: checks.verifier,
          idTokenExpected: true,
        });
        return await proved(config, client, tokens);
      });
    },
    device: {
      begin: async () =>
        await step(async (client) => {
          requireDevice(title, client);
          return await beginDevice(client, scope);
        }),
      poll: async (deviceCode) =>
        await step(async (client) => {
          const tokens = await pollDevice(client, deviceCode);
          return typeof tokens === "string" ? tokens : await proved(config, client, tokens);
        }),
    },
    ask: async (grant, keep) => await step(async (client) => await ask(client, grant, keep)),
  };
}

function requireDevice(title: string, client: Configuration): void {
  if (client.serverMetadata().device_authorization_endpoint !== undefined) return;
  throw new SkillsError("EFORBIDDEN", `${title} has no login for machines without a browser`, {
    hint: "Log in with a browser, on any machine: npm login --auth-type=web",
  });
}

/** Somebody who logged in a moment ago. */
async function proved(
  config: OidcConfig,
  client: Configuration,
  tokens: DeviceTokens,
): Promise<ProvedIdentity> {
  const claims = tokens.claims();
  if (claims === undefined) throw providerFault(config.title, "sent no ID token");
  const refresh = tokens.refresh_token;
  const grant = refresh === undefined ? null : grantFor(claims.sub, refresh);
  return identityOf(config, await allClaims(config, client, { tokens, subject: claims.sub }), grant);
}
