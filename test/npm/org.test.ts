import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jsonOf } from "../support/json.ts";
import { type NpmUser, npmUser } from "../support/npm.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";

describe("npm org", () => {
  let registry: TestRegistry;
  let acme: NpmUser;
  let zoe: NpmUser;
  let token: string;

  beforeAll(async () => {
    registry = await startRegistry();
    acme = await npmUser(registry, "acme");
    zoe = await npmUser(registry, "zoe");
    token = await registry.account("acme");
    await registry.account("ada");
  });
  afterAll(async () => {
    await acme[Symbol.asyncDispose]();
    await zoe[Symbol.asyncDispose]();
    await registry[Symbol.asyncDispose]();
  });

  async function create(name: string): Promise<void> {
    const made = await registry.fetch("/api/namespaces", {
      method: "POST",
      token,
      body: JSON.stringify({ name }),
    });
    expect(made.status).toBe(201);
  }

  async function roster(name: string): Promise<unknown> {
    const { stdout } = await acme.npm(["org", "ls", name, "--json"]);
    return JSON.parse(stdout);
  }

  it("sets, lists and removes roles; npm's admin is a maintainer, its developer a member", async () => {
    await create("roster");
    const added = await acme.npm(["org", "set", "roster", "zoe", "admin"]);
    expect(added.stdout).toContain("Added zoe as admin to roster. You now have 2 members in this org.");
    expect((await acme.npm(["org", "set", "@roster", "@ada"])).code).toBe(0);
    expect(await roster("roster")).toEqual({ acme: "owner", ada: "developer", zoe: "admin" });
    const members = registry.fetch("/api/namespaces/roster/members", { token });
    expect(await jsonOf(members)).toEqual({
      members: [
        { account: "acme", role: "owner" },
        { account: "ada", role: "member" },
        { account: "zoe", role: "maintainer" },
      ],
    });
    const removed = await acme.npm(["org", "rm", "roster", "zoe"]);
    expect(removed.stdout).toContain("Successfully removed zoe from roster. You now have 2 members");
    expect(await roster("roster")).toEqual({ acme: "owner", ada: "developer" });
  });

  it("lets a maintainer publish and a member not, from the next command on", async () => {
    await create("press");
    const folder = await zoe.skill("@press/paper", "1.0.0");
    const refused = await zoe.npm(["publish"], { cwd: folder });
    expect(refused.stderr).toContain('the namespace @press belongs to others, and you are "zoe"');
    await acme.npm(["org", "set", "press", "zoe", "developer"]);
    expect((await zoe.npm(["publish"], { cwd: folder })).code).toBe(1);
    await acme.npm(["org", "set", "press", "zoe", "admin"]);
    expect(await zoe.npm(["publish"], { cwd: folder })).toMatchObject({ code: 0 });
    await acme.npm(["org", "rm", "press", "zoe"]);
    const late = await zoe.npm(["publish"], { cwd: await zoe.skill("@press/paper", "1.1.0") });
    expect(late.stderr).toContain("E403");
  });

  it("keeps the last owner", async () => {
    await create("lonely");
    for (const args of [
      ["org", "rm", "lonely", "acme"],
      ["org", "set", "lonely", "acme", "developer"],
    ]) {
      const refused = await acme.npm(args);
      expect(refused.code, args.join(" ")).toBe(1);
      expect(refused.stderr, args.join(" ")).toContain('"acme" is the last owner of @lonely');
    }
    expect(await roster("lonely")).toEqual({ acme: "owner" });
    await acme.npm(["org", "set", "lonely", "zoe", "owner"]);
    expect((await acme.npm(["org", "rm", "lonely", "acme"])).stderr).toContain("E403");
    expect(JSON.parse((await zoe.npm(["org", "ls", "lonely", "--json"])).stdout)).toEqual({ zoe: "owner" });
  });

  it("is for owners alone, and shows people to members alone", async () => {
    await create("closed");
    await acme.npm(["org", "set", "closed", "ada", "developer"]);
    for (const args of [
      ["org", "ls", "closed"],
      ["org", "set", "closed", "zoe", "owner"],
      ["org", "rm", "closed", "ada"],
    ]) {
      const refused = await zoe.npm(args);
      expect(refused.stderr, args.join(" ")).toContain("E403");
      expect(refused.stdout + refused.stderr, args.join(" ")).not.toContain("ada");
    }
    await acme.npm(["org", "set", "closed", "zoe", "admin"]);
    expect((await zoe.npm(["org", "ls", "closed"])).stdout).toContain("ada - developer");
    expect((await zoe.npm(["org", "set", "closed", "zoe", "owner"])).stderr).toContain("E403");
  });

  it("refuses a personal namespace, with a hint at npm owner", async () => {
    const refused = await acme.npm(["org", "set", "acme", "zoe", "admin"]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('@acme is the personal namespace of "acme"');
    expect(refused.stderr).toContain("npm owner add <user> @acme/<skill>");
    expect(await roster("acme")).toEqual({ acme: "owner" });
  });

  it("refuses an account and an org that are not there", async () => {
    await create("known");
    expect((await acme.npm(["org", "set", "known", "nobody"])).stderr).toContain(
      'there is no account "nobody"',
    );
    expect((await acme.npm(["org", "rm", "known", "zoe"])).stderr).toContain(
      '"zoe" has no role of its own in @known',
    );
    expect((await acme.npm(["org", "set", "unknown", "zoe"])).stderr).toContain(
      "there is no namespace @unknown",
    );
  });
});
