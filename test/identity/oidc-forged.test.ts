import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { oidcProvider } from "../../plugin/src/registry/identity/oidc.ts";
import type { ProvedIdentity, Provider } from "../../plugin/src/registry/identity/provider.ts";
import { type Forgery, type ForgingProvider, startForgingProvider } from "../support/forging-provider.ts";
import { freshChecks, REDIRECT_URI, refusalOf } from "../support/login-checks.ts";

const CLIENT = "skills";
const NOW = Math.floor(Date.now() / 1000);

let forger: ForgingProvider;

beforeAll(async () => {
  forger = await startForgingProvider(CLIENT);
});
afterAll(async () => await forger[Symbol.asyncDispose]());
beforeEach(() => {
  forger.forgery = {};
});

function provider(): Provider {
  const { issuer } = forger;
  const claims = { login: "preferred_username", groups: "groups" };
  const scopes = ["openid", "offline_access"];
  const config = {
    type: "oidc" as const,
    id: "okta",
    title: "Okta",
    issuer,
    clientId: CLIENT,
    scopes,
    claims,
    groups: [],
  };
  return oidcProvider(config, "a secret", 2_000);
}

async function logIn(at = provider()): Promise<ProvedIdentity> {
  const checks = freshChecks();
  forger.nonce = checks.nonce;
  return await at.callback(new URL(`${REDIRECT_URI}?code=c&state=${checks.state}`), checks);
}

/** Who the good token would prove. */
const ADA = { subject: "s-1", login: "ada" };

const notForThis = "EPROVIDER: Okta sent an ID token that was not made for this login";
const notNow = "EPROVIDER: Okta sent an ID token that is not valid at this time";
const unknownKey = "EPROVIDER: Okta signed the ID token with a key that it does not publish";
const wrong = "EPROVIDER: Okta answered what it should not (OAUTH_INVALID_RESPONSE)";

describe("an ID token", () => {
  it("that is good proves who it is", async () => {
    expect(await logIn()).toMatchObject({ ...ADA, groups: [{ id: "engineering" }] });
  });

  it.each<[string, Forgery, string]>([
    ["of another issuer", { claims: { iss: "https://elsewhere.example.com" } }, notForThis],
    ["for another audience", { claims: { aud: "somebody-else" } }, notForThis],
    ["for many, made for another party", { claims: { aud: [CLIENT, "other"], azp: "other" } }, notForThis],
    ["with another nonce", { claims: { nonce: "replayed" } }, notForThis],
    ["without a nonce", { claims: { nonce: undefined } }, wrong],
    ["without a subject", { claims: { sub: undefined } }, wrong],
    ["that expired a minute ago", { claims: { exp: NOW - 60 } }, notNow],
    ["without an expiry", { claims: { exp: undefined } }, wrong],
    ["that is not valid yet", { claims: { nbf: NOW + 120 } }, notNow],
    ["from the future", { claims: { iat: NOW + 120 } }, notNow],
    ["with the algorithm none", { header: { alg: "none" } }, wrong],
    ["signed with the published key as a secret", { header: { alg: "HS256" } }, wrong],
    ["signed with a foreign key under the known id", { foreignKey: true }, wrong],
    ["of a key that nobody knows", { header: { alg: "RS256", kid: "unknown" } }, unknownKey],
    ["with changed claims", { token: withClaims }, wrong],
    ["without its signature", { token: (token) => token.replace(/\.[^.]*$/, ".") }, wrong],
    ["that is no token", { token: () => "nonsense" }, wrong],
    ["that is missing", { token: () => undefined }, wrong],
  ])("%s is refused", async (_what, forgery, message) => {
    forger.forgery = forgery;
    expect(await refusalOf(logIn())).toBe(message);
    // The forgery alone was the reason.
    forger.forgery = {};
    expect(await logIn()).toMatchObject(ADA);
  });

  it.each<[string, Forgery]>([
    ["expired 20 seconds ago", { claims: { exp: NOW - 20 } }],
    ["comes from 20 seconds ahead", { claims: { iat: NOW + 20, nbf: NOW + 20 } }],
  ])("that %s is taken: clocks differ", async (_what, forgery) => {
    forger.forgery = forgery;
    expect(await logIn()).toMatchObject(ADA);
  });

  it("is checked with the keys of this moment", async () => {
    const at = provider();
    await logIn(at);
    await forger.rotateKeys();
    expect(await logIn(at)).toMatchObject(ADA);
    forger.forgery = { header: { alg: "RS256", kid: "first" }, foreignKey: true };
    expect(await refusalOf(logIn(at))).toBe(unknownKey);
  });

  it("of somebody else does not renew a grant", async () => {
    const at = provider();
    const { grant } = await logIn(at);
    forger.forgery = { claims: { sub: "s-2", nonce: undefined } };
    expect(await refusalOf(at.ask(grant ?? ""))).toBe(notForThis);
  });
});

describe("a provider", () => {
  it("that signs only with shared secrets is not accepted", async () => {
    forger.forgery = { metadata: { id_token_signing_alg_values_supported: ["HS256", "none"] } };
    expect(await refusalOf(logIn())).toBe("EPROVIDER: Okta signs in a way that is not accepted");
  });

  it("whose userinfo speaks of somebody else is not believed", async () => {
    forger.forgery = { claims: { groups: undefined }, userInfo: { sub: "s-2", groups: ["admins"] } };
    expect(await refusalOf(logIn())).toBe("EPROVIDER: Okta says that it is somebody else");
  });

  it.each(["token_endpoint", "jwks_uri", "userinfo_endpoint"])(
    "whose %s is plain http elsewhere gets nothing",
    async (key) => {
      forger.forgery = {
        metadata: { [key]: "http://elsewhere.example.com/" },
        claims: { groups: undefined },
      };
      expect(await refusalOf(logIn())).toBe("EPROVIDER: Okta names an address that is not https");
    },
  );

  it.each([
    ["are no list", { groups: { admins: true } }, []],
    ["hold what is no name", { groups: ["a", 7, null, "", "x".repeat(300), "a"] }, ["a"]],
    ["are one name", { groups: "legal" }, ["legal"]],
    ["are ten thousand", { groups: Array.from({ length: 10_000 }, (_, index) => `g${index}`) }, 1_000],
  ])("whose groups %s gives no others", async (_what, claims, expected) => {
    forger.forgery = { claims };
    const names = (await logIn()).groups.map(({ name }) => name);
    expect(typeof expected === "number" ? names.length : names).toEqual(expected);
  });
});

function withClaims(token: string): string {
  const [header, payload = "", signature] = token.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>;
  const forged = Buffer.from(JSON.stringify({ ...claims, sub: "s-2" })).toString("base64url");
  return [header, forged, signature].join(".");
}
