import { expect, test } from "vitest";
import { skillText } from "../support/cli.ts";
import { startProxy } from "../support/proxy.ts";
import { publishSkill, startTeam, type Team } from "../support/team.ts";

async function startLibrary(): Promise<Team> {
  const team = await startTeam();
  await publishSkill(team, { name: "x", version: "1.0.0", files: { "SKILL.md": skillText("x") } });
  return team;
}

test("a like counts once per account, shows in search and info, and can be taken back", async () => {
  await using team = await startLibrary();
  for (const _ of [1, 2])
    expect(await team.skills(["like", "@acme/x"])).toEqual({
      code: 0,
      stdout: "you like @acme/x: 1 like\n",
      stderr: "",
    });
  expect((await team.skills(["search", "x"])).stdout).toContain("@acme/x  1.0.0  ♥ 1\n");
  expect((await team.skills(["info", "@acme/x"])).stdout).toMatch(/^likes +1, one of them yours$/m);
  expect(await team.json(["like", "@acme/x", "--remove"])).toEqual({
    name: "@acme/x",
    likes: 0,
    liked: false,
  });
  expect((await team.skills(["like", "@acme/x", "--remove"])).stdout).toBe(
    "you do not like @acme/x: 0 likes\n",
  );
});

test("a like needs a login, a skill that is there, and a registry that keeps likes", async () => {
  await using team = await startLibrary();
  await using stranger = await startProxy(team.registry, { absent: "/api/" });
  expect((await team.skills(["like", "@acme/x", "--registry", stranger.url])).stderr).toContain(
    "keeps no likes",
  );
  expect((await team.skills(["like", "@acme/nothing"])).stderr).toContain("error ENOTFOUND");
  await team.write("home", { ".npmrc": `fetch-retries=0\nregistry=${team.registry.url}/\n` });
  const anonymous = await team.skills(["like", "@acme/x"]);
  expect(anonymous.code).toBe(1);
  expect(anonymous.stderr).toContain("error ENEEDAUTH");
});

test("a like is for a skill, not for one version of it", async () => {
  await using team = await startTeam();
  for (const spec of ["@acme/x@1.0.0", "@acme/x@beta"])
    expect(await team.skills(["like", spec])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("not for one version"),
    });
});
