import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { groupRolesAnswer } from "../../schema/src/index.ts";
import { GITHUB, OKTA, type NamespaceRegistry, startNamespaces } from "../support/namespaces.ts";

/** An identity of the account as its provider told it just now. */
async function belongTo(
  registry: NamespaceRegistry,
  account: string,
  groups: { id: string; name: string; admin: boolean }[],
): Promise<void> {
  const now = new Date().toISOString();
  await registry.metadata.transaction(async (tx) => {
    const found = await tx.account(account);
    if (found === undefined) throw new Error(`no account ${account}`);
    const identity = { provider: "github", subject: `of ${account}`, accountId: found.id, login: account };
    await tx.putIdentity({ ...identity, groups, groupsAt: now, grant: null, createdAt: now });
  });
}

describe("groups of identity providers", () => {
  let registry: NamespaceRegistry;
  let acme: string;
  let zoe: string;

  beforeAll(async () => {
    registry = await startNamespaces({ providers: [{ type: "local" }, GITHUB, OKTA] });
    acme = await registry.account("acme");
    zoe = await registry.account("zoe");
  });
  afterAll(async () => await registry[Symbol.asyncDispose]());

  it("give a role to a group, which is known by its id and not by its name", async () => {
    await registry.create(acme, "mapped");
    await belongTo(registry, "acme", [{ id: "123", name: "Acme", admin: false }]);
    const set = await registry.ask(acme, [
      "PUT",
      "/mapped/groups",
      { provider: "github", group: "acme", role: "maintainer" },
    ]);
    expect(groupRolesAnswer.parse(set.body).groups).toEqual([
      { provider: "github", group: "Acme", role: "maintainer" },
    ]);
    // Somebody registered the name again, after the organization had been renamed: another id.
    await belongTo(registry, "zoe", [{ id: "999", name: "Acme", admin: true }]);
    expect(await registry.publish(zoe, "@mapped/sample")).toBe(403);
    await belongTo(registry, "zoe", [{ id: "123", name: "Acme Ltd", admin: false }]);
    expect(await registry.publish(zoe, "@mapped/sample")).toBe(201);
    const ended = await registry.ask(acme, [
      "PUT",
      "/mapped/groups",
      { provider: "github", group: "Acme", role: null },
    ]);
    expect(groupRolesAnswer.parse(ended.body).groups).toEqual([]);
    expect(await registry.publish(zoe, "@mapped/other")).toBe(403);
  });

  it("give no role to a group that the caller is not in, or of a provider that is not there", async () => {
    await registry.create(acme, "careful");
    await belongTo(registry, "acme", [{ id: "123", name: "acme", admin: true }]);
    for (const [body, status, detail] of [
      [{ provider: "github", group: "other", role: "owner" }, 404, 'you are in no group "other" of GitHub'],
      [
        { provider: "gitlab", group: "acme", role: "owner" },
        400,
        'there is no provider "gitlab" with groups',
      ],
      [{ provider: "local", group: "acme", role: "owner" }, 400, 'there is no provider "local" with groups'],
      [{ provider: "github", group: "acme", role: null }, 404, 'the group "acme" of github has no role'],
      [{ provider: "github", group: "acme", role: "admin" }, 400, '"role"'],
    ] as const) {
      const refused = await registry.ask(acme, ["PUT", "/careful/groups", body]);
      expect(refused.status, detail).toBe(status);
      expect(refused.body.detail).toContain(detail);
    }
    const named = await registry.ask(acme, [
      "PUT",
      "/careful/groups",
      { provider: "okta", group: "legal", role: "member" },
    ]);
    expect(groupRolesAnswer.parse(named.body).groups).toEqual([
      { provider: "okta", group: "legal", role: "member" },
    ]);
  });
});

describe("who makes orgs", () => {
  it("is said by the configuration: operators, and accounts it lists", async () => {
    await using registry = await startNamespaces({
      operators: ["boss"],
      namespaces: { create: "operators", creators: ["ada"], reserved: ["exclusive"], visibility: "public" },
    });
    const [boss, ada, zoe] = [
      await registry.account("boss"),
      await registry.account("ada"),
      await registry.account("zoe"),
    ];
    expect(await registry.ask(zoe, ["POST", "", { name: "studio" }])).toMatchObject({
      status: 403,
      body: { code: "EFORBIDDEN", detail: "only operators of this registry make orgs" },
    });
    expect(await registry.lastEntries(1)).toMatchObject([{ action: "namespace.create.refused" }]);
    expect(await registry.metadata.namespace("studio")).toBeUndefined();
    expect((await registry.ask(ada, ["POST", "", { name: "studio" }])).status).toBe(201);
    expect((await registry.ask(ada, ["POST", "", { name: "exc1usive" }])).status).toBe(409);
    expect((await registry.ask(boss, ["POST", "", { name: "exclusive" }])).status).toBe(201);
    // A rename would else be the way around it.
    await registry.ask(ada, ["PUT", "/studio/members/zoe", { role: "owner" }]);
    expect((await registry.ask(zoe, ["POST", "/studio/rename", { to: "atelier" }])).status).toBe(403);
  });

  it("can be proved by the GitHub organization of the same name, for its admins", async () => {
    await using registry = await startNamespaces({
      providers: [{ type: "local" }, GITHUB],
      namespaces: { create: "github", creators: [], reserved: [], visibility: "public" },
    });
    const ada = await registry.account("ada");
    const name = "studio";
    for (const groups of [
      [],
      [{ id: "1", name: "studio", admin: false }],
      [{ id: "1", name: "studios", admin: true }],
      [{ id: "1/2", name: "studio/admins", admin: true }],
    ]) {
      await belongTo(registry, "ada", groups);
      expect(await registry.ask(ada, ["POST", "", { name }])).toMatchObject({
        status: 403,
        body: { detail: 'you have not proved that you run "studio" at GitHub' },
      });
    }
    await belongTo(registry, "ada", [{ id: "1", name: "Studio", admin: true }]);
    expect((await registry.ask(ada, ["POST", "", { name }])).status).toBe(201);
    expect((await registry.ask(ada, ["POST", "/studio/rename", { to: "other" }])).status).toBe(403);
  });
});
