import { SkillsError } from "@skills-registry/schema";
import type { Account } from "../store/identity.ts";
import { audit } from "./audit.ts";
import { type Caller, requireAccount } from "./caller.ts";
import { isPassword, passwordHashOf } from "./login-attempt.ts";
import { claimName } from "./names/claim.ts";
import { networkOf } from "./network.ts";
import type { Parts } from "./parts.ts";
import { requireGoodPassword } from "./password-rules.ts";
import { countRegistration } from "./throttle.ts";
import { issueToken, requireUnlocked, type TokenRequest } from "./tokens.ts";

export interface Credentials {
  name: string;
  password: string;
  email: string | null;
}

/** A fresh login; `secret` is shown once and stored nowhere. */
export interface Session {
  account: Account;
  secret: string;
  /** True when the account was made by this login. */
  registered: boolean;
}

const LOGIN: TokenRequest = {
  kind: "login",
  name: null,
  readonly: false,
  packages: [],
  cidr: [],
  expiresAt: null,
};

/** How old a login may be that stands in for a password where there is none. */
const FRESH_LOGIN_MS = 10 * 60_000;

/**
 * `npm login` and `npm adduser` send the same request: an existing account logs in, a free name is registered where that is open.
 * Throws ENEEDAUTH or EREGISTRATIONCLOSED for a wrong password (which of the two depends on the registry, not on the name),
 * ETOOMANY after too many of them, EFORBIDDEN for a locked account and where nobody logs in by password,
 * EBADNAME, ENAMETAKEN or EBADREQUEST for what cannot be registered.
 */
export async function signIn(parts: Parts, caller: Caller, credentials: Credentials): Promise<Session> {
  requirePasswordLogin(parts);
  const { name, password } = credentials;
  const account = await parts.metadata.account(name);
  const open = isRegistrationOpen(parts, caller);
  if (account === undefined && open) return await register(parts, caller, { ...credentials, session: LOGIN });
  const right = await isPassword(parts, caller, { name, account, password });
  if (account !== undefined && right) return await enter(parts, caller, { account, session: LOGIN });
  throw open
    ? wrongPassword()
    : new SkillsError("EREGISTRATIONCLOSED", "wrong user name or password, and nobody can register here");
}

/**
 * Logs into an account that is there, and never registers one. Throws ENEEDAUTH for a wrong name or password,
 * ETOOMANY after too many of them, EFORBIDDEN for a locked account and where nobody logs in by password.
 */
export async function logIn(
  parts: Parts,
  caller: Caller,
  login: Omit<Credentials, "email"> & { session: TokenRequest },
): Promise<Session> {
  requirePasswordLogin(parts);
  const { name, password, session } = login;
  const account = await parts.metadata.account(name);
  const right = await isPassword(parts, caller, { name, account, password });
  if (account === undefined || !right) throw wrongPassword();
  return await enter(parts, caller, { account, session });
}

/** Ends a login whose password was right when it was looked at: while it was checked, an operator may have replaced it. */
async function enter(
  parts: Parts,
  caller: Caller,
  { account, session }: { account: Account; session: TokenRequest },
): Promise<Session> {
  const at = parts.now().toISOString();
  return await parts.metadata.transaction(async (tx) => {
    const current = await tx.accountById(account.id);
    if (current === undefined || current.passwordHash !== account.passwordHash) throw wrongPassword();
    requireUnlocked(current);
    const { secret } = await issueToken(tx, { ...caller, account: current }, { ...session, at });
    return { account: current, secret, registered: false };
  }, "logins");
}

function wrongPassword(): SkillsError {
  return new SkillsError("ENEEDAUTH", "wrong user name or password");
}

/**
 * Registers an account, and never logs into one that is there. Throws EREGISTRATIONCLOSED where the caller may not, ENAMETAKEN,
 * EBADNAME and EBADREQUEST for what cannot be registered, ETOOMANY.
 */
export async function registerAccount(
  parts: Parts,
  caller: Caller,
  registration: Credentials & { session: TokenRequest },
): Promise<Session> {
  if (isRegistrationOpen(parts, caller)) return await register(parts, caller, registration);
  throw new SkillsError("EREGISTRATIONCLOSED", "nobody can register here from where you are");
}

/**
 * Asks once more who the caller is, before something that a found token or an open browser must not be enough for. Accounts without
 * a password show it by a login of the last minutes. Throws EFORBIDDEN for a wrong password or an older login, ETOOMANY when there
 * were too many wrong ones.
 */
export async function confirmPassword(parts: Parts, caller: Caller, password: string): Promise<void> {
  const account = requireAccount(caller);
  if (!hasPassword(parts, account)) return requireFreshLogin(parts, caller);
  if (await isPassword(parts, caller, { name: account.name, account, password })) return;
  throw new SkillsError("EFORBIDDEN", "wrong password", { hint: "Type the password of your account." });
}

/** Whether the account logs in by a password of this registry. */
export function hasPassword(parts: Parts, account: Account): boolean {
  return passwordHashOf(parts, account) !== null;
}

/**
 * Gives the caller's account another password, and ends its other logins and sessions; tokens that people made stay.
 * Throws EFORBIDDEN for a wrong old password and for accounts without one, EBADREQUEST for a bad new one.
 */
export async function changePassword(
  parts: Parts,
  caller: Caller,
  password: { old: string; new: string },
): Promise<void> {
  const account = requireAccount(caller);
  if (!hasPassword(parts, account)) {
    throw new SkillsError("EFORBIDDEN", "your account has no password", {
      hint: "It logs in elsewhere; passwords are changed there.",
    });
  }
  requireGoodPassword(password.new, account.name);
  await confirmPassword(parts, caller, password.old);
  const passwordHash = await parts.passwords.hash(password.new);
  await parts.metadata.transaction(async (tx) => {
    await tx.setPassword(account.id, passwordHash);
    const logins = (await tx.tokens(account.id)).filter(
      ({ id, kind }) => (kind === "login" || kind === "session") && id !== caller.token?.id,
    );
    for (const { id } of logins) await tx.deleteToken(account.id, id);
    await audit(tx, caller, {
      at: parts.now().toISOString(),
      action: "password.change",
      subject: account.name,
      detail: { endedLogins: logins.length },
    });
  });
}

/** Gives the caller's account another address, which is shown to its owner alone and proves nothing. */
export async function changeEmail(parts: Parts, caller: Caller, email: string): Promise<void> {
  const account = requireAccount(caller);
  await parts.metadata.transaction(async (tx) => {
    await tx.setEmail(account.id, email);
    await audit(tx, caller, {
      at: parts.now().toISOString(),
      action: "email.change",
      subject: account.name,
      detail: {},
    });
  });
}

function requirePasswordLogin({ config }: Parts): void {
  if (config.providers.some(({ type }) => type === "local")) return;
  throw new SkillsError("EFORBIDDEN", "nobody logs in by password here", {
    hint: "Log in with a browser: npm login --auth-type=web",
  });
}

function requireFreshLogin(parts: Parts, { token }: Caller): void {
  const since = new Date(parts.now().getTime() - FRESH_LOGIN_MS).toISOString();
  const isLogin = token?.kind === "login" || token?.kind === "session";
  if (isLogin && token.createdAt >= since) return;
  throw new SkillsError("EFORBIDDEN", "this needs a login of the last ten minutes", {
    hint: "Log in again, then repeat it.",
  });
}

/** Whether the caller may register an account with a password. */
export function isRegistrationOpen(parts: Parts, caller: Caller): boolean {
  const { registration, providers } = parts.config;
  const isOpen = registration === "open" || (registration === "loopback" && caller.local);
  return isOpen && providers.some(({ type }) => type === "local");
}

async function register(
  parts: Parts,
  caller: Caller,
  { name, password, email, session }: Credentials & { session: TokenRequest },
): Promise<Session> {
  const { config } = parts;
  // Once before the work of hashing, and once where two may want the same name.
  await claimName(parts.metadata, { name, config, caller });
  requireGoodPassword(password, name);
  await countRegistration(parts.attempts, networkOf(caller.address));
  const passwordHash = await parts.passwords.hash(password);
  const at = parts.now().toISOString();
  return await parts.metadata.transaction(async (tx) => {
    const skeleton = await claimName(tx, { name, config, caller });
    const made = { name, email, passwordHash, operator: false, lockedAt: null, createdAt: at };
    const account = await tx.insertAccount(made, skeleton);
    await audit(tx, { ...caller, account }, { at, action: "register", subject: name, detail: {} });
    const { secret } = await issueToken(tx, { ...caller, account }, { ...session, at });
    return { account, secret, registered: true };
  }, "logins");
}
