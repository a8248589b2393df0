import type { IncomingHttpHeaders } from "node:http";
import type { Config } from "../config.ts";

/** How long a browser may remember a preflight, seconds. */
const PREFLIGHT_AGE = 600;

/** Whether a path belongs to the REST API, which is all that pages of other origins may ever read. */
export function isApiPath(path: string): boolean {
  return path === "/api" || path.startsWith("/api/");
}

/**
 * Lets pages of the configured origins read the answer; `*` means all. None are the default: a registry inside a company
 * network would otherwise be readable for every page that a browser inside shows. Cookies never travel along.
 */
export function corsHeaders(
  config: Config,
  headers: IncomingHttpHeaders,
  path: string,
): Record<string, string> {
  const { origin } = headers;
  const { origins } = config;
  if (origin === undefined || origins.length === 0 || !isApiPath(path)) return {};
  if (!origins.includes("*") && !origins.includes(origin)) return { vary: "origin" };
  return {
    "access-control-allow-origin": origins.includes("*") ? "*" : origin,
    "access-control-expose-headers": "etag, link, ratelimit, ratelimit-policy, retry-after, x-request-id",
    vary: "origin",
  };
}

/** The headers that answer a preflight; undefined for an origin that is not allowed. */
export function preflightHeaders(
  config: Config,
  headers: IncomingHttpHeaders,
  path: string,
): Record<string, string> | undefined {
  const shared = corsHeaders(config, headers, path);
  if (shared["access-control-allow-origin"] === undefined) return undefined;
  return {
    ...shared,
    "access-control-allow-methods": "GET, HEAD, POST, PUT, DELETE",
    "access-control-allow-headers": "authorization, content-type, if-none-match",
    "access-control-max-age": String(PREFLIGHT_AGE),
  };
}
