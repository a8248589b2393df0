import { isNamespace, SkillsError } from "@skills-registry/schema";
import type { Account } from "../store/metadata.ts";
import { requireAccount } from "./authorize.ts";
import type { Caller } from "./caller.ts";
import { networkOf } from "./network.ts";
import type { Parts } from "./parts.ts";
import { hashPassword, verifyPassword } from "./password.ts";
import { countRegistration, throttle } from "./throttle.ts";
import { createToken, type TokenRequest } from "./tokens.ts";

/** NIST SP 800-63B asks for at least 8, and for a generous maximum; the maximum bounds the work of hashing. */
const PASSWORD_MIN = 8;
const PASSWORD_MAX = 256;

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

/** Verified when there is no such account, so that an unknown name takes as long as a wrong password. */
const NO_ACCOUNT_HASH = `scrypt$32768$8$1$${"A".repeat(22)}==$${"A".repeat(43)}=`;

/**
 * `npm login` and `npm adduser` send the same request: an existing account logs in, a free name is registered where that is open.
 * Throws ENEEDAUTH or EREGISTRATIONCLOSED for a wrong password (which of the two depends on the registry, not on the name),
 * ETOOMANY after too many of them, EBADNAME or EBADREQUEST for what cannot be registered.
 */
export async function signIn(parts: Parts, caller: Caller, credentials: Credentials): Promise<Session> {
  const account = await parts.metadata.account(credentials.name);
  const open = isRegistrationOpen(parts, caller);
  if (account === undefined && open) return await register(parts, caller, credentials);
  const right = await isPassword(parts, caller, {
    name: credentials.name,
    account,
    password: credentials.password,
  });
  if (account !== undefined && right) return await openSession(parts, caller, { account, registered: false });
  throw open
    ? new SkillsError("ENEEDAUTH", "wrong user name or password")
    : new SkillsError("EREGISTRATIONCLOSED", "wrong user name or password, and nobody can register here");
}

/**
 * Logs into an account that is there, and never registers one. Throws ENEEDAUTH for a wrong name or password,
 * ETOOMANY after too many of them.
 */
export async function logIn(
  parts: Parts,
  caller: Caller,
  login: Omit<Credentials, "email"> & { session: TokenRequest },
): Promise<Session> {
  const { name, password, session } = login;
  const account = await parts.metadata.account(name);
  const right = await isPassword(parts, caller, { name, account, password });
  if (account === undefined || !right) throw new SkillsError("ENEEDAUTH", "wrong user name or password");
  const { secret } = await createToken(parts, { ...caller, account }, session);
  return { account, secret, registered: false };
}

/** Throws EFORBIDDEN for a wrong password, ETOOMANY when there were too many from this address or for this account. */
export async function confirmPassword(parts: Parts, caller: Caller, password: string): Promise<void> {
  const account = requireAccount(caller);
  if (!(await isPassword(parts, caller, { name: account.name, account, password }))) {
    throw new SkillsError("EFORBIDDEN", "wrong password");
  }
}

function isRegistrationOpen(parts: Parts, caller: Caller): boolean {
  return parts.config.registration === "open" || (parts.config.registration === "loopback" && caller.local);
}

async function isPassword(
  parts: Parts,
  caller: Caller,
  attempt: { name: string; account: Account | undefined; password: string },
): Promise<boolean> {
  return await throttle(
    parts.attempts,
    [`address ${networkOf(caller.address)}`, `account ${attempt.name}`],
    () =>
      verifyPassword(
        attempt.password.slice(0, PASSWORD_MAX),
        attempt.account?.passwordHash ?? NO_ACCOUNT_HASH,
      ),
  );
}

async function register(parts: Parts, caller: Caller, credentials: Credentials): Promise<Session> {
  if (!isNamespace(credentials.name)) {
    throw new SkillsError("EBADNAME", `"${credentials.name.slice(0, 80)}" cannot be an account name`, {
      hint: "Account names become namespaces: lower-case letters, digits and hyphens, at most 64.",
    });
  }
  if (credentials.password.length < PASSWORD_MIN || credentials.password.length > PASSWORD_MAX) {
    throw new SkillsError(
      "EBADREQUEST",
      `the password must have ${PASSWORD_MIN} to ${PASSWORD_MAX} characters`,
    );
  }
  await countRegistration(parts.attempts, networkOf(caller.address));
  const passwordHash = await hashPassword(credentials.password);
  const account = await parts.metadata.transaction(async (tx) => {
    if ((await tx.account(credentials.name)) !== undefined) {
      throw new SkillsError("ENEEDAUTH", "wrong user name or password");
    }
    const at = parts.now().toISOString();
    await tx.appendAudit({
      at,
      account: credentials.name,
      action: "register",
      subject: credentials.name,
      detail: {},
      address: caller.address,
    });
    return await tx.insertAccount({
      name: credentials.name,
      email: credentials.email,
      passwordHash,
      createdAt: at,
    });
  });
  return await openSession(parts, caller, { account, registered: true });
}

async function openSession(parts: Parts, caller: Caller, login: Omit<Session, "secret">): Promise<Session> {
  const request = { name: "login", readonly: false, cidr: [], expiresAt: null };
  const { secret } = await createToken(parts, { ...caller, account: login.account }, request);
  return { ...login, secret };
}
