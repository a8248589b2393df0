import {
  allowInsecureRequests,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  None,
  type ServerMetadata,
} from "openid-client";
import type { OidcConfig } from "../../config.ts";
import { providerFault, type StepFetch } from "./provider-step.ts";

/** Public keys only: neither `none`, nor HS256, which would take the published key for the secret one. */
const ALGORITHMS = /^([RP]S(256|384|512)|ES(256|384|512)|EdDSA|Ed25519)$/;
/** Addresses of a provider seldom change; keys are asked for at each login, so that they may. */
const DISCOVERY_MS = 3_600_000;

/** The library's client for one step. */
export type OidcClient = (fetch: StepFetch) => Promise<Configuration>;

/** Asks for the discovery document when it is needed: a provider that is down keeps the registry from nothing else. */
export function oidcClient(config: OidcConfig, secret: string | undefined): OidcClient {
  let known: { metadata: ServerMetadata; until: number } | undefined;
  return async (fetch) => {
    if (known === undefined || known.until < Date.now()) {
      known = { metadata: await discover(config, fetch), until: Date.now() + DISCOVERY_MS };
    }
    const { metadata } = known;
    const client = new Configuration(metadata, config.clientId, {}, authentication(metadata, secret));
    client[customFetch] = fetch;
    // The library trusts the connection that an ID token came by, and checks no signature unless it is told to.
    enableNonRepudiationChecks(client);
    if (isPlain(config)) allowInsecureRequests(client);
    return client;
  };
}

async function discover(config: OidcConfig, fetch: StepFetch): Promise<ServerMetadata> {
  const found = await discovery(new URL(config.issuer), config.clientId, undefined, None(), {
    [customFetch]: fetch,
    execute: isPlain(config) ? [allowInsecureRequests] : [],
  });
  const { supportsPKCE: _, ...metadata } = found.serverMetadata();
  const offered = metadata.id_token_signing_alg_values_supported ?? ["RS256"];
  const accepted = offered.filter((algorithm) => ALGORITHMS.test(algorithm));
  if (accepted.length === 0) throw providerFault(config.title, "signs in a way that is not accepted");
  return { ...metadata, id_token_signing_alg_values_supported: accepted };
}

/** Plain http is configured for this machine only. */
function isPlain({ issuer }: OidcConfig): boolean {
  return issuer.startsWith("http:");
}

/** The specification's default, if the provider does not rule it out. */
function authentication(metadata: ServerMetadata, secret: string | undefined): ClientAuth {
  if (secret === undefined) return None();
  const methods = metadata.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
  return methods.includes("client_secret_basic") ? ClientSecretBasic(secret) : ClientSecretPost(secret);
}
