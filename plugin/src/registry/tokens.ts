import { randomBytes } from "node:crypto";
import { SkillsError } from "@skills-registry/schema";
import type { Account, Provenance, Token, TokenKind } from "../store/identity.ts";
import type { MetadataReader, MetadataWriter } from "../store/metadata.ts";
import { audit } from "./audit.ts";
import { type Caller, requireAccount } from "./caller.ts";
import type { Parts } from "./parts.ts";
import { hashSecret, hintOf, isSecretForm, newSecret } from "./token-secret.ts";
import { isMadeByUnlocked } from "./trust/makers.ts";

const ID_BYTES = 16;

export interface TokenRequest {
  /** `login` and `session` are a person's way in and are recorded as a login, the others as tokens that were made. */
  kind: TokenKind;
  name: string | null;
  readonly: boolean;
  /** `@acme` or `@acme/legal-documents` (token-limits.ts); empty means wherever the account may. */
  packages: string[];
  /** Networks as `10.0.0.0/8` or `2001:db8::/32` (token-networks.ts); empty means everywhere. */
  cidr: string[];
  expiresAt: string | null;
}

/** A token that is made in the caller's transaction. */
export interface NewToken extends TokenRequest {
  /** ISO time. */
  at: string;
  /** For `publish`, whose caller has no account: what the token is given for, and to whom. */
  run?: { trustId: string; provenance: Provenance };
}

export interface MadeToken {
  token: Token;
  /** Shown once and stored nowhere. */
  secret: string;
}

/** Makes a token for the caller's account in a transaction of its own; see `issueToken`. Throws ENEEDAUTH for an anonymous caller. */
export async function createToken(parts: Parts, caller: Caller, request: TokenRequest): Promise<MadeToken> {
  requireAccount(caller);
  const at = parts.now().toISOString();
  return await parts.metadata.transaction((tx) => issueToken(tx, caller, { ...request, at }), "logins");
}

/**
 * Makes a token for the caller's account (for a login: the account it proved), or for a run of CI, and records it.
 * Whether the caller may is decided before: a limited token makes none. Sessions and tokens of CI that have ended go.
 */
export async function issueToken(
  tx: MetadataWriter,
  caller: Caller,
  { at, run, ...request }: NewToken,
): Promise<MadeToken> {
  const secret = newSecret();
  const token: Token = {
    ...request,
    id: randomBytes(ID_BYTES).toString("hex"),
    accountId: run === undefined ? requireAccount(caller).id : null,
    hash: hashSecret(secret),
    hint: hintOf(secret),
    createdAt: at,
    lastUsedAt: null,
    trustId: run?.trustId ?? null,
    provenance: run?.provenance ?? null,
  };
  await tx.deleteEndedTokens(at);
  await tx.insertToken(token);
  await recordToken(tx, caller, token);
  return { token, secret };
}

async function recordToken(tx: MetadataWriter, caller: Caller, token: Token): Promise<void> {
  const { id, kind, readonly, packages, cidr, expiresAt, createdAt: at } = token;
  if (caller.account !== null && (kind === "login" || kind === "session")) {
    await audit(tx, caller, {
      at,
      action: "login",
      subject: caller.account.name,
      detail: { kind, token: id },
    });
    return;
  }
  // A run of CI is nobody before it has its token.
  const maker = caller.account === null ? { ...caller, token } : caller;
  const detail = { kind, readonly, packages, cidr, expiresAt };
  const namespace = kind === "publish" ? /^@([^/]+)/.exec(packages[0] ?? "")?.[1] : undefined;
  await audit(tx, maker, {
    at,
    action: "token.create",
    subject: id,
    detail,
    ...(namespace === undefined ? {} : { namespace }),
  });
}

/** The token and account behind a secret; undefined for unknown and expired ones. The account may be locked. */
export async function findToken(
  parts: Pick<Parts, "metadata" | "now">,
  secret: string,
): Promise<{ token: Token; account: Account | null } | undefined> {
  if (!isSecretForm(secret)) return undefined;
  const found = await parts.metadata.token(hashSecret(secret));
  const expiresAt = found?.token.expiresAt ?? null;
  return expiresAt !== null && expiresAt <= parts.now().toISOString() ? undefined : found;
}

/** The token and account behind a secret. Throws ENEEDAUTH for unknown and expired ones, EFORBIDDEN when the account is locked, or that of a trust. */
export async function requireToken(
  parts: Pick<Parts, "metadata" | "now">,
  secret: string,
): Promise<{ token: Token; account: Account | null }> {
  const found = await findToken(parts, secret);
  if (found === undefined) {
    throw new SkillsError("ENEEDAUTH", "the token is not valid: it is wrong, expired or revoked");
  }
  if (found.account !== null) requireUnlocked(found.account);
  await requireUnlockedMaker(parts.metadata, found.token);
  return found;
}

/** A token of CI ends with the lock of the account that made its trust. */
async function requireUnlockedMaker(reader: MetadataReader, { trustId }: Token): Promise<void> {
  const trust = trustId === null ? undefined : await reader.trust(trustId);
  if (trust === undefined || (await isMadeByUnlocked(reader, trust))) return;
  throw new SkillsError("EFORBIDDEN", "whoever trusted this run is locked by an operator of the registry", {
    hint: "Another owner can trust it: skills trust add.",
  });
}

/** Throws EFORBIDDEN for an account that an operator has locked. Only who has proved to be its owner may hear of it. */
export function requireUnlocked({ lockedAt }: Account): void {
  if (lockedAt === null) return;
  throw new SkillsError("EFORBIDDEN", "this account is locked by an operator of the registry", {
    hint: "Ask an operator of the registry.",
  });
}

/** Whether a token is the one with this secret, or with the hash of it. */
export function isSecretOf(token: Token, key: string): boolean {
  return token.hash === key || token.hash === hashSecret(key);
}

/** Revokes a token of the caller, by its id, its secret or its secret's hash. The next request with it is refused. */
export async function revokeToken(parts: Parts, caller: Caller, key: string): Promise<void> {
  const account = requireAccount(caller);
  const tokens = await parts.metadata.tokens(account.id);
  const token = tokens.find((candidate) => candidate.id === key || isSecretOf(candidate, key));
  if (token === undefined) throw new SkillsError("ENOTFOUND", "you have no such token");
  await parts.metadata.transaction(async (tx) => {
    await tx.deleteToken(account.id, token.id);
    await audit(tx, caller, {
      at: parts.now().toISOString(),
      action: token.kind === "token" ? "token.revoke" : "logout",
      subject: token.kind === "token" ? token.id : account.name,
      detail: token.kind === "token" ? {} : { kind: token.kind, token: token.id },
    });
  }, "logins");
}
