import type { IncomingHttpHeaders } from "node:http";
import { FLOW_MS, newFlowSecret } from "../../registry/identity/flows.ts";

/** Cookies of logins that are under way: each binds one to the browser that began it. */
export type LoginCookie =
  /** Sent along when a provider leads back; a forged way back comes without it, or with that of another browser. */
  | "skills-login"
  /** For choosing a name: nothing stands in an address that could be passed on. */
  | "skills-choice";

const SECRET = /^[\w-]{43}$/;

interface Cookies {
  headers: IncomingHttpHeaders;
  baseUrl: string;
}

/** The secret in a cookie of ours; undefined without one. */
export function loginSecret({ headers, baseUrl }: Cookies, name: LoginCookie): string | undefined {
  const start = `${fullName(name, baseUrl)}=`;
  const cookies = (headers.cookie ?? "").split(";").map((cookie) => cookie.trim());
  const secret = cookies.find((cookie) => cookie.startsWith(start))?.slice(start.length);
  return secret !== undefined && SECRET.test(secret) ? secret : undefined;
}

/** The secret of this browser, the same for all of its tabs: people begin in one and end in another. */
export function browserSecret(cookies: Cookies): string {
  return loginSecret(cookies, "skills-login") ?? newFlowSecret();
}

/** As long as a flow. `Lax`, for the page of a provider leads back to us. */
export function loginCookie(name: LoginCookie, secret: string, baseUrl: string): string {
  const secure = isSecure(baseUrl) ? "; Secure" : "";
  return `${fullName(name, baseUrl)}=${secret}; Path=/; Max-Age=${FLOW_MS / 1000}; HttpOnly; SameSite=Lax${secure}`;
}

/** Browsers let no other host of the domain plant a cookie of such a name. */
function fullName(name: LoginCookie, baseUrl: string): string {
  return isSecure(baseUrl) ? `__Host-${name}` : name;
}

function isSecure(baseUrl: string): boolean {
  return baseUrl.startsWith("https:");
}
