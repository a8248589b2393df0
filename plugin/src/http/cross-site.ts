import type { IncomingHttpHeaders } from "node:http";
import { SkillsError } from "@skills-registry/schema";

/**
 * A form on somebody else's page is sent with our cookie. Browsers say where a form comes from, in one of two headers
 * that pages cannot set; without either it was no browser, and has no cookie to abuse. Throws EFORBIDDEN.
 */
export function refuseCrossSite(headers: IncomingHttpHeaders, baseUrl: string): void {
  const { origin } = headers;
  if (isFromHere(headers) && (origin === undefined || origin === new URL(baseUrl).origin)) return;
  throw new SkillsError("EFORBIDDEN", "this form was sent from a page of another site", {
    hint: "Open the page of this registry and send its form.",
  });
}

/** False where a browser says that a page of another site, also of a neighbouring host, made it ask. */
export function isFromHere({ "sec-fetch-site": site }: IncomingHttpHeaders): boolean {
  return site === undefined || site === "same-origin" || site === "none";
}
