import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renameAnswer } from "../../schema/src/index.ts";
import { type NamespaceRegistry, startNamespaces } from "../support/namespaces.ts";

describe("names of namespaces", () => {
  let registry: NamespaceRegistry;
  let acme: string;
  let zoe: string;

  beforeAll(async () => {
    registry = await startNamespaces({ operators: ["boss"] });
    acme = await registry.account("acme");
    zoe = await registry.account("zoe");
  });
  afterAll(async () => await registry[Symbol.asyncDispose]());

  it.each([
    ["zoe", 409, "ENAMETAKEN"],
    ["z-o-e", 409, "ENAMETAKEN"],
    ["z0e", 409, "ENAMETAKEN"],
    ["npm", 409, "ENAMETAKEN"],
    ["0penai", 409, "ENAMETAKEN"],
    ["con", 400, "EBADNAME"],
    ["Studio2", 400, "EBADNAME"],
    ["käse", 400, "EBADNAME"],
    ["аcme", 400, "EBADNAME"],
    ["a.b", 400, "EBADNAME"],
    ["a/b", 400, "EBADNAME"],
    ["@a", 400, "EBADNAME"],
    ["-a", 400, "EBADNAME"],
    ["a\u202eb", 400, "EBADNAME"],
    ["x".repeat(65), 400, "EBADNAME"],
    ["", 400, "EBADBODY"],
    [7, 400, "EBADBODY"],
  ])("cannot be called %s", async (name, status, code) => {
    const before = await registry.metadata.memberships(1);
    const answer = await registry.ask(acme, ["POST", "", { name }]);
    expect(answer).toMatchObject({ status, body: { code } });
    expect(await registry.metadata.memberships(1)).toEqual(before);
    if (code === "EBADBODY") return;
    expect(await registry.lastEntries(1)).toMatchObject([
      { account: "acme", action: "namespace.create.refused", detail: { code } },
    ]);
  });

  it("of reserved names, and look-alikes of a much larger one, come from an operator", async () => {
    const boss = await registry.account("boss");
    expect((await registry.create(acme, "weather")).status).toBe(201);
    for (let number = 0; number < 10; number += 1) {
      expect(await registry.publish(acme, `@weather/report-${number}`)).toBe(201);
    }
    for (const name of ["wether", "weathr", "waether", "github"]) {
      const refused = await registry.create(zoe, name);
      expect(refused, name).toMatchObject({ status: 409, body: { code: "ENAMETAKEN" } });
      expect(refused.body.detail, name).toBe(`the name "${name}" is reserved, or too much like another`);
    }
    // Nobody is deceived by what belongs to the same owner.
    expect((await registry.create(acme, "wether")).status).toBe(201);
    for (const name of ["weathr", "github"])
      expect((await registry.create(boss, name)).status, name).toBe(201);
    expect((await registry.create(boss, "github")).body.code).toBe("ENAMETAKEN");
  });

  it("take another name with everything in them, and can take the old one back", async () => {
    await registry.create(acme, "caterpillar");
    await registry.ask(acme, ["PUT", "/caterpillar/members/zoe", { role: "maintainer" }]);
    await registry.ask(acme, ["PUT", "/caterpillar/settings", { visibility: "public" }]);
    expect(await registry.publish(zoe, "@caterpillar/sample")).toBe(201);
    const renamed = await registry.ask(acme, ["POST", "/caterpillar/rename", { to: "butterfly" }]);
    expect(renameAnswer.parse(renamed.body)).toEqual({ name: "butterfly", skills: ["@butterfly/sample"] });
    expect(await registry.membersOf(acme, "butterfly")).toEqual({ acme: "owner", zoe: "maintainer" });
    expect((await registry.ask(acme, ["GET", "/butterfly/settings"])).body["visibility"]).toBe("public");
    expect(await registry.ask(acme, ["GET", "/caterpillar/members"])).toMatchObject({
      status: 409,
      body: { code: "ESKILLMOVED", detail: "the namespace @caterpillar is called @butterfly now" },
    });
    expect(await registry.create(zoe, "caterpillar")).toMatchObject({
      status: 409,
      body: { code: "ENAMETAKEN" },
    });
    expect(await registry.create(zoe, "catter-pillar")).toMatchObject({ status: 201 });
    const back = await registry.ask(acme, ["POST", "/butterfly/rename", { to: "caterpillar" }]);
    expect(renameAnswer.parse(back.body).skills).toEqual(["@caterpillar/sample"]);
    expect(await registry.publish(zoe, "@caterpillar/other")).toBe(201);
  });

  it("take no name that is somebody's, reserved, none at all, or their own", async () => {
    await registry.create(acme, "steady");
    for (const [to, status] of [
      ["zoe", 409],
      ["npm", 409],
      ["nul", 400],
      ["Steady", 400],
      ["steady", 400],
    ] as const) {
      expect(await registry.ask(acme, ["POST", "/steady/rename", { to }]), to).toMatchObject({ status });
    }
    expect(await registry.membersOf(acme, "steady")).toEqual({ acme: "owner" });
    // Not much of a change, but nobody else is meant by it.
    expect((await registry.ask(acme, ["POST", "/steady/rename", { to: "ste-ady" }])).status).toBe(200);
  });
});
