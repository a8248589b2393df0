import type { IssuerConfig } from "../../config.ts";

/** The issuer of GitHub's own cloud; a company on it may have a path of its own below. */
const GITHUB_ISSUER = "token.actions.githubusercontent.com";
/** `https://token.actions.acme.ghe.com`: GitHub's cloud with a host for one company. */
const COMPANY_ISSUER = /^token\.actions\.([a-z0-9-]+\.ghe\.com)$/;

/** Where the repositories of an issuer's runs are, without a trailing slash. */
export function forgeOf({ issuer, type, url }: IssuerConfig): string {
  const { hostname, origin } = new URL(issuer);
  if (url !== undefined) return url.replace(/\/+$/, "");
  if (type !== "github") return issuer.replace(/\/+$/, "");
  if (hostname === GITHUB_ISSUER) return "https://github.com";
  const company = COMPANY_ISSUER.exec(hostname)?.[1];
  return company === undefined ? origin : `https://${company}`;
}

/** Where its REST API is. */
export function apiOf(issuer: IssuerConfig): string {
  const forge = forgeOf(issuer);
  if (issuer.type === "gitlab") return `${forge}/api/v4`;
  const { hostname } = new URL(forge);
  return hostname === "github.com" || hostname.endsWith(".ghe.com")
    ? `https://api.${hostname}`
    : `${forge}/api/v3`;
}
