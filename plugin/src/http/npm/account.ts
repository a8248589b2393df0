import { SkillsError } from "@skills-registry/schema";
import { changeEmail, changePassword, type Session, signIn } from "../../registry/accounts.ts";
import { requireAccount } from "../../registry/caller.ts";
import type { Parts } from "../../registry/parts.ts";
import { isSecretOf, revokeToken } from "../../registry/tokens.ts";
import type { Account, Identity } from "../../store/identity.ts";
import { type Answer, json } from "../answer.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";
import { loginBody, parseBody, profileBody } from "./documents.ts";

const USER_PREFIX = "org.couchdb.user:";

/** `PUT /-/user/org.couchdb.user:<name>`: npm login and npm adduser. */
export async function login(services: Services, request: Request): Promise<Answer> {
  const { name, password, email } = parseBody(loginBody, request.body);
  if (request.params["user"] !== USER_PREFIX + name) {
    throw new SkillsError("EBADBODY", "the name in the body differs from the one in the address");
  }
  const session = await signInForNpm(services, request, { name, password, email: email ?? null });
  return json(201, {
    ok: session.registered ? `you are registered as ${name}` : `you are logged in as ${name}`,
    id: USER_PREFIX + name,
    token: session.secret,
  });
}

/** npm takes 409 for an edit conflict of CouchDB, asks for a document that is not there, and shows that error instead of ours. */
async function signInForNpm(
  { parts }: Services,
  { caller }: Request,
  credentials: Parameters<typeof signIn>[2],
): Promise<Session> {
  try {
    return await signIn(parts, caller, credentials);
  } catch (error) {
    if (!(error instanceof SkillsError) || error.code !== "ENAMETAKEN") throw error;
    throw new SkillsError("EFORBIDDEN", error.message, { hint: error.hint, cause: error });
  }
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
export async function profile(services: Services, request: Request): Promise<Answer> {
  return await describeAccount(services, requireAccount(request.caller));
}

/** `npm profile set`: the address of the account, or its password, which npm asks for at the terminal. */
export async function setProfile(services: Services, request: Request): Promise<Answer> {
  const { parts } = services;
  const account = requireAccount(request.caller);
  const { email, password, ...others } = parseBody(profileBody, request.body);
  const github = githubLogin(parts, await parts.metadata.identities(account.id));
  for (const [field, value] of Object.entries(others)) {
    const isUnchanged = value === undefined || value === null || (field === "github" && value === github);
    if (!isUnchanged) throw new SkillsError("EBADREQUEST", `this registry keeps no "${field}" of accounts`);
  }
  if (password !== undefined) await changePassword(parts, request.caller, password);
  const isNewEmail = typeof email === "string" && email !== account.email;
  if (isNewEmail) await changeEmail(parts, request.caller, email);
  return await describeAccount(services, isNewEmail ? { ...account, email } : account);
}

async function describeAccount({ parts }: Services, account: Account): Promise<Answer> {
  const identities = await parts.metadata.identities(account.id);
  const github = githubLogin(parts, identities);
  return json(200, {
    tfa: false,
    name: account.name,
    email: account.email ?? "",
    email_verified: false,
    created: account.createdAt,
    updated: account.createdAt,
    cidr_whitelist: null,
    fullname: "",
    ...(github === undefined ? {} : { github }),
    ...(identities.length === 0
      ? {}
      : { identities: identities.map(({ provider, login: name }) => `${provider}:${name}`) }),
  });
}

/** npm has a line for it in every profile. */
function githubLogin({ config }: Parts, identities: Identity[]): string | undefined {
  const isGitHub = ({ provider }: Identity): boolean =>
    config.providers.some((configured) => configured.type === "github" && configured.id === provider);
  return identities.find(isGitHub)?.login;
}
