import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CliResult } from "../support/cli.ts";
import { skillText } from "../support/cli.ts";
import { publishSkill, startTeam, type Team } from "../support/team.ts";

describe("skills namespace", () => {
  let team: Team;

  beforeAll(async () => {
    team = await startTeam();
    await team.registry.account("zoe");
  });
  afterAll(async () => await team[Symbol.asyncDispose]());

  async function run(line: string): Promise<CliResult> {
    return await team.skills(["namespace", ...line.split(" ")]);
  }

  async function says(line: string, stdout: string): Promise<void> {
    expect(await run(line), line).toEqual({ code: 0, stdout, stderr: "" });
  }

  it("makes an org and says who belongs to it", async () => {
    await says("create studio", "created @studio, which you own\n");
    await says("list", "@acme    personal  owner\n@studio  org       owner\n");
    await says("set @studio zoe maintainer", "zoe is maintainer of @studio\n");
    await says("members studio", "acme  owner\nzoe   maintainer\n");
    await says("remove studio @zoe", "zoe has no role in @studio any more\n");
    expect(await team.json(["namespace", "members", "studio"])).toEqual({
      members: [{ account: "acme", role: "owner" }],
    });
  });

  it("shows and sets who sees new skills", async () => {
    await says("create gallery", "created @gallery, which you own\n");
    await says("visibility gallery", "new skills of @gallery: what the registry is configured for\n");
    await says("visibility gallery restricted", "new skills of @gallery: restricted\n");
    await says("visibility gallery", "new skills of @gallery: restricted\n");
    const open = await team.json(["namespace", "visibility", "gallery", "none"]);
    expect(open).toMatchObject({ name: "gallery", visibility: null });
  });

  it("renames an org, moves a skill into it, and hands it over", async () => {
    await publishSkill(team, { name: "x", version: "1.0.0", files: { "SKILL.md": skillText("x") } });
    await says("create workshop", "created @workshop, which you own\n");
    await says("move @acme/x workshop", "@acme/x is called @workshop/x now\n");
    await says("rename workshop factory", "@workshop is called @factory now, with 1 skill\n");
    expect(await team.skills(["add", "@acme/x"])).toMatchObject({
      code: 0,
      stderr: "note: @acme/x is called @factory/x now\n",
    });
    await says("transfer factory zoe", "@factory belongs to zoe, and you have no role in it\n");
    expect(await run("members factory")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("ESKILLSCOPE"),
    });
  });

  it("passes the registry's refusals on, with what to do", async () => {
    await says("create lonely", "created @lonely, which you own\n");
    expect(await run("remove lonely acme")).toEqual({
      code: 1,
      stdout: "",
      stderr:
        'error ELASTOWNER: "acme" is the last owner of @lonely\nhint: Make somebody else an owner first: npm org set lonely <user> owner\n',
    });
    expect((await run("create zoe")).stderr).toContain('error ENAMETAKEN: the name "zoe" is taken');
    expect((await run("group lonely github acme owner")).stderr).toContain(
      'error EBADREQUEST: there is no provider "github" with groups',
    );
    await says("group lonely", "");
  });

  it.each([
    ["conquer", '"conquer" is not one of create, list, members'],
    ["toString", '"toString" is not one of'],
    ["create", "usage: skills namespace create <namespace>"],
    ["create a b", "usage: skills namespace create <namespace>"],
    ["group acme github", "usage: skills namespace group <namespace> [<provider> <group> <role>]"],
    ["set acme zoe king", 'a role is one of owner, maintainer, member, not "king"'],
    ["visibility acme hidden", 'a visibility is one of public, restricted, none, not "hidden"'],
    ["create Acme", '"Acme" is not a namespace'],
    ["move x acme", '"x" is not the name of a skill'],
  ])("does not take %s", async (line, reason) => {
    expect(await run(line)).toMatchObject({ code: 2, stderr: expect.stringContaining(reason) });
  });
});
