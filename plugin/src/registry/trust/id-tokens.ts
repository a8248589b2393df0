import { printable, SkillsError } from "@skills-registry/schema";
import { decodeJwt, errors, type JWTPayload, jwtVerify, type JWTVerifyGetKey } from "jose";
import type { IssuerConfig } from "../../config.ts";
import type { Provenance } from "../../store/identity.ts";
import { failed } from "./fetch-json.ts";
import { issuerKeys } from "./issuer-keys.ts";
import { runOf } from "./run-claims.ts";

/** Signatures that only the issuer can make: no `none`, and nothing symmetric, which its public key could be abused for. */
const ALGORITHMS = ["RS256", "ES256", "PS256", "EdDSA"];
/** Seconds by which clocks may differ. */
const CLOCK_TOLERANCE = 30;
/** Seconds; CI systems make tokens for some minutes. */
const AGE_MAX = 60 * 60;
const JTI_MAX = 255;
/** Characters of a token; headers of requests have 16 KB. */
const TOKEN_MAX = 12 * 1024;

/** What a verified ID token of a CI system says. */
export interface VerifiedRun {
  /** Id of the configured issuer. */
  issuer: string;
  type: IssuerConfig["type"];
  jti: string;
  /** ISO time. */
  expiresAt: string;
  /** The claims that trusts are compared with, as text: `repository_id`, `workflow`, `environment`, `ref`, … */
  claims: Record<string, string>;
  provenance: Provenance;
}

export interface IdTokens {
  /**
   * Verifies signature, issuer, audience (`npm:<host>`), times and algorithm. Throws ENEEDAUTH for a token that is not good,
   * EPROVIDER when the issuer's keys cannot be had.
   */
  verify(idToken: string, audience: string): Promise<VerifiedRun>;
}

export function idTokens(issuers: IssuerConfig[], now: () => Date): IdTokens {
  const known = issuers.map((issuer) => ({ issuer, keys: issuerKeys(issuer, now) }));
  return {
    async verify(idToken, audience) {
      const claimed = unverifiedIssuer(idToken);
      const found = known.find(({ issuer }) => issuer.issuer === claimed);
      if (found === undefined)
        throw refused(`its issuer ${shown(claimed)} is not one of those that this registry knows`);
      return toRun(found.issuer, await verifySigned(idToken, { ...found, audience, now: now() }));
    },
  };
}

/** Says only whose keys have to fit. */
function unverifiedIssuer(idToken: string): string {
  if (idToken.length > TOKEN_MAX) throw refused("it is too long");
  try {
    const { iss } = decodeJwt(idToken);
    if (typeof iss === "string") return iss;
  } catch {
    throw refused("it is not a JSON web token");
  }
  throw refused("it names no issuer");
}

async function verifySigned(
  idToken: string,
  {
    issuer,
    keys,
    audience,
    now,
  }: { issuer: IssuerConfig; keys: JWTVerifyGetKey; audience: string; now: Date },
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(idToken, keys, {
      algorithms: ALGORITHMS,
      issuer: issuer.issuer,
      audience,
      clockTolerance: CLOCK_TOLERANCE,
      maxTokenAge: AGE_MAX,
      requiredClaims: ["exp", "iat", "jti"],
      currentDate: now,
    });
    return payload;
  } catch (error) {
    if (error instanceof SkillsError) throw error;
    if (error instanceof errors.JOSEError) throw refused(reasonOf(error, audience));
    throw failed(issuer.title, "has a key that cannot be used", error);
  }
}

/** What is wrong, for the person who reads the log of the run. */
function reasonOf(error: errors.JOSEError, audience: string): string {
  if (error instanceof errors.JWTExpired) return "it has expired";
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === "aud")
      return `it is for the audience ${shown(error.payload.aud)}, not for ${audience}`;
    if (error.reason === "check_failed" && /^(iat|nbf)$/.test(error.claim))
      return "it is from the future: a clock is wrong";
    return `its claim "${error.claim}" is missing or wrong`;
  }
  if (error instanceof errors.JOSEAlgNotAllowed)
    return `its algorithm is not one of ${ALGORITHMS.join(", ")}`;
  if (error instanceof errors.JWKSNoMatchingKey) return "the issuer has no such key";
  if (error instanceof errors.JWSSignatureVerificationFailed) return "its signature is wrong";
  return "it is malformed";
}

function toRun(issuer: IssuerConfig, payload: JWTPayload): VerifiedRun {
  const { jti, exp } = payload;
  if (typeof jti !== "string" || jti === "" || jti.length > JTI_MAX || exp === undefined) {
    throw refused('its claim "jti" is missing or wrong');
  }
  // As long as a token can be good, its number is remembered.
  const expiresAt = new Date(
    (Math.min(exp, (payload.iat ?? exp) + AGE_MAX) + CLOCK_TOLERANCE) * 1000,
  ).toISOString();
  return { issuer: issuer.id, type: issuer.type, jti, expiresAt, ...runOf(issuer, payload) };
}

/** Of the caller's own token, cut and without what a terminal would obey. */
function shown(value: unknown): string {
  return printable(JSON.stringify(value) ?? "nothing").slice(0, 200);
}

function refused(reason: string): SkillsError {
  return new SkillsError("ENEEDAUTH", `the ID token is refused: ${reason}`, {
    hint: "See docs/trusted-publishing.md.",
  });
}
