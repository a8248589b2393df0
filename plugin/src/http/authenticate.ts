import type { IncomingHttpHeaders } from "node:http";
import { isIPv4 } from "node:net";
import { SkillsError } from "@skills-registry/schema";
import type { Caller } from "../registry/caller.ts";
import type { Account } from "../store/identity.ts";
import type { Parts } from "../registry/parts.ts";
import { requireNetwork } from "../registry/token-networks.ts";
import { findToken, requireToken } from "../registry/tokens.ts";
import type { HostRequest } from "./request.ts";
import type { Route } from "./route.ts";
import { sessionSecret } from "./web/session.ts";

const BEARER = /^Bearer +([\w.~+/=-]{1,512})$/i;
const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1)$/;
/** Set by proxies: behind one, the peer's address says nothing about the client. */
const PROXIED = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];

/**
 * Who is asking, by their bearer token or, on pages, the cookie of their session. A token that is wrong, expired or revoked is refused everywhere, also where
 * anonymous callers may read: silence would hide a revocation. Only logging in ignores it, or nobody could renew one.
 * Throws ENEEDAUTH, and EFORBIDDEN for a token of other networks or of a locked account.
 */
export async function authenticate(parts: Parts, host: HostRequest, route: Route): Promise<Caller> {
  const address = plainAddress(host.address);
  const caller: Caller = {
    account: null,
    token: null,
    operator: false,
    address,
    local: isLocal(host, address),
  };
  const { headers } = host.message;
  if (route.ignoresToken === true) return caller;
  const proved =
    headers.authorization === undefined
      ? await findSession(parts, host, route)
      : await requireBearer(parts, headers);
  if (proved === undefined) return caller;
  requireNetwork(proved.token, address);
  parts.tokenUse.note(proved.token);
  return { ...caller, ...proved, operator: isOperator(parts, proved.account) };
}

function isOperator({ config }: Parts, account: Account | null): boolean {
  return account !== null && (account.operator || config.operators.includes(account.name));
}

type Proved = Awaited<ReturnType<typeof findToken>>;

async function requireBearer(parts: Parts, headers: IncomingHttpHeaders): Promise<Proved> {
  const secret = bearerSecret(headers);
  if (secret !== undefined) return await requireToken(parts, secret);
  throw new SkillsError("ENEEDAUTH", "the token is not valid: it is wrong, expired or revoked");
}

/**
 * The session of a browser, on pages only: a cookie travels with requests that other sites cause, and the other doors
 * would obey it. One that has ended is nobody's, as is that of a locked account: else its owner would see no page at all.
 */
async function findSession(parts: Parts, host: HostRequest, route: Route): Promise<Proved> {
  if (route.door !== "web") return undefined;
  const secret = sessionSecret(host.message.headers.cookie, parts.config.publicUrl ?? `${host.protocol}:`);
  const found = secret === undefined ? undefined : await findToken(parts, secret);
  return found?.account?.lockedAt === null ? found : undefined;
}

/** The secret of an `Authorization: Bearer` header; undefined for every other scheme. */
export function bearerSecret(headers: IncomingHttpHeaders): string | undefined {
  return BEARER.exec(headers.authorization ?? "")?.[1];
}

/** IPv4 callers of a dual-stack socket come as `::ffff:10.0.0.1`. */
function plainAddress(address: string): string {
  const mapped = address.replace(/^::ffff:/i, "");
  return isIPv4(mapped) ? mapped : address;
}

/** Browsers set `Origin`: any page that one on this machine shows can make it ask us. */
function isLocal(host: HostRequest, address: string): boolean {
  const { headers } = host.message;
  return isDirect(headers, address) && headers.origin === undefined;
}

/** Whether a request came from this machine and through no proxy, whoever made it ask. */
export function isDirect(headers: IncomingHttpHeaders, address: string): boolean {
  return LOOPBACK.test(address) && PROXIED.every((header) => headers[header] === undefined);
}
