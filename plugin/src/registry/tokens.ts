import { createHash, randomBytes } from "node:crypto";
import { BlockList, isIPv6 } from "node:net";
import { SkillsError } from "@skills-registry/schema";
import type { Account, Token } from "../store/metadata.ts";
import { requireAccount } from "./authorize.ts";
import type { Caller } from "./caller.ts";
import type { Parts } from "./parts.ts";

/** Marks our secrets for people and for secret scanners. */
export const TOKEN_PREFIX = "skl_";
/** 256 bits: no guessing, so a plain SHA-256 protects them at rest without a slow hash. */
const SECRET_BYTES = 32;
const ID_BYTES = 16;
/** Shown in token lists: the prefix and four characters. */
const HINT_LENGTH = TOKEN_PREFIX.length + 4;

export interface TokenRequest {
  name: string | null;
  readonly: boolean;
  /** Networks as `10.0.0.0/8` or `2001:db8::/32`; empty means everywhere. */
  cidr: string[];
  expiresAt: string | null;
}

/** Makes a token for the caller's account; the secret is in the answer and nowhere else. */
export async function createToken(
  parts: Parts,
  caller: Caller,
  request: TokenRequest,
): Promise<{ token: Token; secret: string }> {
  const account = requireAccount(caller);
  const secret = TOKEN_PREFIX + randomBytes(SECRET_BYTES).toString("base64url");
  const token: Token = {
    id: randomBytes(ID_BYTES).toString("hex"),
    accountId: account.id,
    hash: hashSecret(secret),
    hint: secret.slice(0, HINT_LENGTH),
    createdAt: parts.now().toISOString(),
    ...request,
  };
  await parts.metadata.transaction(async (tx) => {
    await tx.insertToken(token);
    await tx.appendAudit({
      at: token.createdAt,
      account: account.name,
      action: "token.create",
      subject: token.id,
      detail: { readonly: token.readonly, cidr: token.cidr, expiresAt: token.expiresAt },
      address: caller.address,
    });
  });
  return { token, secret };
}

/** The account and token behind a secret; undefined for unknown and expired ones. */
export async function findToken(
  parts: Parts,
  secret: string,
): Promise<{ token: Token; account: Account } | undefined> {
  if (!secret.startsWith(TOKEN_PREFIX)) return undefined;
  const found = await parts.metadata.token(hashSecret(secret));
  const expiresAt = found?.token.expiresAt ?? null;
  return expiresAt !== null && expiresAt <= parts.now().toISOString() ? undefined : found;
}

/** Throws EFORBIDDEN for an address outside the token's networks. */
export function requireNetwork(token: Token, address: string): void {
  if (token.cidr.length === 0 || isInside(address, token.cidr)) return;
  throw new SkillsError("EFORBIDDEN", "this token may not be used from this address", {
    hint: "It was made with --cidr for other networks.",
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
    await tx.appendAudit({
      at: parts.now().toISOString(),
      account: account.name,
      action: "token.revoke",
      subject: token.id,
      detail: {},
      address: caller.address,
    });
  });
}

/** Takes `10.0.0.0/8` forms only; throws EBADREQUEST for anything else. */
export function parseCidr(text: string): string {
  try {
    addNetwork(new BlockList(), text);
  } catch (cause) {
    throw new SkillsError("EBADREQUEST", `"${text.slice(0, 60)}" is not a network like 10.0.0.0/8`, {
      cause,
    });
  }
  return text;
}

function isInside(address: string, networks: string[]): boolean {
  const list = new BlockList();
  for (const network of networks) addNetwork(list, network);
  return list.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

function addNetwork(list: BlockList, network: string): void {
  const [address = "", bits = "", ...rest] = network.split("/");
  if (rest.length > 0 || !/^\d{1,3}$/.test(bits)) throw new RangeError("not a network");
  list.addSubnet(address, Number(bits), isIPv6(address) ? "ipv6" : "ipv4");
}

function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
