import { createLocalJWKSet, errors, type JWTVerifyGetKey } from "jose";
import { z } from "zod";
import type { IssuerConfig } from "../../config.ts";
import { failed, fetchJson } from "./fetch-json.ts";

/** For how long keys are taken for the issuer's own: one that it withdraws is good for no longer. */
const KEYS_FRESH_MS = 10 * 60_000;
/** Least time between two questions because of unknown keys: any stranger can name one. */
const COOLDOWN_MS = 30_000;

const discovery = z.object({ issuer: z.string(), jwks_uri: z.url({ protocol: /^https?$/ }) });
const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(100) });

interface Fetched {
  getKey: JWTVerifyGetKey;
  /** Milliseconds since 1970. */
  at: number;
}

/**
 * Finds the key of a token among those that the issuer shows. A key that is not among them has it asked again, for issuers
 * change their keys. Throws EPROVIDER when the keys cannot be had, jose's JWKSNoMatchingKey when the key is not the issuer's.
 */
export function issuerKeys(issuer: IssuerConfig, now: () => Date): JWTVerifyGetKey {
  let current: Fetched | undefined;
  let underWay: Promise<Fetched> | undefined;
  const refresh = async (): Promise<Fetched> => {
    underWay ??= fetchKeys(issuer, now).finally(() => (underWay = undefined));
    return (current = await underWay);
  };
  const ageOf = ({ at }: Fetched): number => now().getTime() - at;
  return async (header, token) => {
    const usable = current !== undefined && ageOf(current) < KEYS_FRESH_MS ? current : await refresh();
    try {
      return await usable.getKey(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || ageOf(usable) < COOLDOWN_MS) throw error;
      const { getKey } = await refresh();
      return await getKey(header, token);
    }
  };
}

async function fetchKeys(issuer: IssuerConfig, now: () => Date): Promise<Fetched> {
  const at = now().getTime();
  const base = new URL(issuer.issuer);
  const address = new URL(`${base.href.replace(/\/$/, "")}/.well-known/openid-configuration`);
  const found = discovery.safeParse(await fetchJson(address, issuer.title));
  if (!found.success || found.data.issuer !== issuer.issuer)
    throw failed(issuer.title, "describes another issuer");
  const keysAt = new URL(found.data.jwks_uri);
  if (keysAt.protocol !== "https:" && keysAt.origin !== base.origin) {
    throw failed(issuer.title, "has its keys at an address that is not https");
  }
  const keys = keySet.safeParse(await fetchJson(keysAt, issuer.title));
  if (!keys.success) throw failed(issuer.title, "did not answer with keys");
  return { getKey: createLocalJWKSet(keys.data), at };
}
