import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type NpmUser, npmUser } from "../support/npm.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";

describe("npm team", () => {
  let registry: TestRegistry;
  let acme: NpmUser;
  let zoe: NpmUser;
  let token: string;

  beforeAll(async () => {
    registry = await startRegistry();
    acme = await npmUser(registry, "acme");
    zoe = await npmUser(registry, "zoe");
    token = await registry.account("acme");
    await create("firm");
  });
  afterAll(async () => {
    await acme[Symbol.asyncDispose]();
    await zoe[Symbol.asyncDispose]();
    await registry[Symbol.asyncDispose]();
  });

  async function create(name: string): Promise<void> {
    const body = JSON.stringify({ name });
    expect((await registry.fetch("/api/namespaces", { method: "POST", token, body })).status).toBe(201);
  }

  async function list(entity: string): Promise<unknown> {
    return JSON.parse((await acme.npm(["team", "ls", entity, "--json"])).stdout);
  }

  it("creates teams, fills them, lists both and destroys them", async () => {
    expect((await acme.npm(["team", "create", "@firm:legal"])).stdout).toContain("+@firm:legal");
    expect((await acme.npm(["team", "create", "firm:design"])).code).toBe(0);
    expect(await list("firm")).toEqual(["firm:design", "firm:legal"]);
    expect((await acme.npm(["team", "add", "@firm:legal", "zoe"])).stdout).toContain(
      "zoe added to @firm:legal",
    );
    expect(await list("firm:legal")).toEqual(["zoe"]);
    expect((await acme.npm(["team", "rm", "@firm:legal", "zoe"])).stdout).toContain(
      "zoe removed from @firm:legal",
    );
    expect(await list("firm:legal")).toEqual([]);
    expect((await acme.npm(["team", "destroy", "@firm:design"])).stdout).toContain("-@firm:design");
    expect(await list("firm")).toEqual(["firm:legal"]);
  });

  it("leaves nobody in a team of an org that they were taken out of", async () => {
    await create("gmbh");
    await acme.npm(["team", "create", "gmbh:legal"]);
    await acme.npm(["org", "set", "gmbh", "zoe", "developer"]);
    await acme.npm(["team", "add", "gmbh:legal", "zoe"]);
    await acme.npm(["org", "rm", "gmbh", "zoe"]);
    expect(await list("gmbh:legal")).toEqual([]);
  });

  it("refuses teams that are there, or are not, names that none can have, and unknown accounts", async () => {
    await acme.npm(["team", "create", "firm:board"]);
    for (const [args, reason] of [
      [["create", "firm:board"], "there is a team @firm:board already"],
      [["create", "firm:Board Room"], "cannot be the name of a team"],
      [["create", "acme:board"], "is the personal namespace"],
      [["destroy", "firm:nothing"], "there is no team @firm:nothing"],
      [["ls", "firm:nothing"], "there is no team @firm:nothing"],
      [["add", "firm:nothing", "zoe"], "there is no team @firm:nothing"],
      [["add", "firm:board", "nobody"], 'there is no account "nobody"'],
      [["rm", "firm:board", "zoe"], '"zoe" is not in the team @firm:board'],
    ] as const) {
      const refused = await acme.npm(["team", ...args]);
      expect(refused.code, args.join(" ")).toBe(1);
      expect(refused.stderr, args.join(" ")).toContain(reason);
    }
  });

  it("is for owners alone, and shows teams to members alone", async () => {
    await create("vault");
    await acme.npm(["team", "create", "vault:secret-project"]);
    for (const args of [
      ["ls", "vault"],
      ["ls", "vault:secret-project"],
      ["add", "vault:secret-project", "zoe"],
      ["create", "vault:mine"],
      ["destroy", "vault:secret-project"],
    ]) {
      const refused = await zoe.npm(["team", ...args]);
      expect(refused.stderr, args.join(" ")).toContain("E403");
    }
    await acme.npm(["org", "set", "vault", "zoe", "developer"]);
    expect((await zoe.npm(["team", "ls", "vault"])).stdout).toContain("@vault:secret-project");
    expect(await list("vault")).toEqual(["vault:secret-project"]);
  });
});
