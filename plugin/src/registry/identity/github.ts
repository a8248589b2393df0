import { SkillsError } from "@skills-registry/schema";
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  ClientSecretPost,
  Configuration,
  customFetch,
} from "openid-client";
import { z } from "zod";
import type { GitHubConfig } from "../../config.ts";
import { beginDevice, pollDevice } from "./device-poll.ts";
import { gitHubIdentity, mayLogIn } from "./github-api.ts";
import { authorizationParameters, requireState } from "./login-checks.ts";
import type { ProvedIdentity, Provider } from "./provider.ts";
import { providerFault, providerStep, STEP_MS, type StepFetch } from "./provider-step.ts";

/** Organizations and teams, and nothing else: who it is needs no scope. */
const SCOPE = "read:org";

const refusal = z.object({ error: z.string() });

/** People of GitHub, or of an Enterprise server. Its logins become namespaces as they are. */
export function gitHubProvider(config: GitHubConfig, secret: string, timeoutMs = STEP_MS): Provider {
  const { id, title } = config;
  const step = async <T>(work: (fetch: StepFetch) => Promise<T>): Promise<T> =>
    await providerStep({ title, timeoutMs }, work);
  const client = (fetch: StepFetch): Configuration => gitHubClient(config, secret, fetch);
  const identify = async (fetch: StepFetch, token: string): Promise<ProvedIdentity> => {
    const proved = await gitHubIdentity({ config, fetch, token });
    if (proved === null) throw providerFault(title, "does not know the token that it gave");
    if (!mayLogIn(config, proved)) throw notAllowed(config);
    return proved;
  };
  return {
    id,
    title,
    ownsNames: true,
    authorizationUrl: async (redirectUri, checks) =>
      await step(async (fetch) =>
        buildAuthorizationUrl(client(fetch), {
          ...(await authorizationParameters(redirectUri, checks)),
          scope: SCOPE,
        }),
      ),
    callback: async (url, checks) => {
      requireState(url, checks);
      return await step(async (fetch) => {
        const expected = { expectedState: checks.state, pkceCodeVerifier: checks.verifier };
        const tokens = await authorizationCodeGrant(client(fetch), url, expected);
        return await identify(fetch, tokens.access_token);
      });
    },
    device: {
      begin: async () => await step(async (fetch) => await beginDevice(client(fetch), SCOPE)),
      poll: async (deviceCode) =>
        await step(async (fetch) => {
          const tokens = await pollDevice(client(fetch), deviceCode);
          return typeof tokens === "string" ? tokens : await identify(fetch, tokens.access_token);
        }),
    },
    ask: async (grant) =>
      await step(async (fetch) => {
        const proved = await gitHubIdentity({ config, fetch, token: grant });
        return proved !== null && mayLogIn(config, proved) ? proved : null;
      }),
  };
}

function notAllowed({ title }: GitHubConfig): SkillsError {
  const message = `only some organizations of ${title} may log in here, and you are in none of them`;
  return new SkillsError("EFORBIDDEN", message, {
    hint: "Ask the operator of the registry, or accept your invitation to the organization.",
  });
}

/** GitHub has no discovery; these are its documented addresses. */
function gitHubClient(config: GitHubConfig, secret: string, fetch: StepFetch): Configuration {
  const login = `${new URL(config.url).origin}/login`;
  const metadata = {
    issuer: `${login}/oauth`,
    authorization_endpoint: `${login}/oauth/authorize`,
    token_endpoint: `${login}/oauth/access_token`,
    device_authorization_endpoint: `${login}/device/code`,
  };
  const client = new Configuration(metadata, config.clientId, {}, ClientSecretPost(secret));
  client[customFetch] = async (url, options) => await withStatus(await fetch(url, options));
  if (config.url.startsWith("http:")) allowInsecureRequests(client);
  return client;
}

/** GitHub answers errors with 200; the library, as the standard, wants 400. */
async function withStatus(answer: Response): Promise<Response> {
  const body: unknown = await answer
    .clone()
    .json()
    .catch(() => undefined);
  const isRefusal = answer.status === 200 && refusal.safeParse(body).success;
  return isRefusal ? new Response(await answer.text(), { status: 400, headers: answer.headers }) : answer;
}
