import { SkillsError } from "@skills-registry/schema";
import { confirmPassword } from "../../registry/accounts.ts";
import { requireAccount } from "../../registry/caller.ts";
import { DAY_MS } from "../../registry/days.ts";
import { parseLimit } from "../../registry/token-limits.ts";
import { parseCidr } from "../../registry/token-networks.ts";
import { createToken, revokeToken, type TokenRequest } from "../../registry/tokens.ts";
import type { Token } from "../../store/identity.ts";
import { type Answer, json } from "../answer.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";
import { parseBody, type TokenBody, tokenBody } from "./documents.ts";

/** `npm token list`. */
export async function listTokens(services: Services, request: Request): Promise<Answer> {
  const tokens = await services.parts.metadata.tokens(requireAccount(request.caller).id);
  return json(200, { objects: tokens.map(describeToken), urls: {} });
}

/** `npm token create`: asks for the password again, so that a stolen token cannot make more. */
export async function addToken(services: Services, request: Request): Promise<Answer> {
  const { parts } = services;
  const body = parseBody(tokenBody, request.body);
  const wish = toTokenRequest(body, parts.now());
  await confirmPassword(parts, request.caller, body.password);
  const { token, secret } = await createToken(parts, request.caller, wish);
  return json(201, { ...describeToken(token), token: secret });
}

/** `npm token revoke`. */
export async function removeToken(services: Services, request: Request): Promise<Answer> {
  await revokeToken(services.parts, request.caller, request.params["key"] ?? "");
  return json(200, { ok: true });
}

function toTokenRequest(body: TokenBody, now: Date): TokenRequest {
  const { expires, cidr_whitelist: networks } = body;
  const request: TokenRequest = {
    kind: "token",
    name: body.name ?? body.description ?? null,
    readonly: body.readonly === true || body.packages_and_scopes_permission === "read-only",
    packages: [...(body.scopes ?? []).map(parseScope), ...(body.packages ?? []).map(parseLimit)],
    cidr: (networks ?? []).map(parseCidr),
    expiresAt: typeof expires !== "number" ? null : new Date(now.getTime() + expires * DAY_MS).toISOString(),
  };
  refuseContradictions(body, request);
  return request;
}

/** What cannot be kept is refused: a token that ignored an option would be wider than its maker thinks. Throws EBADREQUEST. */
function refuseContradictions(body: TokenBody, { readonly, packages }: TokenRequest): void {
  if (body.packages_all === true && packages.length > 0) {
    throw new SkillsError(
      "EBADREQUEST",
      "a token is for all packages, or for those that are named, not both",
    );
  }
  if (body.packages_and_scopes_permission === "no-access") {
    throw new SkillsError("EBADREQUEST", "every token here reads skills; no-access cannot be had");
  }
  const permission = body.orgs_permission;
  const hasNoOrgs = readonly || packages.length > 0;
  if (
    (body.orgs ?? []).length > 0 ||
    (permission !== undefined && (permission !== "no-access" || !hasNoOrgs))
  ) {
    throw new SkillsError("EBADREQUEST", "tokens cannot be limited to what they may do with orgs", {
      hint: "A token that is read-only or limited to scopes or packages changes no org; another may do what its account may.",
    });
  }
}

function parseScope(scope: string): string {
  if (!scope.includes("/")) return parseLimit(scope);
  throw new SkillsError("EBADREQUEST", `${JSON.stringify(scope.slice(0, 100))} is not a scope like @acme`);
}

/** As npm shows it; `kind`, `packages` and `last_used` are ours, for `npm token list --json`. */
function describeToken(token: Token): Record<string, unknown> {
  return {
    key: token.id,
    token: token.hint,
    name: token.name ?? token.kind,
    kind: token.kind,
    readonly: token.readonly,
    packages: token.packages,
    cidr_whitelist: token.cidr.length === 0 ? null : token.cidr,
    created: token.createdAt,
    updated: token.createdAt,
    expires: token.expiresAt,
    last_used: token.lastUsedAt,
  };
}
