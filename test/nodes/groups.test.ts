import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { OidcConfig } from "../../plugin/src/config.ts";
import { type GroupRoles, groupRoles } from "../../plugin/src/registry/identity/group-roles.ts";
import { oidcProvider } from "../../plugin/src/registry/identity/oidc.ts";
import { sealWith } from "../../plugin/src/registry/identity/seal.ts";
import type { Identity } from "../../plugin/src/store/identity.ts";
import { openPostgres } from "../../plugin/src/store/metadata/postgres/open.ts";
import { startIdentityProvider, type TestIdentityProvider } from "../support/identity-provider.ts";
import { freshChecks, REDIRECT_URI, refusalOf } from "../support/login-checks.ts";
import { makeDatabase, postgresSettings } from "../support/postgres-databases.ts";

const MINUTES = 5;
const PERSON = { subject: "s-1", login: "ada", email: "ada@example.com", groups: ["engineering"] };
const seal = sealWith(randomBytes(32));

/** A provider takes each refresh token once, and ends them all when one comes a second time. */
describe("groups of a person whom two nodes ask about", () => {
  const stack = new AsyncDisposableStack();
  let idp: TestIdentityProvider;
  let opened: Awaited<ReturnType<typeof openPostgres>>[];
  let config: OidcConfig;
  let accountId: number;
  let clock = new Date("2026-03-01T12:00:00.000Z");
  /** Of either node. */
  let roles: GroupRoles[];

  beforeAll(async () => {
    idp = stack.use(await startIdentityProvider({ redirectUris: [REDIRECT_URI], people: [PERSON] }));
    config = {
      type: "oidc",
      id: "okta",
      title: "Okta",
      issuer: idp.issuer,
      clientId: idp.clientId,
      scopes: ["openid", "profile", "offline_access"],
      prompt: "consent",
      claims: { login: "preferred_username", groups: "groups" },
      groups: [],
    };
    const database = stack.use(await makeDatabase());
    opened = [
      await openPostgres(postgresSettings(database.url)),
      await openPostgres(postgresSettings(database.url)),
    ];
    for (const { metadata, nodes } of opened) {
      stack.defer(async () => await metadata.close());
      stack.defer(async () => await nodes.close());
    }
    const created = { email: null, passwordHash: null, operator: false, lockedAt: null };
    const account = { ...created, name: "ada", createdAt: clock.toISOString() };
    const [one] = opened;
    accountId = (await one?.metadata.transaction((tx) => tx.insertAccount(account, "ada")))?.id ?? 0;
  });
  afterAll(async () => await stack.disposeAsync());

  beforeEach(async () => {
    await idp.direct({ faults: {} });
    roles = opened.map((stores) =>
      groupRoles({
        ...stores,
        providers: [oidcProvider(config, idp.clientSecret)],
        seal,
        now: () => clock,
        minutes: MINUTES,
      }),
    );
    await opened[0]?.metadata.transaction(async (tx) => await tx.putIdentity(await freshIdentity()));
    clock = new Date(clock.getTime() + (MINUTES + 1) * 60_000);
  });

  async function freshIdentity(): Promise<Identity> {
    const at = clock.toISOString();
    const owner = { provider: "okta", subject: "s-1", accountId, login: "ada" };
    return { ...owner, groups: [], groupsAt: at, grant: seal.seal(await grant()), createdAt: at };
  }

  async function grant(): Promise<string> {
    const provider = oidcProvider(config, idp.clientSecret);
    const checks = freshChecks();
    const back = await idp.logIn(await provider.authorizationUrl(REDIRECT_URI, checks), "ada");
    return (await provider.callback(back, checks)).grant ?? "";
  }

  async function stored(): Promise<Identity | undefined> {
    return await opened[0]?.metadata.identity("okta", "s-1");
  }

  const renewed = { groups: [{ id: "engineering" }], grant: expect.any(String) };

  it("are asked for by one of them, and the other takes its answer", async () => {
    const asked = [...roles, ...roles].map(async (node) => await node.refresh(accountId, "writing"));
    expect(await Promise.all(asked)).toEqual([true, true, true, true]);
    expect(await stored()).toMatchObject({ ...renewed, groupsAt: clock.toISOString() });
  });

  it("are asked for with the newest token, also when the question of the other node failed half-way", async () => {
    const [one, other] = roles;
    await idp.direct({ faults: { "/me": "error" } });
    expect(await refusalOf(one?.refresh(accountId, "writing") ?? Promise.reject())).toContain("EPROVIDER");
    expect((await stored())?.groups).toEqual([]);
    await idp.direct({ faults: {} });
    expect(await other?.refresh(accountId, "writing")).toBe(true);
    expect(await stored()).toMatchObject({ ...renewed, groupsAt: clock.toISOString() });
  });
});
