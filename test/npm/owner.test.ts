import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jsonOf } from "../support/json.ts";
import { type NpmUser, npmUser } from "../support/npm.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";

describe("npm owner", () => {
  let registry: TestRegistry;
  let acme: NpmUser;
  let jane: NpmUser;
  let mallory: NpmUser;

  beforeAll(async () => {
    registry = await startRegistry();
    acme = await npmUser(registry, "acme");
    jane = await npmUser(registry, "jane");
    mallory = await npmUser(registry, "mallory");
  });
  afterAll(async () => {
    for (const user of [acme, jane, mallory]) await user[Symbol.asyncDispose]();
    await registry[Symbol.asyncDispose]();
  });

  async function publish(
    user: NpmUser,
    name: string,
    version: string,
  ): Promise<{ code: number; stderr: string }> {
    return await user.npm(["publish"], { cwd: await user.skill(name, version) });
  }

  async function owners(name: string): Promise<string[]> {
    const listed = await acme.npm(["owner", "ls", name]);
    return listed.stdout
      .trim()
      .split("\n")
      .map((line) => line.replace(/ <.*>$/, ""));
  }

  it("lists the namespace, adds an account that publishes the skill from then on, and takes it away again", async () => {
    await publish(acme, "@acme/shared", "1.0.0");
    expect(await owners("@acme/shared")).toEqual(["acme"]);
    expect(await publish(jane, "@acme/shared", "1.1.0")).toMatchObject({ code: 1 });
    expect(await acme.npm(["owner", "add", "jane", "@acme/shared"])).toMatchObject({ code: 0 });
    expect(await owners("@acme/shared")).toEqual(["acme", "jane"]);
    expect(await publish(jane, "@acme/shared", "1.1.0")).toMatchObject({ code: 0 });
    expect(await acme.npm(["owner", "rm", "jane", "@acme/shared"])).toMatchObject({ code: 0 });
    expect(await owners("@acme/shared")).toEqual(["acme"]);
    const refused = await publish(jane, "@acme/shared", "1.2.0");
    expect(refused.stderr).toContain("the namespace @acme belongs to others");
  });

  it("gives an owner of one skill no right to the others of its namespace", async () => {
    await publish(acme, "@acme/given", "1.0.0");
    await publish(acme, "@acme/kept", "1.0.0");
    await acme.npm(["owner", "add", "jane", "@acme/given"]);
    expect(await publish(jane, "@acme/kept", "1.1.0")).toMatchObject({ code: 1 });
    expect(await publish(jane, "@acme/another", "1.0.0")).toMatchObject({ code: 1 });
    expect(await jane.npm(["owner", "add", "mallory", "@acme/given"])).toMatchObject({ code: 0 });
    expect(await owners("@acme/given")).toEqual(["acme", "jane", "mallory"]);
  });

  it("deprecates a skill that has owners, as npm sends them back with it", async () => {
    await publish(acme, "@acme/fading", "1.0.0");
    await acme.npm(["owner", "add", "jane", "@acme/fading"]);
    expect(await jane.npm(["deprecate", "@acme/fading", "use another"])).toMatchObject({ code: 0 });
    expect((await acme.npm(["view", "@acme/fading", "deprecated"])).stdout.trim()).toBe("use another");
    expect(await owners("@acme/fading")).toEqual(["acme", "jane"]);
  });

  it("never takes the skill away from its namespace", async () => {
    await publish(acme, "@acme/rooted", "1.0.0");
    await acme.npm(["owner", "add", "jane", "@acme/rooted"]);
    const refused = await jane.npm(["owner", "rm", "acme", "@acme/rooted"]);
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toContain("belongs to the namespace @acme");
    expect(await owners("@acme/rooted")).toEqual(["acme", "jane"]);
  });

  it("refuses strangers, and names that are no account", async () => {
    await publish(acme, "@acme/closed-shop", "1.0.0");
    const stranger = await mallory.npm(["owner", "add", "mallory", "@acme/closed-shop"]);
    expect(stranger.stderr).toContain("the namespace @acme belongs to others");
    const unknown = await acme.npm(["owner", "add", "nobody-here", "@acme/closed-shop"]);
    expect(unknown.stderr).toContain("there is no account");
    expect(await owners("@acme/closed-shop")).toEqual(["acme"]);
  });

  it("refuses a list made from an older state, one with an unknown name, and one that is also something else", async () => {
    await publish(acme, "@acme/stale", "1.0.0");
    const token = await registry.account("acme");
    const path = "/@acme%2fstale";
    const { _rev }: { _rev: string } = await jsonOf(registry.fetch(path));
    const put = async (rev: string, body: unknown): Promise<unknown> => {
      const answer = await registry.fetch(`${path}/-rev/${rev}`, {
        method: "PUT",
        token,
        body: JSON.stringify(body),
      });
      return [answer.status, (await jsonOf<{ code?: string }>(answer)).code];
    };
    const list = (...names: string[]) => ({ maintainers: names.map((name) => ({ name, email: "" })) });
    expect(await put("0", list("acme", "jane"))).toEqual([409, "ESTALE"]);
    expect(await put(_rev, list("acme", "jane", "nobody-here"))).toEqual([404, "ENOTFOUND"]);
    expect(await put(_rev, list("jane"))).toEqual([409, "ELASTOWNER"]);
    expect(await put(_rev, { maintainers: "jane" })).toEqual([400, "EBADBODY"]);
    expect(await put(_rev, { ...list("acme", "jane"), users: {} })).toEqual([400, "EBADBODY"]);
    expect(await put(_rev, { ...list("acme", "jane"), _id: "@acme/other" })).toEqual([422, "ESKILLMISMATCH"]);
    expect(await owners("@acme/stale")).toEqual(["acme"]);
    expect(await put(_rev, list("acme", "jane"))).toEqual([201, undefined]);
    expect(await put(_rev, list("acme"))).toEqual([409, "ESTALE"]);
  });

  it("shows accounts to those who are logged in, and no address of theirs", async () => {
    const path = "/-/user/org.couchdb.user:jane";
    expect((await registry.fetch(path)).status).toBe(401);
    const token = await registry.account("mallory");
    expect(await jsonOf(registry.fetch(path, { token }))).toEqual({ name: "jane", email: "" });
    expect((await registry.fetch("/-/user/jane", { token })).status).toBe(404);
    expect((await registry.fetch("/-/user/org.couchdb.user:nobody-here", { token })).status).toBe(404);
  });
});
