import { createHash, timingSafeEqual } from "node:crypto";
import { type MetricsAccess, TOKEN_MIN } from "../../config-observe.ts";
import { readSecret } from "../../read-secret.ts";
import { bearerSecret } from "../authenticate.ts";
import type { Request } from "../request.ts";

/** Who may read the metrics: everybody, callers on this machine, or holders of a token, of which the hash is kept. */
export type Scrapers = "open" | "loopback" | { tokenHash: Buffer };

/** Throws for a token that cannot be read or sent, or is guessed too soon. */
export async function openScrapers(access: MetricsAccess): Promise<Scrapers> {
  if (typeof access === "string") return access;
  const token = await readSecret("skills.metrics.token", access.token);
  if (token.length < TOKEN_MIN) {
    throw new Error(`skills.metrics.token: has to have at least ${TOKEN_MIN} characters`);
  }
  if (bearerSecret({ authorization: `Bearer ${token}` }) === token) return { tokenHash: hashOf(token) };
  throw new Error("skills.metrics.token: a token is made of letters, digits and . _ ~ + / = -");
}

export function mayScrape(scrapers: Scrapers, { caller, headers }: Request): boolean {
  if (scrapers === "open") return true;
  if (scrapers === "loopback") return caller.local;
  const secret = bearerSecret(headers);
  // Hashes are of one length, and compared in a time that tells nothing of where they differ.
  return secret !== undefined && timingSafeEqual(hashOf(secret), scrapers.tokenHash);
}

function hashOf(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}
