import type { IncomingHttpHeaders } from "node:http";
import { isIPv4 } from "node:net";
import { SkillsError } from "@skills-registry/schema";
import type { Caller } from "../registry/caller.ts";
import type { Parts } from "../registry/parts.ts";
import { findToken, requireNetwork } from "../registry/tokens.ts";
import type { HostRequest } from "./request.ts";
import { loginPath, type Route } from "./route.ts";

const BEARER = /^Bearer +([\w.~+/=-]{1,512})$/i;
const SESSION = /(?:^|; *)skills-session=([\w-]{1,512})(?:;|$)/;
const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1)$/;
/**
 * Headers of a request that only seems to come from this machine. Proxies set the first four: behind one, the peer's address
 * says nothing about the client. Browsers set the last: any page they show can make them ask us.
 */
const REMOTE = ["forwarded", "x-forwarded-for", "x-real-ip", "via", "origin"];

/**
 * Who is asking, by their bearer token or, on pages, the cookie of their session. A token that is wrong, expired or revoked is refused everywhere, also where
 * anonymous callers may read: silence would hide a revocation. Only logging in ignores it, or nobody could renew one.
 * Throws ENEEDAUTH, and EFORBIDDEN for a token of other networks.
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
  if (route.path === loginPath) return caller;
  const proved =
    headers.authorization === undefined
      ? await findSession(parts, headers, route)
      : await requireBearer(parts, headers);
  if (proved === undefined) return caller;
  requireNetwork(proved.token, address);
  return { ...caller, ...proved, operator: parts.config.operators.includes(proved.account.name) };
}

type Proved = Awaited<ReturnType<typeof findToken>>;

async function requireBearer(parts: Parts, headers: IncomingHttpHeaders): Promise<Proved> {
  const secret = bearerSecret(headers);
  const proved = secret === undefined ? undefined : await findToken(parts, secret);
  if (proved !== undefined) return proved;
  throw new SkillsError("ENEEDAUTH", "the token is not valid: it is wrong, expired or revoked");
}

/**
 * The session of a browser, on pages only: a cookie travels with requests that other sites cause, and the other doors
 * would obey it. One that has ended is nobody's, else its owner would see no page at all.
 */
async function findSession(parts: Parts, headers: IncomingHttpHeaders, route: Route): Promise<Proved> {
  const secret = route.door === "web" ? SESSION.exec(headers.cookie ?? "")?.[1] : undefined;
  return secret === undefined ? undefined : await findToken(parts, secret);
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

function isLocal(host: HostRequest, address: string): boolean {
  return LOOPBACK.test(address) && REMOTE.every((header) => host.message.headers[header] === undefined);
}
