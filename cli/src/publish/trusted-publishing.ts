import { z } from "zod";
import { isStatus, parseAnswer } from "../registry/answer.ts";
import type { Context } from "../context.ts";
import { requestJson, type NpmOptions } from "../registry/npm.ts";

/** The CI systems whose ID tokens npm exchanges, too, by the variables that they set. */
const CI_VARIABLES = ["GITHUB_ACTIONS", "GITLAB_CI", "CIRCLECI"];

/**
 * The options with a token for this run of CI, which publishes this one skill for some minutes. The same options where a token is
 * configured, outside of CI, where the run has no ID token, and for a registry that exchanges none.
 */
export async function withRunToken(context: Context, name: string, options: NpmOptions): Promise<NpmOptions> {
  const { host, pathname } = new URL(options.registry);
  const key = `//${host}${pathname}:_authToken`;
  const configured = (await context.npmConfig()).token(options.registry);
  if (configured !== undefined || options[key] !== undefined) return options;
  const idToken = await findIdToken(context, options);
  if (idToken === undefined) return options;
  const token = await exchange(idToken, name, options);
  return token === undefined ? options : { ...options, [key]: token };
}

async function findIdToken({ env }: Context, options: NpmOptions): Promise<string | undefined> {
  if (!CI_VARIABLES.some((name) => isSet(env[name]))) return undefined;
  if (isSet(env["NPM_ID_TOKEN"])) return env["NPM_ID_TOKEN"];
  const address = env["ACTIONS_ID_TOKEN_REQUEST_URL"];
  const token = env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"];
  if (!isSet(env["GITHUB_ACTIONS"]) || address === undefined || token === undefined) return undefined;
  const url = new URL(address);
  url.searchParams.set("audience", `npm:${new URL(options.registry).hostname}`);
  const answer = await requestJson(url.href, { ...options, forceAuth: { token } });
  return parseAnswer(z.object({ value: z.string().min(1) }), answer).value;
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "";
}

async function exchange(idToken: string, name: string, options: NpmOptions): Promise<string | undefined> {
  const address = `-/npm/v1/oidc/token/exchange/package/${name.replace("/", "%2f")}`;
  try {
    const answer = await requestJson(address, { ...options, method: "POST", forceAuth: { token: idToken } });
    return parseAnswer(z.object({ token: z.string().min(1) }), answer).token;
  } catch (error) {
    if (isStatus(error, 404) || isStatus(error, 405)) return undefined;
    throw error;
  }
}
