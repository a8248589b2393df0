import { SkillsError } from "@skills-registry/schema";
import { confirmPassword, signIn } from "../../registry/accounts.ts";
import { requireAccount } from "../../registry/authorize.ts";
import { DAY_MS } from "../../registry/days.ts";
import { createToken, isSecretOf, parseCidr, revokeToken } from "../../registry/tokens.ts";
import type { Token } from "../../store/metadata.ts";
import { type Answer, json } from "../answer.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";
import { loginBody, parseBody, tokenBody } from "./documents.ts";

const USER_PREFIX = "org.couchdb.user:";

/** `PUT /-/user/org.couchdb.user:<name>`: npm login and npm adduser. */
export async function login(services: Services, request: Request): Promise<Answer> {
  const { name, password, email } = parseBody(loginBody, request.body);
  if (request.params["user"] !== USER_PREFIX + name) {
    throw new SkillsError("EBADBODY", "the name in the body differs from the one in the address");
  }
  const session = await signIn(services.parts, request.caller, { name, password, email: email ?? null });
  return json(201, {
    ok: session.registered ? `you are registered as ${name}` : `you are logged in as ${name}`,
    id: USER_PREFIX + name,
    token: session.secret,
  });
}

/** `DELETE /-/user/token/<secret>`: npm logout. Ends the session it is sent with, which a read-only token may do; others are `npm token revoke`. */
export async function logout(services: Services, request: Request): Promise<Answer> {
  const { token } = request.caller;
  const key = request.params["token"] ?? "";
  if (token === null || !isSecretOf(token, key)) {
    throw new SkillsError("EFORBIDDEN", "a token can only log itself out");
  }
  await revokeToken(services.parts, request.caller, key);
  return json(200, { ok: true });
}

export async function whoami(_services: Services, request: Request): Promise<Answer> {
  return json(200, { username: requireAccount(request.caller).name });
}

/** `npm profile get`. */
export async function profile(_services: Services, request: Request): Promise<Answer> {
  const account = requireAccount(request.caller);
  return json(200, {
    tfa: false,
    name: account.name,
    email: account.email ?? "",
    email_verified: false,
    created: account.createdAt,
    updated: account.createdAt,
    cidr_whitelist: null,
    fullname: "",
  });
}

export async function listTokens(services: Services, request: Request): Promise<Answer> {
  const tokens = await services.parts.metadata.tokens(requireAccount(request.caller).id);
  return json(200, { objects: tokens.map(describeToken), urls: {} });
}

/** `npm token create`: asks for the password again, so that a stolen token cannot make more. */
export async function addToken(services: Services, request: Request): Promise<Answer> {
  const { parts } = services;
  const body = parseBody(tokenBody, request.body);
  await confirmPassword(parts, request.caller, body.password);
  const expiresAt =
    body.expires === null || body.expires === undefined
      ? null
      : new Date(parts.now().getTime() + body.expires * DAY_MS).toISOString();
  const { token, secret } = await createToken(parts, request.caller, {
    name: body.name ?? null,
    readonly: body.readonly === true || body.packages_and_scopes_permission === "read-only",
    cidr: (body.cidr_whitelist ?? []).map(parseCidr),
    expiresAt,
  });
  return json(201, { ...describeToken(token), token: secret });
}

export async function removeToken(services: Services, request: Request): Promise<Answer> {
  await revokeToken(services.parts, request.caller, request.params["key"] ?? "");
  return json(200, { ok: true });
}

function describeToken(token: Token): Record<string, unknown> {
  return {
    key: token.id,
    token: token.hint,
    name: token.name,
    readonly: token.readonly,
    cidr_whitelist: token.cidr.length === 0 ? null : token.cidr,
    created: token.createdAt,
    updated: token.createdAt,
    expires: token.expiresAt,
  };
}
