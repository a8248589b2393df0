import { SkillsError } from "@skills-registry/schema";
import type { Account } from "../store/identity.ts";
import { audit } from "./audit.ts";
import type { Caller } from "./caller.ts";
import { networkOf } from "./network.ts";
import type { Parts } from "./parts.ts";
import { PASSWORD_MAX } from "./password-rules.ts";
import { mayRecordRefusal, throttle } from "./throttle.ts";
import { requireUnlocked } from "./tokens.ts";

/** A password that somebody tries. */
export interface PasswordAttempt {
  /** As it was typed: people type passwords there, so it is written down only where it is that of an account. */
  name: string;
  account: Account | undefined;
  password: string;
}

type Reason = "wrong password" | "locked" | "throttled";

/**
 * Whether the password is the account's. Unknown names, accounts without a password, and wrong passwords for locked accounts are
 * told apart by nothing: neither by the answer nor by the work done for it. Refusals are recorded.
 * Throws ETOOMANY when there were too many wrong ones, EFORBIDDEN for the right password of a locked account.
 */
export async function isPassword(parts: Parts, caller: Caller, attempt: PasswordAttempt): Promise<boolean> {
  const { name, account, password } = attempt;
  const address = networkOf(caller.address);
  const hash = (account && passwordHashOf(parts, account)) ?? null;
  try {
    const right = await throttle(parts.attempts, { account: name, address }, () =>
      parts.passwords.verify(password.slice(0, PASSWORD_MAX + 1), hash),
    );
    if (!right) await recordRefusal(parts, caller, { attempt, reason: "wrong password" });
    if (right && account !== undefined) await refuseLocked(parts, caller, { ...attempt, account });
    return right;
  } catch (error) {
    if (error instanceof SkillsError && error.code === "ETOOMANY") {
      await recordRefusal(parts, caller, { attempt, reason: "throttled" });
    }
    throw error;
  }
}

async function refuseLocked(
  parts: Parts,
  caller: Caller,
  attempt: PasswordAttempt & { account: Account },
): Promise<void> {
  if (attempt.account.lockedAt !== null) await recordRefusal(parts, caller, { attempt, reason: "locked" });
  requireUnlocked(attempt.account);
}

/** Null for an account that logs in elsewhere, or when nobody logs in by password here (any more). */
export function passwordHashOf({ config }: Parts, account: Account): string | null {
  return config.providers.some(({ type }) => type === "local") ? account.passwordHash : null;
}

async function recordRefusal(
  parts: Parts,
  caller: Caller,
  { attempt, reason }: { attempt: PasswordAttempt; reason: Reason },
): Promise<void> {
  const network = networkOf(caller.address);
  const costly = reason !== "throttled";
  const kind = costly ? `password ${network} ${attempt.name}` : `throttled ${network}`;
  if (!(await mayRecordRefusal(parts.attempts, kind, { costly }))) return;
  await parts.metadata.transaction(async (tx) => {
    await audit(tx, caller, {
      at: parts.now().toISOString(),
      action: "login.refused",
      subject: attempt.account?.name ?? UNKNOWN,
      detail: { reason },
    });
  }, "log");
}

/** No name of an account looks like this. */
const UNKNOWN = "(unknown name)";
