import { SkillsError } from "@skills-registry/schema";
import type { Account, Identity } from "../../store/identity.ts";
import type { MetadataWriter } from "../../store/metadata.ts";
import { audit } from "../audit.ts";
import type { Caller } from "../caller.ts";
import { claimName } from "../names/claim.ts";
import type { Parts } from "../parts.ts";
import { requireUnlocked } from "../tokens.ts";
import type { ProvedIdentity } from "./provider.ts";

/** Somebody who proved to a provider who they are. */
export interface Proof {
  /** Id of the provider. */
  provider: string;
  proved: ProvedIdentity;
}

export type AccountParts = Pick<Parts, "config" | "seal" | "now">;

/**
 * The account of an identity, which is found by the provider's number alone: a login that changed hands opens nothing. A first login
 * makes an account named like the login; undefined when that name cannot be had. Writes down what the provider told.
 * Throws EFORBIDDEN for a locked account.
 */
export async function accountForLogin(
  parts: AccountParts,
  tx: MetadataWriter,
  { caller, ...proof }: Proof & { caller: Caller },
): Promise<Account | undefined> {
  const known = await tx.identity(proof.provider, proof.proved.subject);
  if (known === undefined) return await createAccountIfFree(parts, tx, { ...proof, caller });
  const account = await tx.accountById(known.accountId);
  if (account === undefined) throw new Error(`an identity without its account: ${known.accountId}`);
  requireUnlocked(account);
  await writeIdentity(parts, tx, { ...proof, accountId: account.id, createdAt: known.createdAt });
  if (known.login !== proof.proved.login) {
    const detail = {
      provider: known.provider,
      identity: known.subject,
      from: known.login,
      to: proof.proved.login,
    };
    const at = parts.now().toISOString();
    await audit(tx, { ...caller, account }, { at, action: "login.rename", subject: account.name, detail });
  }
  return account;
}

async function createAccountIfFree(
  parts: AccountParts,
  tx: MetadataWriter,
  first: Proof & { caller: Caller },
): Promise<Account | undefined> {
  try {
    return await createAccount(parts, tx, { ...first, name: nameOfLogin(first.proved.login) });
  } catch (error) {
    if (error instanceof SkillsError && (error.code === "EBADNAME" || error.code === "ENAMETAKEN"))
      return undefined;
    throw error;
  }
}

/** Makes an account, and its namespace, for an identity. Throws EBADNAME and ENAMETAKEN as `claimName` does. */
export async function createAccount(
  parts: AccountParts,
  tx: MetadataWriter,
  { name, caller, ...proof }: Proof & { name: string; caller: Caller },
): Promise<Account> {
  const skeleton = await claimName(tx, { name, config: parts.config, caller });
  const at = parts.now().toISOString();
  const { email, login, subject } = proof.proved;
  const created = { name, email, passwordHash: null, operator: false, lockedAt: null, createdAt: at };
  const account = await tx.insertAccount(created, skeleton);
  await writeIdentity(parts, tx, { ...proof, accountId: account.id, createdAt: at });
  const detail = { provider: proof.provider, login, identity: subject };
  await audit(tx, { ...caller, account }, { at, action: "account.create", subject: name, detail });
  return account;
}

/** Adds the identity to the account, or brings it up to date. */
export async function writeIdentity(
  { seal, now }: AccountParts,
  tx: MetadataWriter,
  { provider, proved, ...owner }: Proof & Pick<Identity, "accountId" | "createdAt">,
): Promise<void> {
  const { subject, login, groups, grant } = proved;
  await tx.putIdentity({
    ...owner,
    provider,
    subject,
    login,
    groups,
    groupsAt: now().toISOString(),
    grant: grant === null ? null : seal.seal(grant),
  });
}

/** The login in small letters. Only ASCII is made small: the Kelvin sign would become a k, and take the name of somebody else. */
function nameOfLogin(login: string): string {
  return login.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
