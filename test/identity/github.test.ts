import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { GitHubConfig } from "../../plugin/src/config.ts";
import { gitHubProvider } from "../../plugin/src/registry/identity/github.ts";
import type { ProvedIdentity, Provider } from "../../plugin/src/registry/identity/provider.ts";
import { type FakeGitHub, type GitHubUser, startFakeGitHub } from "../support/fake-github.ts";
import { freshChecks, REDIRECT_URI, refusalOf } from "../support/login-checks.ts";
import type { Fault } from "../support/provider-faults.ts";

const ACME = { id: 123, login: "Acme" };
const ADA: GitHubUser = {
  id: 4711,
  login: "Ada",
  email: "ada@example.com",
  organizations: [
    { ...ACME, role: "admin" },
    { id: 124, login: "guild", role: "member" },
    { id: 125, login: "invited", role: "member", state: "pending" },
  ],
  teams: [{ id: 456, slug: "legal", organization: ACME }],
};
const BOB: GitHubUser = { id: 4712, login: "bob", email: null, organizations: [], teams: [] };
/** For a provider that will not answer. */
const SHORT_MS = 500;
/** For one that does. */
const LONG_MS = 10_000;

let github: FakeGitHub;

beforeAll(async () => {
  github = await startFakeGitHub({ redirectUris: [REDIRECT_URI], deviceInterval: 0 });
});
afterAll(async () => await github[Symbol.asyncDispose]());
beforeEach(() => {
  Object.assign(github.state, { users: [ADA, BOB], faults: {}, rateLimited: false, pageSize: 100 });
});

function providerWith(
  changes: Partial<GitHubConfig> = {},
  { secret = github.state.clientSecret, timeoutMs = LONG_MS } = {},
): Provider {
  const config: GitHubConfig = {
    type: "github",
    id: "github",
    title: "GitHub",
    url: github.url,
    clientId: github.state.clientId,
    clientSecret: "",
    organizations: [],
    ...changes,
  };
  return gitHubProvider(config, secret, timeoutMs);
}

async function logIn(provider: Provider, login = "Ada"): Promise<ProvedIdentity> {
  const checks = freshChecks();
  const back = await github.logIn(await provider.authorizationUrl(REDIRECT_URI, checks), login);
  return await provider.callback(back, checks);
}

async function grantOf(provider: Provider): Promise<string> {
  const { grant } = await logIn(provider);
  return grant ?? "";
}

describe("a login at GitHub", () => {
  it("asks for organizations and nothing else, with state and an S256 challenge", async () => {
    const checks = freshChecks();
    const url = await providerWith().authorizationUrl(REDIRECT_URI, checks);
    expect(url.href.startsWith(`${github.url}/login/oauth/authorize?`)).toBe(true);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      scope: "read:org",
      state: checks.state,
      code_challenge_method: "S256",
      redirect_uri: REDIRECT_URI,
    });
    expect(url.href).not.toContain(checks.verifier);
  });

  it("proves the numeric id, the login, and active organizations and teams", async () => {
    expect(await logIn(providerWith())).toMatchObject({
      subject: "4711",
      login: "Ada",
      email: "ada@example.com",
      groups: [
        { id: "123", name: "Acme", admin: true },
        { id: "124", name: "guild", admin: false },
        { id: "123/456", name: "Acme/legal", admin: false },
      ],
    });
  });

  it("reads every page of organizations", async () => {
    github.state.pageSize = 2;
    const organizations = Array.from({ length: 7 }, (_, index) => ({
      id: 200 + index,
      login: `org-${index}`,
      role: "member" as const,
    }));
    github.state.users = [{ ...ADA, organizations, teams: [] }];
    expect((await logIn(providerWith())).groups).toHaveLength(7);
  });

  it("tells two people with the same login one after the other apart", async () => {
    const provider = providerWith();
    const before = await logIn(provider);
    github.state.users = [
      { ...ADA, login: "ada-lovelace" },
      { ...BOB, login: "Ada" },
    ];
    expect((await logIn(provider)).subject).not.toBe(before.subject);
    const renamed = await logIn(provider, "ada-lovelace");
    expect(renamed).toMatchObject({ subject: before.subject, login: "ada-lovelace" });
  });

  it("lets only members of the configured organizations in, however they are spelled", async () => {
    const provider = providerWith({ organizations: ["ACME"] });
    expect((await logIn(provider)).login).toBe("Ada");
    expect(await refusalOf(logIn(provider, "bob"))).toContain(
      "EFORBIDDEN: only some organizations of GitHub",
    );
    expect(await refusalOf(logIn(providerWith({ organizations: ["invited"] })))).toContain("EFORBIDDEN");
  });
});

describe("a login at GitHub is refused", () => {
  it("when the person declines", async () => {
    const [provider, checks] = [providerWith(), freshChecks()];
    const back = await github.decline(await provider.authorizationUrl(REDIRECT_URI, checks));
    expect(await refusalOf(provider.callback(back, checks))).toBe(
      "EFORBIDDEN: the login at GitHub was declined",
    );
  });

  it.each([
    ["another state", (url: URL) => url.searchParams.set("state", "forged")],
    ["no state", (url: URL) => url.searchParams.delete("state")],
    ["two states", (url: URL) => url.searchParams.append("state", "forged")],
  ])("for %s, before GitHub is asked anything", async (_what, forge) => {
    const [provider, checks] = [providerWith(), freshChecks()];
    const back = await github.logIn(await provider.authorizationUrl(REDIRECT_URI, checks), "Ada");
    forge(back);
    const asked = github.state.requests.length;
    expect(await refusalOf(provider.callback(back, checks))).toContain("EFORBIDDEN: this is not the answer");
    expect(github.state.requests).toHaveLength(asked);
  });

  it("for a code that was used before, a made-up one, and one of another login", async () => {
    const [provider, checks, others] = [providerWith(), freshChecks(), freshChecks()];
    const back = await github.logIn(await provider.authorizationUrl(REDIRECT_URI, checks), "Ada");
    await provider.callback(back, checks);
    const over = "EFORBIDDEN: the login at GitHub is over, or was used before";
    expect(await refusalOf(provider.callback(back, checks))).toBe(over);
    const forged = new URL(back);
    forged.searchParams.set("code", "made-up");
    expect(await refusalOf(provider.callback(forged, checks))).toBe(over);
    const victims = await github.logIn(await provider.authorizationUrl(REDIRECT_URI, others), "bob");
    victims.searchParams.set("state", checks.state);
    expect(await refusalOf(provider.callback(victims, checks))).toBe(over);
  });

  it("for an application with a wrong secret, without saying it", async () => {
    const refusal = await refusalOf(logIn(providerWith({}, { secret: "not the secret" })));
    expect(refusal).toBe("EPROVIDER: GitHub refused with incorrect_client_credentials");
  });

  it.each<[string, Fault, string]>([
    ["/login/oauth/access_token", "slow", "did not answer within 0.5 seconds"],
    ["/login/oauth/access_token", "trickle", "did not answer within 0.5 seconds"],
    ["/login/oauth/access_token", "garbage", "answered what it should not (OAUTH_PARSE_ERROR)"],
    ["/login/oauth/access_token", "html", "answered what it should not (OAUTH_RESPONSE_IS_NOT_JSON)"],
    ["/login/oauth/access_token", "huge", "answered with more than 1048576 bytes"],
    ["/login/oauth/access_token", "redirect", "redirects to another address"],
    ["/login/oauth/access_token", "error", "answered what it should not (OAUTH_RESPONSE_IS_NOT_CONFORM)"],
    ["/login/oauth/access_token", "cut", "cannot be reached"],
    ["/api/v3/user", "slow", "did not answer within 0.5 seconds"],
    ["/api/v3/user", "garbage", "answered what it should not"],
    ["/api/v3/user", "huge", "answered with more than 1048576 bytes"],
    ["/api/v3/user", "redirect", "redirects to another address"],
    ["/api/v3/user/memberships/orgs", "html", "answered what it should not"],
    ["/api/v3/user/teams", "error", "answered with status 500"],
  ])("when %s is %s", async (path, fault, reason) => {
    github.state.faults = { [path]: fault };
    const timeoutMs = fault === "slow" || fault === "trickle" ? SHORT_MS : LONG_MS;
    expect(await refusalOf(logIn(providerWith({}, { timeoutMs })))).toBe(`EPROVIDER: GitHub ${reason}`);
  });

  it("when it takes no more requests, and when nobody is there", async () => {
    github.state.rateLimited = true;
    expect(await refusalOf(logIn(providerWith()))).toBe("EPROVIDER: GitHub takes no more requests for now");
    const away = providerWith({ url: "http://127.0.0.1:1" });
    expect(await refusalOf(away.ask("gho_some"))).toBe("EPROVIDER: GitHub cannot be reached");
  });

  it("when one step takes too long in all, though each answer comes in time", async () => {
    const paths = [
      "/login/oauth/access_token",
      "/api/v3/user",
      "/api/v3/user/memberships/orgs",
      "/api/v3/user/teams",
    ];
    github.state.faults = Object.fromEntries(paths.map((path): [string, Fault] => [path, "late"]));
    const refusal = await refusalOf(logIn(providerWith({}, { timeoutMs: 1_000 })));
    expect(refusal).toBe("EPROVIDER: GitHub did not answer within 1 seconds");
  });
});

describe("GitHub, asked again", () => {
  it("tells the groups of this moment and a new login", async () => {
    const provider = providerWith();
    const grant = await grantOf(provider);
    github.state.users = [{ ...ADA, login: "ada2", organizations: [{ ...ACME, role: "member" }], teams: [] }];
    expect(await provider.ask(grant)).toEqual({
      subject: "4711",
      login: "ada2",
      email: "ada@example.com",
      groups: [{ id: "123", name: "Acme", admin: false }],
      grant,
    });
  });

  it("says null when the token was revoked, and when its person has left the configured organizations", async () => {
    const provider = providerWith({ organizations: ["acme"] });
    const [first, second] = [await grantOf(provider), await grantOf(provider)];
    github.state.users = [{ ...ADA, organizations: [], teams: [] }];
    expect(await provider.ask(first)).toBeNull();
    github.revoke(ADA.id);
    expect(await provider.ask(second)).toBeNull();
  });
});

describe("a device login at GitHub", () => {
  it("waits for its person, and ends once", async () => {
    const { device } = providerWith();
    const begun = await device?.begin();
    expect(begun).toMatchObject({
      verificationUrl: `${github.url}/login/device`,
      expiresIn: 900,
      interval: 1,
    });
    const { deviceCode = "", userCode = "" } = begun ?? {};
    expect(await device?.poll(deviceCode)).toBe("pending");
    await github.approveDevice(userCode, "Ada");
    expect(await device?.poll(deviceCode)).toMatchObject({ subject: "4711" });
    expect(await refusalOf(device?.poll(deviceCode) ?? Promise.resolve())).toContain(
      "EFORBIDDEN: the login at GitHub is over",
    );
  });

  it("is told to slow down, declined, and too late", async () => {
    const { device } = providerWith();
    const poll = async (code: string): Promise<unknown> => await device?.poll(code);
    github.state.deviceInterval = 60;
    const { deviceCode = "", userCode = "" } = (await device?.begin()) ?? {};
    await poll(deviceCode);
    expect(await poll(deviceCode)).toBe("slow-down");
    github.state.deviceInterval = 0;
    await github.denyDevice(userCode);
    expect(await refusalOf(poll(deviceCode))).toBe("EFORBIDDEN: the login at GitHub was declined");
    const late = (await device?.begin())?.deviceCode ?? "";
    Object.assign(github.state.devices.get(late) ?? {}, { expiresAt: 0 });
    expect(await refusalOf(poll(late))).toContain("EFORBIDDEN: the login at GitHub is over");
  });

  it("lets only members of the configured organizations in", async () => {
    const { device } = providerWith({ organizations: ["acme"] });
    const { deviceCode = "", userCode = "" } = (await device?.begin()) ?? {};
    await github.approveDevice(userCode, "bob");
    expect(await refusalOf(device?.poll(deviceCode) ?? Promise.resolve())).toContain(
      "EFORBIDDEN: only some organizations",
    );
  });
});
