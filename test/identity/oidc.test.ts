import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { OidcConfig } from "../../plugin/src/config.ts";
import { oidcProvider } from "../../plugin/src/registry/identity/oidc.ts";
import type { ProvedIdentity, Provider } from "../../plugin/src/registry/identity/provider.ts";
import {
  type Person,
  startIdentityProvider,
  type TestIdentityProvider,
} from "../support/identity-provider.ts";
import { identityOf } from "../../plugin/src/registry/identity/oidc-identity.ts";
import { freshChecks, REDIRECT_URI, refusalOf } from "../support/login-checks.ts";
import type { Fault } from "../support/provider-faults.ts";

const ADA: Person = {
  subject: "s-1",
  login: "ada",
  email: "ada@example.com",
  groups: ["engineering", "legal"],
};
const BOB: Person = { subject: "s-2", login: "bob", email: "bob@example.com", groups: [] };
/** For a provider that will not answer. */
const SHORT_MS = 500;
/** For one that does. */
const LONG_MS = 10_000;
const OFFLINE: Partial<OidcConfig> = { scopes: ["openid", "profile", "offline_access"], prompt: "consent" };

let idp: TestIdentityProvider;
/** Puts all claims into the ID token. */
let telling: TestIdentityProvider;

beforeAll(async () => {
  const options = { redirectUris: [REDIRECT_URI], people: [ADA, BOB] };
  idp = await startIdentityProvider(options);
  telling = await startIdentityProvider({ ...options, claimsInIdToken: true, device: false });
});
afterAll(async () => {
  await idp[Symbol.asyncDispose]();
  await telling[Symbol.asyncDispose]();
});
beforeEach(async () => await idp.direct({ people: [ADA, BOB], faults: {} }));

function providerWith(changes: Partial<OidcConfig> = {}, at = idp, timeoutMs = LONG_MS): Provider {
  const config: OidcConfig = {
    type: "oidc",
    id: "okta",
    title: "Okta",
    issuer: at.issuer,
    clientId: at.clientId,
    scopes: ["openid", "profile", "email"],
    claims: { login: "preferred_username", groups: "groups" },
    groups: [],
    ...changes,
  };
  return oidcProvider(config, at.clientSecret, timeoutMs);
}

async function logIn(provider: Provider, login = "ada", at = idp): Promise<ProvedIdentity> {
  const checks = freshChecks();
  const back = await at.logIn(await provider.authorizationUrl(REDIRECT_URI, checks), login);
  return await provider.callback(back, checks);
}

async function grantOf(provider: Provider): Promise<string> {
  const { grant } = await logIn(provider);
  return grant ?? "";
}

describe("a login at an OpenID Connect provider", () => {
  it("sends state, nonce and an S256 challenge", async () => {
    const checks = freshChecks();
    const url = await providerWith().authorizationUrl(REDIRECT_URI, checks);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: "code",
      scope: "openid profile email",
      state: checks.state,
      nonce: checks.nonce,
      code_challenge_method: "S256",
      redirect_uri: REDIRECT_URI,
    });
    expect(url.href).not.toContain(checks.verifier);
  });

  it("takes login and groups from userinfo when the ID token does not tell them", async () => {
    expect(await logIn(providerWith())).toEqual({
      subject: "s-1",
      login: "ada",
      email: "ada@example.com",
      groups: [
        { id: "engineering", name: "engineering", admin: false },
        { id: "legal", name: "legal", admin: false },
      ],
      grant: null,
    });
  });

  it("takes them from the ID token when it tells all", async () => {
    const provider = providerWith({}, telling);
    await telling.direct({ faults: { "/me": "error" } });
    expect(await logIn(provider, "ada", telling)).toMatchObject({ login: "ada", email: "ada@example.com" });
  });

  it("maps the configured claims, and refuses people without a name there", async () => {
    const mapped = providerWith({ claims: { login: "email", groups: "nothing" } });
    expect(await logIn(mapped)).toMatchObject({ login: "ada@example.com", groups: [] });
    const unnamed = providerWith({ claims: { login: "nickname", groups: "groups" } });
    expect(await refusalOf(logIn(unnamed))).toBe(
      "EPROVIDER: Okta tells no name in the claim nickname (claims.login)",
    );
  });

  it("lets only members of the configured groups in", async () => {
    const provider = providerWith({ groups: ["legal"] });
    expect((await logIn(provider)).subject).toBe("s-1");
    expect(await refusalOf(logIn(provider, "bob"))).toContain("EFORBIDDEN: only some groups of Okta");
  });

  it("goes on after the provider's keys were rotated", async () => {
    const provider = providerWith();
    await logIn(provider);
    await idp.rotateKeys();
    expect((await logIn(provider)).login).toBe("ada");
  });

  it("works as soon as a provider that was down at the start is back", async () => {
    const provider = providerWith();
    await idp.down();
    expect(await refusalOf(provider.authorizationUrl(REDIRECT_URI, freshChecks()))).toBe(
      "EPROVIDER: Okta cannot be reached",
    );
    await idp.up();
    expect((await logIn(provider)).login).toBe("ada");
  });
});

describe("the claims of a provider", () => {
  it("show a name and groups without what a terminal would obey", () => {
    const config = { type: "oidc" as const, id: "okta", title: "Okta", issuer: "https://okta.example.com" };
    const claims = { login: "preferred_username", groups: "groups" };
    const told = { sub: "s", preferred_username: "ada\u001B[2J", groups: ["a\u202E"] };
    const proved = identityOf(
      { ...config, clientId: "c", scopes: ["openid"], claims, groups: [] },
      told,
      null,
    );
    expect(proved.login).toBe("ada\\u{1b}[2J");
    expect(proved.groups).toEqual([{ id: "a\u202E", name: "a\\u{202e}", admin: false }]);
  });
});

describe("a login at an OpenID Connect provider is refused", () => {
  it("when the person declines", async () => {
    const [provider, checks] = [providerWith(), freshChecks()];
    const back = await idp.decline(await provider.authorizationUrl(REDIRECT_URI, checks));
    expect(await refusalOf(provider.callback(back, checks))).toBe(
      "EFORBIDDEN: the login at Okta was declined",
    );
  });

  it("for a forged state, and for an answer that names another issuer", async () => {
    const [provider, checks] = [providerWith(), freshChecks()];
    const back = await idp.logIn(await provider.authorizationUrl(REDIRECT_URI, checks), "ada");
    const mixedUp = new URL(back);
    mixedUp.searchParams.set("iss", "https://elsewhere.example.com");
    expect(await refusalOf(provider.callback(mixedUp, checks))).toBe(
      "EPROVIDER: Okta answered what it should not (OAUTH_INVALID_RESPONSE)",
    );
    back.searchParams.set("state", "forged");
    expect(await refusalOf(provider.callback(back, checks))).toContain("EFORBIDDEN: this is not the answer");
  });

  it("for a replayed code, a made-up one, and one of another login", async () => {
    const [provider, checks, others] = [providerWith(), freshChecks(), freshChecks()];
    const back = await idp.logIn(await provider.authorizationUrl(REDIRECT_URI, checks), "ada");
    await provider.callback(back, checks);
    const over = "EFORBIDDEN: the login at Okta is over, or was used before";
    expect(await refusalOf(provider.callback(back, checks))).toBe(over);
    back.searchParams.set("code", "made-up");
    expect(await refusalOf(provider.callback(back, checks))).toBe(over);
    const victims = await idp.logIn(await provider.authorizationUrl(REDIRECT_URI, others), "bob");
    victims.searchParams.set("state", checks.state);
    expect(await refusalOf(provider.callback(victims, checks))).toBe(over);
  });

  it("for a provider that names another issuer than the configured one", async () => {
    const provider = providerWith({ issuer: idp.issuer.replace("127.0.0.1", "localhost") });
    expect(await refusalOf(provider.authorizationUrl(REDIRECT_URI, freshChecks()))).toBe(
      "EPROVIDER: Okta says that it is somebody else",
    );
  });

  it.each<[string, Fault, string]>([
    ["/.well-known/openid-configuration", "slow", "did not answer within 0.5 seconds"],
    ["/.well-known/openid-configuration", "huge", "answered with more than 1048576 bytes"],
    ["/.well-known/openid-configuration", "garbage", "answered what it should not (OAUTH_PARSE_ERROR)"],
    ["/.well-known/openid-configuration", "redirect", "redirects to another address"],
    ["/token", "slow", "did not answer within 0.5 seconds"],
    ["/token", "trickle", "did not answer within 0.5 seconds"],
    ["/token", "huge", "answered with more than 1048576 bytes"],
    ["/token", "html", "answered what it should not (OAUTH_RESPONSE_IS_NOT_JSON)"],
    ["/token", "error", "answered what it should not (OAUTH_RESPONSE_IS_NOT_CONFORM)"],
    ["/token", "redirect", "redirects to another address"],
    ["/jwks", "cut", "cannot be reached"],
    ["/jwks", "error", "answered what it should not (OAUTH_RESPONSE_IS_NOT_CONFORM)"],
    ["/jwks", "garbage", "answered what it should not (OAUTH_PARSE_ERROR)"],
    ["/jwks", "slow", "did not answer within 0.5 seconds"],
    ["/me", "garbage", "answered what it should not (OAUTH_PARSE_ERROR)"],
    ["/me", "cut", "cannot be reached"],
  ])("when %s is %s", async (path, fault, reason) => {
    await idp.direct({ faults: { [path]: fault } });
    const timeoutMs = fault === "slow" || fault === "trickle" ? SHORT_MS : LONG_MS;
    expect(await refusalOf(logIn(providerWith({}, idp, timeoutMs)))).toBe(`EPROVIDER: Okta ${reason}`);
  });
});

describe("an OpenID Connect provider, asked again", () => {
  it("tells the groups of this moment, with a refresh token that takes the place of the old one", async () => {
    const provider = providerWith(OFFLINE);
    const grant = await grantOf(provider);
    await idp.direct({ people: [{ ...ADA, login: "ada2", groups: ["legal"] }] });
    const again = await provider.ask(grant);
    expect(again).toMatchObject({ subject: "s-1", login: "ada2", groups: [{ id: "legal" }] });
    expect(again?.grant).not.toBe(grant);
    expect(await provider.ask(again?.grant ?? "")).toMatchObject({ subject: "s-1" });
  });

  it("goes on with the new refresh token after a question that failed half-way", async () => {
    const provider = providerWith(OFFLINE);
    const grant = await grantOf(provider);
    await idp.direct({ faults: { "/me": "error" } });
    expect(await refusalOf(provider.ask(grant))).toContain("EPROVIDER: Okta");
    await idp.direct({ faults: {} });
    expect(await provider.ask(grant)).toMatchObject({ subject: "s-1" });
    expect(await provider.ask(grant)).toBeNull();
  });

  it("says null when the grant was revoked, used before, or made up", async () => {
    const provider = providerWith(OFFLINE);
    const [revoked, used] = [await grantOf(provider), await grantOf(provider)];
    await provider.ask(used);
    expect(await provider.ask(used)).toBeNull();
    await idp.revoke("s-1");
    expect(await provider.ask(revoked)).toBeNull();
    expect(await provider.ask("s-1 made-up")).toBeNull();
    expect(await provider.ask("")).toBeNull();
  });

  it("says null when the person may not log in any more", async () => {
    const provider = providerWith({ ...OFFLINE, groups: ["legal"] });
    const grant = await grantOf(provider);
    await idp.direct({ people: [{ ...ADA, groups: [] }] });
    expect(await provider.ask(grant)).toBeNull();
  });

  it("fails when it is away or refuses the registry, rather than say that the grant has ended", async () => {
    const provider = providerWith(OFFLINE);
    const grant = await grantOf(provider);
    const strangers = oidcProviderWithSecret("not the secret");
    expect(await refusalOf(strangers.ask(grant))).toBe(
      "EPROVIDER: Okta does not accept the registry's id and secret, or a token",
    );
    await idp.direct({ faults: { "/token": "error" } });
    expect(await refusalOf(provider.ask(grant))).toContain("EPROVIDER: Okta answered what it should not");
  });
});

function oidcProviderWithSecret(clientSecret: string): Provider {
  return providerWith(OFFLINE, { ...idp, clientSecret });
}

describe("a device login at an OpenID Connect provider", () => {
  it("waits for its person, and ends once", async () => {
    const { device } = providerWith();
    const { deviceCode = "", userCode = "", verificationUrl = "" } = (await device?.begin()) ?? {};
    expect(await device?.poll(deviceCode)).toBe("pending");
    const url = new URL(verificationUrl);
    url.searchParams.set("user_code", userCode);
    await idp.approveDevice(url, "ada");
    expect(await device?.poll(deviceCode)).toMatchObject({ subject: "s-1", login: "ada" });
    expect(await refusalOf(device?.poll(deviceCode) ?? Promise.resolve())).toContain("EFORBIDDEN");
  });

  it("is refused where the provider has none", async () => {
    const { device } = providerWith({}, telling);
    expect(await refusalOf(device?.begin() ?? Promise.resolve())).toBe(
      "EFORBIDDEN: Okta has no login for machines without a browser",
    );
  });
});
