import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  membersAnswer,
  namespacesAnswer,
  namespaceSettingsAnswer,
  transferAnswer,
} from "../../schema/src/index.ts";
import { jsonOf } from "../support/json.ts";
import { OKTA, type Asked, type NamespaceRegistry, startNamespaces } from "../support/namespaces.ts";
import { PASSWORD } from "../support/registry.ts";

describe("namespaces", () => {
  let registry: NamespaceRegistry;
  let acme: string;
  let zoe: string;

  beforeAll(async () => {
    registry = await startNamespaces({ providers: [{ type: "local" }, OKTA] });
    acme = await registry.account("acme");
    zoe = await registry.account("zoe");
  });
  afterAll(async () => await registry[Symbol.asyncDispose]());

  it("are made by an account, which owns them and publishes to them at once", async () => {
    const made = await registry.create(acme, "studio");
    expect(made.status).toBe(201);
    expect(namespaceSettingsAnswer.parse(made.body)).toMatchObject({
      name: "studio",
      kind: "org",
      visibility: null,
    });
    expect(await registry.membersOf(acme, "studio")).toEqual({ acme: "owner" });
    expect(await registry.publish(acme, "@studio/sample")).toBe(201);
    const { body } = await registry.ask(acme, ["GET", ""]);
    expect(namespacesAnswer.parse(body).namespaces).toEqual(
      expect.arrayContaining([
        { name: "acme", kind: "personal", role: "owner" },
        { name: "studio", kind: "org", role: "owner" },
      ]),
    );
  });

  it("go to exactly one of ten accounts that want the same name at once", async () => {
    const names = Array.from({ length: 10 }, (_, index) => `racer-${String.fromCodePoint(97 + index)}`);
    const tokens = await Promise.all(names.map(async (name) => await registry.account(name)));
    const answers = await Promise.all(tokens.map(async (token) => await registry.create(token, "trophy")));
    expect(answers.map(({ status }) => String(status)).toSorted()).toEqual([
      "201",
      ...Array.from({ length: 9 }, () => "409"),
    ]);
    for (const { status, body } of answers) if (status === 409) expect(body.code).toBe("ENAMETAKEN");
    const winner = names[answers.findIndex(({ status }) => status === 201)] ?? "";
    expect(await registry.metadata.members("trophy")).toEqual([{ account: winner, role: "owner" }]);
    const entries = await registry.metadata.audit({ namespace: "trophy", before: null, limit: 20 });
    const actions = entries.map(({ action }) => action).toSorted();
    expect(actions).toEqual([
      "namespace.create",
      ...Array.from({ length: 9 }, () => "namespace.create.refused"),
    ]);
  });

  it("of others stay closed: neither people nor settings are shown or changed, and nothing is left", async () => {
    await registry.create(acme, "private");
    const before = await registry.metadata.members("private");
    for (const request of [
      ["GET", "/private/members"],
      ["GET", "/private/groups"],
      ["GET", "/private/settings"],
      ["PUT", "/private/members/zoe", { role: "owner" }],
      ["DELETE", "/private/members/acme"],
      ["PUT", "/private/groups", { provider: "okta", group: "all", role: "owner" }],
      ["PUT", "/private/settings", { visibility: "public" }],
      ["POST", "/private/rename", { to: "mine" }],
      ["POST", "/private/transfer", { to: "zoe" }],
      ["POST", "/private/move", { skill: "sample", to: "zoe" }],
    ] satisfies Asked[]) {
      const refused = await registry.ask(zoe, request);
      expect(refused, `${request[0]} ${request[1]}`).toMatchObject({
        status: 403,
        body: { code: "ESKILLSCOPE" },
      });
      expect(await registry.ask(undefined, request)).toMatchObject({ status: 401 });
    }
    expect(await registry.metadata.members("private")).toEqual(before);
  });

  it("show their people to members, who change nothing", async () => {
    await registry.create(acme, "crew");
    await registry.ask(acme, ["PUT", "/crew/members/zoe", { role: "member" }]);
    expect(await registry.membersOf(zoe, "crew")).toEqual({ acme: "owner", zoe: "member" });
    const refused = await registry.ask(zoe, ["PUT", "/crew/members/zoe", { role: "owner" }]);
    expect(refused.status).toBe(403);
    const left = await registry.ask(acme, ["DELETE", "/crew/members/zoe"]);
    expect(membersAnswer.parse(left.body).members).toEqual([{ account: "acme", role: "owner" }]);
    expect(await registry.lastEntries(1)).toEqual([
      {
        account: "acme",
        action: "role.remove",
        subject: "@crew",
        namespace: "crew",
        detail: { account: "zoe" },
      },
    ]);
  });

  it("keep one owner when two take each other out at once", async () => {
    await registry.create(acme, "duel");
    await registry.ask(acme, ["PUT", "/duel/members/zoe", { role: "owner" }]);
    const answers = await Promise.all([
      registry.ask(acme, ["DELETE", "/duel/members/zoe"]),
      registry.ask(zoe, ["DELETE", "/duel/members/acme"]),
    ]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await registry.metadata.members("duel")).map(({ role }) => role)).toEqual(["owner"]);
  });

  it("never lose their last owner, whose attempt is written down", async () => {
    await registry.create(acme, "alone");
    for (const request of [
      ["DELETE", "/alone/members/acme"],
      ["PUT", "/alone/members/acme", { role: "member" }],
    ] satisfies Asked[]) {
      expect(await registry.ask(acme, request)).toMatchObject({ status: 409, body: { code: "ELASTOWNER" } });
      expect(await registry.lastEntries(1)).toMatchObject([
        { account: "acme", subject: "@alone", namespace: "alone", detail: { code: "ELASTOWNER" } },
      ]);
    }
    expect(await registry.membersOf(acme, "alone")).toEqual({ acme: "owner" });
  });

  it("pass from one owner to another in one step", async () => {
    await registry.create(acme, "relay");
    expect(await registry.ask(acme, ["POST", "/relay/transfer", { to: "nobody" }])).toMatchObject({
      status: 404,
    });
    expect(await registry.ask(acme, ["POST", "/relay/transfer", { to: "acme" }])).toMatchObject({
      status: 400,
    });
    const passed = await registry.ask(acme, ["POST", "/relay/transfer", { to: "zoe" }]);
    expect(transferAnswer.parse(passed.body)).toEqual({ name: "relay", owner: "zoe" });
    expect(await registry.membersOf(zoe, "relay")).toEqual({ zoe: "owner" });
    expect(await registry.ask(acme, ["GET", "/relay/members"])).toMatchObject({ status: 403 });
  });

  it("of one person stay theirs: no members, groups, transfer or rename", async () => {
    for (const request of [
      ["PUT", "/acme/members/zoe", { role: "maintainer" }],
      ["PUT", "/acme/groups", { provider: "okta", group: "all", role: "member" }],
      ["POST", "/acme/transfer", { to: "zoe" }],
      ["POST", "/acme/rename", { to: "acme-inc" }],
    ] satisfies Asked[]) {
      const refused = await registry.ask(acme, request);
      expect(refused, request[1]).toMatchObject({ status: 403, body: { code: "EFORBIDDEN" } });
      expect(refused.body.detail).toContain("personal namespace");
    }
    expect(await registry.membersOf(acme, "acme")).toEqual({ acme: "owner" });
  });

  it("say who sees their new skills", async () => {
    await registry.create(acme, "shy");
    const set = await registry.ask(acme, ["PUT", "/shy/settings", { visibility: "restricted" }]);
    expect(namespaceSettingsAnswer.parse(set.body).visibility).toBe("restricted");
    expect((await registry.ask(acme, ["GET", "/shy/settings"])).body["visibility"]).toBe("restricted");
    const bad = await registry.ask(acme, ["PUT", "/shy/settings", { visibility: "hidden" }]);
    expect(bad).toMatchObject({ status: 400, body: { code: "EBADBODY" } });
    const open = await registry.ask(acme, ["PUT", "/shy/settings", { visibility: null }]);
    expect(open.body["visibility"]).toBeNull();
  });

  it("are not made or changed with a token that only reads, or is for one skill", async () => {
    for (const limit of [{ readonly: true }, { packages: ["@acme/sample"] }]) {
      const made = await registry.fetch("/-/npm/v1/tokens", {
        method: "POST",
        token: acme,
        body: JSON.stringify({ password: PASSWORD, ...limit }),
      });
      const { token: secret } = await jsonOf<{ token: string }>(made);
      expect(await registry.create(secret, "sneaky")).toMatchObject({
        status: 403,
        body: { code: "EFORBIDDEN" },
      });
      const settings: Asked = ["PUT", "/acme/settings", { visibility: "public" }];
      expect(await registry.ask(secret, settings)).toMatchObject({ status: 403 });
    }
    expect(await registry.metadata.namespace("sneaky")).toBeUndefined();
  });
});
