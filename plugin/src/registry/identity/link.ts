import { SkillsError } from "@skills-registry/schema";
import { hasPassword } from "../accounts.ts";
import { audit } from "../audit.ts";
import { type Caller, requireAccount, requireSession } from "../caller.ts";
import type { Parts } from "../parts.ts";
import { type Proof, writeIdentity } from "./accounts-by-identity.ts";

export interface Link extends Proof {
  /** Account of whoever began; the caller has to be logged in to it. */
  accountId: number;
  /** Name of the provider, for people. */
  title: string;
}

/** Connects an identity with the caller's account. Throws EFORBIDDEN when it belongs to another, or the caller is somebody else now. */
export async function linkIdentity(
  parts: Pick<Parts, "metadata" | "seal" | "config" | "now">,
  caller: Caller,
  { accountId, title, ...proof }: Link,
): Promise<void> {
  const { account } = requireSession(caller);
  if (account.id !== accountId) {
    throw new SkillsError("EFORBIDDEN", "you are logged in as somebody else now", {
      hint: "Connect it again from the page of the account that you mean.",
    });
  }
  const { login, subject } = proof.proved;
  await parts.metadata.transaction(async (tx) => {
    const known = await tx.identity(proof.provider, subject);
    if (known !== undefined && known.accountId !== accountId) {
      throw new SkillsError("EFORBIDDEN", `this login of ${title} belongs to another account here`, {
        hint: "Log in with it, and disconnect it there first.",
      });
    }
    const at = parts.now().toISOString();
    await writeIdentity(parts, tx, { ...proof, accountId, createdAt: known?.createdAt ?? at });
    const detail = { provider: proof.provider, login, identity: subject };
    await audit(tx, caller, { at, action: "link", subject: account.name, detail });
  });
}

/**
 * Disconnects an identity from the caller's account. Throws ENOTFOUND when it has no such identity, EFORBIDDEN when nobody could log
 * in to the account any more.
 */
export async function unlinkIdentity(
  parts: Parts,
  caller: Caller,
  { provider, subject }: { provider: string; subject: string },
): Promise<void> {
  const account = requireAccount(caller);
  await parts.metadata.transaction(async (tx) => {
    const identities = await tx.identities(account.id);
    const isThis = (one: { provider: string; subject: string }): boolean =>
      one.provider === provider && one.subject === subject;
    const found = identities.find(isThis);
    if (found === undefined)
      throw new SkillsError("ENOTFOUND", "your account is not connected with this login");
    const others = identities.filter(
      (one) => !isThis(one) && parts.providers.some(({ id }) => id === one.provider),
    );
    const password = hasPassword(parts, account);
    if (others.length === 0 && !password) {
      throw new SkillsError("EFORBIDDEN", "this is the only way to log in to your account", {
        hint: "Connect another login first.",
      });
    }
    await tx.deleteIdentity(account.id, provider, subject);
    const at = parts.now().toISOString();
    const detail = { provider, login: found.login, identity: subject };
    await audit(tx, caller, { at, action: "unlink", subject: account.name, detail });
  });
}
