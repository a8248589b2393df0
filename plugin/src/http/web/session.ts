import { DAY_MS } from "../../registry/days.ts";
import type { TokenRequest } from "../../registry/tokens.ts";

/** The session of a browser: a token like any other, in a cookie that scripts cannot read. */

const COOKIE = "skills-session";
/** Browsers take a cookie of this name over https only, and from this host alone: no other host of the domain can plant one. */
const SECURE_COOKIE = `__Host-${COOKIE}`;
const SESSION_DAYS = 7;

/** The token behind a session that begins now. */
export function sessionToken(now: Date): TokenRequest {
  const expiresAt = new Date(now.getTime() + SESSION_DAYS * DAY_MS).toISOString();
  return { kind: "session", name: null, readonly: false, packages: [], cidr: [], expiresAt };
}

/** The secret in the `Cookie` header of a request to `baseUrl`, of which the scheme counts. */
export function sessionSecret(header: string | undefined, baseUrl: string): string | undefined {
  const start = `${cookieName(baseUrl)}=`;
  const cookies = (header ?? "").split(";").map((cookie) => cookie.trim());
  return cookies.find((cookie) => cookie.startsWith(start))?.slice(start.length);
}

/** Cookie of a session; `Lax` keeps it out of forms that other sites send. */
export function sessionCookie(secret: string, baseUrl: string): string {
  return cookie(secret, (SESSION_DAYS * DAY_MS) / 1000, baseUrl);
}

/** Makes the browser forget the session. */
export function endedCookie(baseUrl: string): string {
  return cookie("", 0, baseUrl);
}

function cookie(value: string, maxAge: number, baseUrl: string): string {
  const secure = isSecure(baseUrl) ? "; Secure" : "";
  return `${cookieName(baseUrl)}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${secure}`;
}

function cookieName(baseUrl: string): string {
  return isSecure(baseUrl) ? SECURE_COOKIE : COOKIE;
}

function isSecure(baseUrl: string): boolean {
  return baseUrl.startsWith("https:");
}

/** A path of this host: two slashes, of either kind, would name another. */
const LOCAL = /^\/(?![/\\])[^\\\p{C}\s]{0,2000}$/u;
const HOME = "/account";

/** Where the browser goes after a login: a page of ours, never another site that put itself into `next`. */
export function localPath(next: string | null): string {
  if (next === null || !LOCAL.test(next)) return HOME;
  const url = URL.parse(next, "http://registry.invalid");
  if (url === null) return HOME;
  // As a browser would read it: `/..//evil.example` is `//evil.example`.
  const path = url.pathname + url.search + url.hash;
  return LOCAL.test(path) ? path : HOME;
}
