import { SkillsError } from "@skills-registry/schema";
import type { Config } from "../../config.ts";
import { isLoopback } from "../../registry/trust/fetch-json.ts";
import { exchangeIdToken } from "../../registry/trust/exchange.ts";
import { type Answer, json } from "../answer.ts";
import type { PackageRequest, Request } from "../request.ts";
import type { Services } from "../services.ts";

/** Three parts in base64url; how long it may be is said where it is verified. */
const ID_TOKEN = /^Bearer +([\w-]+\.[\w-]*\.[\w-]*)$/i;

/** What npm does before it publishes from CI: the ID token stands where tokens of ours do. */
export async function exchangeToken({ parts }: Services, request: PackageRequest): Promise<Answer> {
  const idToken = ID_TOKEN.exec(request.headers.authorization ?? "")?.[1];
  if (idToken === undefined) {
    throw new SkillsError("ENEEDAUTH", "the ID token of a run of CI has to come as the bearer token", {
      hint: "See docs/trusted-publishing.md.",
    });
  }
  const audience = audienceOf(parts.config, request);
  const { token, secret } = await exchangeIdToken(parts, request.caller, {
    name: request.name,
    idToken,
    audience,
  });
  return json(
    201,
    { token_type: "oidc", token: secret, created: token.createdAt, expires: token.expiresAt },
    { "cache-control": "no-store" },
  );
}

/**
 * Whom an ID token has to be for: npm makes it of the host alone, whatever the port. What the request says of its host counts only
 * on this machine: another registry could bring the tokens that it was given, and call us by its own name.
 */
function audienceOf({ publicUrl }: Config, { baseUrl, caller }: Request): string {
  const url = new URL(baseUrl);
  if (publicUrl !== null || (caller.local && isLoopback(url))) return `npm:${url.hostname}`;
  throw new SkillsError(
    "EFORBIDDEN",
    "this registry takes no ID tokens: it is not configured with its own address",
    {
      hint: "The operator has to set skills.publicUrl.",
    },
  );
}
