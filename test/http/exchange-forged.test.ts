import { randomUUID } from "node:crypto";
import { exportSPKI, generateKeyPair, importJWK, type JWTPayload, SignJWT, UnsecuredJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { githubRun } from "../support/ci-issuer.ts";
import { startTrustedRegistry, type TrustedRegistry } from "../support/trusted-registry.ts";

/** Seconds. */
const HOUR = 3_600;

let ci: TrustedRegistry;
beforeAll(async () => void (ci = await startTrustedRegistry()));
afterAll(async () => await ci[Symbol.asyncDispose]());

/** A token signed by the issuer whose claims are not what it makes itself. */
async function broken(changes: Record<string, unknown>, header?: Record<string, unknown>): Promise<string> {
  return await ci.issuer.sign(withoutAbsent({ ...wellMade(), ...changes }), header);
}

function wellMade(): JWTPayload {
  const now = Math.floor(Date.now() / 1000);
  const times = { iat: now, exp: now + 300, jti: randomUUID() };
  return { iss: ci.issuer.issuer, aud: "npm:127.0.0.1", ...times, ...githubRun() };
}

function withoutAbsent(claims: Record<string, unknown>): JWTPayload {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
}

const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

const FORGED: [what: string, make: () => Promise<string>, reason: RegExp][] = [
  ["signed with another key", async () => await signedByStranger(), /its signature is wrong/],
  [
    "without a signature (alg none)",
    async () => new UnsecuredJWT(wellMade()).encode(),
    /its algorithm is not one of/,
  ],
  [
    "signed with the public key as a password (HS256)",
    async () => await signedWithPublicKey(),
    /its algorithm is not one of/,
  ],
  ["of an unknown key", async () => await broken({}, { kid: "unknown" }), /the issuer has no such key/],
  [
    "for another registry",
    async () => await broken({ aud: "npm:registry.example.com" }),
    /for the audience "npm:registry.example.com", not for npm:127.0.0.1/,
  ],
  ["for no registry", async () => await broken({ aud: undefined }), /"aud" is missing|audience/],
  [
    "of an unknown issuer",
    async () => await broken({ iss: "https://issuer.example.com" }),
    /its issuer "https:\/\/issuer.example.com" is not one/,
  ],
  ["of no issuer", async () => await broken({ iss: undefined }), /it names no issuer/],
  [
    "that has expired",
    async () => await broken({ iat: inSeconds(-400), exp: inSeconds(-60) }),
    /it has expired/,
  ],
  [
    "that is old, whatever it says of its end",
    async () => await broken({ iat: inSeconds(-2 * HOUR), exp: inSeconds(9 * HOUR) }),
    /it has expired/,
  ],
  [
    "from the future",
    async () => await broken({ iat: inSeconds(120), exp: inSeconds(420) }),
    /it is from the future/,
  ],
  ["that is not good yet", async () => await broken({ nbf: inSeconds(120) }), /it is from the future/],
  ["without an end", async () => await broken({ exp: undefined }), /its claim "exp" is missing/],
  ["without a beginning", async () => await broken({ iat: undefined }), /its claim "iat" is missing/],
  ["without a number", async () => await broken({ jti: undefined }), /its claim "jti" is missing/],
  [
    "with an endless number",
    async () => await broken({ jti: "x".repeat(300) }),
    /its claim "jti" is missing/,
  ],
  ["of three words", async () => "not.a.token", /it is not a JSON web token/],
  ["that is very long", async () => await broken({ more: "x".repeat(10_000) }), /it is too long/],
];

async function signedByStranger(): Promise<string> {
  const { privateKey } = await generateKeyPair("RS256");
  const { kid = "" } = await ci.issuer.publicKey();
  return await new SignJWT(wellMade()).setProtectedHeader({ alg: "RS256", kid }).sign(privateKey);
}

async function signedWithPublicKey(): Promise<string> {
  const jwk = await ci.issuer.publicKey();
  const key = await importJWK({ ...jwk, ext: true }, "RS256");
  if (key instanceof Uint8Array) throw new Error("not a public key");
  const secret = new TextEncoder().encode(await exportSPKI(key));
  return await new SignJWT(wellMade()).setProtectedHeader({ alg: "HS256", kid: jwk.kid ?? "" }).sign(secret);
}

describe("an ID token is refused", () => {
  it.each(FORGED)("%s", async (_what, make, reason) => {
    const idToken = await make();
    const detail = await ci.refused(await ci.exchange(idToken), reason);
    expect(detail).not.toContain(idToken);
  });

  it("that is missing", async () => {
    const path = "/-/npm/v1/oidc/token/exchange/package/@acme%2fx";
    expect((await ci.registry.fetch(path, { method: "POST" })).status).toBe(401);
    expect((await ci.registry.fetch(path, { method: "POST", token: ci.owner })).status).toBe(401);
  });

  it("whose clock is off by less than 30 seconds is not", async () => {
    for (const claims of [{ iat: inSeconds(20) }, { iat: inSeconds(-300), exp: inSeconds(-20) }])
      expect((await ci.exchange(await broken(claims))).status).toBe(201);
  });
});
