import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { gitHubProvider } from "../../plugin/src/registry/identity/github.ts";
import { type GroupRoles, groupRoles } from "../../plugin/src/registry/identity/group-roles.ts";
import { oidcProvider } from "../../plugin/src/registry/identity/oidc.ts";
import type { Providers } from "../../plugin/src/registry/identity/provider.ts";
import { sealWith } from "../../plugin/src/registry/identity/seal.ts";
import type { Account, Identity } from "../../plugin/src/store/identity.ts";
import type { Metadata } from "../../plugin/src/store/metadata.ts";
import { localNodes } from "../../plugin/src/store/nodes/local.ts";
import { openSqlite } from "../../plugin/src/store/metadata/sqlite/open.ts";
import { type FakeGitHub, startFakeGitHub } from "../support/fake-github.ts";
import { startIdentityProvider, type TestIdentityProvider } from "../support/identity-provider.ts";
import { freshChecks, REDIRECT_URI, refusalOf } from "../support/login-checks.ts";

const MINUTES = 5;
const TOKEN = "gho_adas-token";
const ACME = { id: 123, login: "acme", role: "member" as const };
const seal = sealWith(randomBytes(32));

let folder: string;
let metadata: Metadata;
let github: FakeGitHub;
let idp: TestIdentityProvider;
let providers: Providers;
let roles: GroupRoles;
let ada: Account;
let clock: Date;
let count = 0;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "skills-groups-"));
  metadata = await openSqlite({ file: path.join(folder, "registry.sqlite") });
  github = await startFakeGitHub();
  const person = { subject: "s-1", login: "ada", email: "ada@example.com", groups: ["engineering"] };
  idp = await startIdentityProvider({ redirectUris: [REDIRECT_URI], people: [person] });
  const { clientId, clientSecret } = github.state;
  const common = { clientId, title: "GitHub", organizations: [], clientSecret: "" };
  providers = [
    gitHubProvider({ type: "github", id: "github", url: github.url, ...common }, clientSecret),
    oidcProvider(
      {
        type: "oidc",
        id: "okta",
        title: "Okta",
        issuer: idp.issuer,
        clientId: idp.clientId,
        scopes: ["openid", "profile", "offline_access"],
        prompt: "consent",
        claims: { login: "preferred_username", groups: "groups" },
        groups: [],
      },
      idp.clientSecret,
    ),
  ];
});
afterAll(async () => {
  await metadata.close();
  await github[Symbol.asyncDispose]();
  await idp[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  clock = new Date("2026-03-01T12:00:00.000Z");
  roles = groupRoles({ metadata, nodes: localNodes(), providers, seal, now: () => clock, minutes: MINUTES });
  ada = await newAccount();
  github.state.users = [{ id: ada.id, login: "ada", email: null, organizations: [ACME], teams: [] }];
  github.state.tokens.clear();
  github.state.tokens.set(TOKEN, { userId: ada.id, scope: "read:org" });
  github.state.requests.length = 0;
  github.state.faults = {};
});

async function newAccount(): Promise<Account> {
  count += 1;
  const name = `ada-${count}`;
  const createdAt = clock.toISOString();
  const account = { name, email: null, passwordHash: null, operator: false, lockedAt: null, createdAt };
  return await metadata.transaction(async (tx) => await tx.insertAccount(account, name));
}

function later(minutes: number): void {
  clock = new Date(clock.getTime() + minutes * 60_000);
}

async function connect(changes: Partial<Identity> = {}): Promise<void> {
  const identity: Identity = {
    provider: "github",
    subject: String(ada.id),
    accountId: ada.id,
    login: "ada",
    groups: [],
    groupsAt: clock.toISOString(),
    grant: seal.seal(TOKEN),
    createdAt: clock.toISOString(),
    ...changes,
  };
  await metadata.transaction(async (tx) => await tx.putIdentity(identity));
}

async function stored(provider = "github"): Promise<Identity | undefined> {
  return (await metadata.identities(ada.id)).find((identity) => identity.provider === provider);
}

function asked(): number {
  return github.state.requests.filter((request) => request === "GET /api/v3/user").length;
}

describe("groups", () => {
  it("count for minutes when publishing, and for a day when reading", () => {
    expect(roles.countsFrom("writing")).toBe("2026-03-01T11:55:00.000Z");
    expect(roles.countsFrom("reading")).toBe("2026-02-28T12:00:00.000Z");
  });

  it("that were told within minutes are not asked for again", async () => {
    await connect();
    later(MINUTES);
    expect(await roles.refresh(ada.id, "writing")).toBe(false);
    expect(asked()).toBe(0);
  });

  it("that were told earlier are, and are stored with the login of this moment", async () => {
    await connect();
    later(MINUTES + 1);
    github.state.users = github.state.users.map((user) => ({ ...user, login: "ada2" }));
    expect(await roles.refresh(ada.id, "writing")).toBe(true);
    expect(await stored()).toMatchObject({
      login: "ada2",
      groups: [{ id: "123", name: "acme", admin: false }],
      groupsAt: clock.toISOString(),
    });
    expect(await roles.refresh(ada.id, "writing")).toBe(false);
  });

  it("of one person are asked for once, however many requests wait", async () => {
    await connect();
    later(MINUTES + 1);
    github.state.faults = { "/api/v3/user": "late" };
    const waiting = Array.from({ length: 20 }, async () => await roles.refresh(ada.id, "writing"));
    expect(await Promise.all(waiting)).toEqual(waiting.map(() => true));
    expect(asked()).toBe(1);
  });

  it("are not asked for with a grant that was replaced since it was read", async () => {
    await connect();
    later(MINUTES + 1);
    const read = Promise.withResolvers<void>();
    const replaced = Promise.withResolvers<void>();
    const late: Metadata = {
      ...metadata,
      identities: async (accountId) => {
        const identities = await metadata.identities(accountId);
        read.resolve();
        await replaced.promise;
        return identities;
      },
    };
    const others = groupRoles({
      metadata: late,
      nodes: localNodes(),
      providers,
      seal,
      now: () => clock,
      minutes: MINUTES,
    });
    const waiting = others.refresh(ada.id, "writing");
    await read.promise;
    await roles.refresh(ada.id, "writing");
    replaced.resolve();
    expect(await waiting).toBe(true);
    expect(asked()).toBe(1);
  });

  it("end with the grant, and the audit log says so once", async () => {
    await connect({ groups: [{ id: "123", name: "acme", admin: true }] });
    later(MINUTES + 1);
    github.revoke(ada.id);
    expect(await roles.refresh(ada.id, "writing")).toBe(true);
    expect(await stored()).toMatchObject({ groups: [], grant: null, groupsAt: clock.toISOString() });
    later(MINUTES + 1);
    expect(await roles.refresh(ada.id, "writing")).toBe(false);
    const entries = await metadata.audit({ namespace: ada.name, before: null, limit: 10 });
    expect(entries).toMatchObject([
      {
        action: "identity.ended",
        subject: ada.name,
        account: null,
        detail: { provider: "github", login: "ada" },
      },
    ]);
    expect(JSON.stringify(entries)).not.toContain(TOKEN);
  });

  it("end when the grant is suddenly somebody else's", async () => {
    await connect({ subject: "999", groups: [{ id: "123", name: "acme", admin: true }] });
    later(MINUTES + 1);
    await roles.refresh(ada.id, "writing");
    expect(await stored()).toMatchObject({ subject: "999", groups: [], grant: null });
  });

  it.each([
    ["gave nothing to ask with", { grant: null }],
    ["is not configured any more", { provider: "gone" }],
    ["gave what was sealed with another key", { grant: sealWith(randomBytes(32)).seal(TOKEN) }],
  ])("of a provider that %s stay until they count no more", async (_what, changes) => {
    const groups = [{ id: "123", name: "acme", admin: false }];
    await connect({ groups, ...changes });
    later(MINUTES + 1);
    expect(await roles.refresh(ada.id, "writing")).toBe(false);
    expect(asked()).toBe(0);
    expect(await metadata.identities(ada.id)).toMatchObject([{ groups }]);
  });
});

describe("a provider that is away", () => {
  it("stops publishing, leaves reading as it was, and changes nothing", async () => {
    await connect({ groups: [{ id: "123", name: "acme", admin: false }] });
    const before = await stored();
    later(MINUTES + 1);
    github.state.faults = { "/api/v3/user": "error" };
    expect(await refusalOf(roles.refresh(ada.id, "writing"))).toBe(
      "EPROVIDER: GitHub answered with status 500",
    );
    expect(await roles.refresh(ada.id, "reading")).toBe(true);
    expect(await stored()).toEqual(before);
  });

  it("is not asked about the same person again for ten seconds", async () => {
    await connect();
    later(MINUTES + 1);
    github.state.faults = { "/api/v3/user": "error" };
    for (let attempt = 0; attempt < 5; attempt += 1) {
      expect(await refusalOf(roles.refresh(ada.id, "writing"))).toContain("EPROVIDER: GitHub");
    }
    expect(asked()).toBe(1);
    github.state.faults = {};
    later(11 / 60);
    expect(await roles.refresh(ada.id, "writing")).toBe(true);
    expect(await stored()).toMatchObject({ groups: [{ id: "123" }] });
  });
});

describe("an operator who takes groups away", () => {
  it("is not overruled by an answer that was on its way", async () => {
    await connect({ groups: [{ id: "123", name: "acme", admin: true }] });
    later(MINUTES + 1);
    github.state.faults = { "/api/v3/user": "late" };
    const refreshing = roles.refresh(ada.id, "writing");
    await expect.poll(asked).toBe(1);
    await connect({ groups: [], grant: null });
    await refreshing;
    expect(await stored()).toMatchObject({ groups: [], grant: null });
  });
});

describe("a provider that gives a new refresh token with each answer", () => {
  it("is asked with the newest one, sealed", async () => {
    const [, okta] = providers;
    const checks = freshChecks();
    const url = await okta?.authorizationUrl(REDIRECT_URI, checks);
    const back = await idp.logIn(url ?? new URL("about:blank"), "ada");
    const grant = (await okta?.callback(back, checks))?.grant ?? "";
    await connect({ provider: "okta", subject: "s-1", grant: seal.seal(grant) });
    for (let time = 0; time < 3; time += 1) {
      later(MINUTES + 1);
      expect(await roles.refresh(ada.id, "writing")).toBe(true);
      expect(await stored("okta")).toMatchObject({
        groups: [{ id: "engineering" }],
        groupsAt: clock.toISOString(),
      });
    }
    const kept = (await stored("okta"))?.grant ?? "";
    expect(kept).not.toContain(grant);
    expect(seal.open(kept)).not.toBe(grant);
    // One that was used before is stolen, or lost: the provider ends them all.
    await connect({ provider: "okta", subject: "s-1", grant: seal.seal(grant) });
    later(MINUTES + 1);
    await roles.refresh(ada.id, "writing");
    expect(await stored("okta")).toMatchObject({ groups: [], grant: null });
  });
});
