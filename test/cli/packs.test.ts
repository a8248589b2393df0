import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeProject, release, type TestProject } from "../support/project.ts";
import { startTeam, type Team } from "../support/team.ts";
import { skillsIn } from "../support/tree.ts";

let team: Team;
let project: TestProject;
beforeAll(async () => {
  team = await startTeam();
  const pack = ["letters", "memos", "notes"];
  await release(team, { name: "@acme/office", pack });
  await release(team, { name: "@acme/office", version: "1.1.0", pack: ["letters", "memos", "minutes"] });
  project = await makeProject(team.registry.url);
});
afterAll(async () => {
  await project[Symbol.asyncDispose]();
  await team[Symbol.asyncDispose]();
});

async function placed(): Promise<string[]> {
  const names: string[] = await skillsIn(join(project.folder, ".agents/skills"));
  return names.toSorted();
}

async function wish(): Promise<unknown> {
  return JSON.parse(await project.file("skills.json")).skills["@acme/office"];
}

describe("a package of several skills", () => {
  test("brings all of them, one line each", async () => {
    const { stdout } = await project.skills(["add", "@acme/office@1.0.0", "--agent", "codex"]);
    expect(stdout).toBe(
      ["letters", "memos", "notes"]
        .map((skill) => `added @acme/office@1.0.0 → .agents/skills/${skill} (codex)\n`)
        .join(""),
    );
    expect((await project.skills(["add", "@acme/office@1.0.0"])).stdout).toBe(
      "unchanged @acme/office@1.0.0, already installed\n",
    );
  });

  test("brings and takes what another version has and has not", async () => {
    await project.skills(["add", "@acme/office@^1.0.0"]);
    expect((await project.skills(["update"])).code).toBe(0);
    expect(await placed()).toEqual(["letters", "memos", "minutes"]);
    expect(await project.file(".agents/skills/letters/SKILL.md")).toContain("Version 1.1.0.");
  });

  test("is cut down to the skills named with --skill, and stays so", async () => {
    await project.skills(["add", "@acme/office@1.0.0", "--skill", "letters,notes"]);
    expect(await placed()).toEqual(["letters", "notes"]);
    expect(await wish()).toEqual({ range: "1.0.0", skills: ["letters", "notes"] });
    await project.skills(["add", "@acme/office@1.0.0"]);
    expect(await placed()).toEqual(["letters", "notes"]);
    expect((await project.skills(["ci"])).code).toBe(0);
    await project.skills(["add", "@acme/office@1.0.0", "-s", "letters", "-s", "memos"]);
    expect(await placed()).toEqual(["letters", "memos"]);
  });

  test("fails as a whole where a version has no more what was asked for", async () => {
    await project.skills(["add", "@acme/office@1.0.0", "--skill", "notes"]);
    const before = await project.tree();
    const { code, stderr } = await project.skills(["add", "@acme/office@^1.1.0"]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        "error ENOTFOUND: @acme/office@1.1.0 has no skill notes\nhint: It has letters, memos, minutes.\n",
    });
    expect(await project.tree()).toEqual(before);
  });

  test.each([
    [["--skill", "leters"], 1, "has no skill leters"],
    [["--as", "nope=other"], 1, "has no skill nope"],
    [["--as", "other"], 1, "has no skill office"],
    [["--skill", "../letters"], 2, "is not the name of a skill"],
    [["--as", "letters=../x"], 2, "is not the name of a skill"],
    [["--as", "letters=Bad"], 2, "is not the name of a skill"],
    [["@acme/other", "--as", "a"], 2, "name only that"],
  ])("does not go with %j", async (options, exit, message) => {
    const before = await project.tree();
    const { code, stderr } = await project.skills(["add", "@acme/office@1.0.0", ...options]);
    expect({ code, stderr }).toEqual({ code: exit, stderr: expect.stringContaining(message) });
    expect(await project.tree()).toEqual(before);
  });

  test("has one of its skills renamed, which updates keep", async () => {
    await project.skills(["remove", "@acme/office"]);
    await project.skills(["add", "@acme/office@1.0.0", "--skill", "letters,memos", "--as", "letters=post"]);
    await project.skills(["update", "@acme/office@1.1.0"]);
    expect(await placed()).toEqual(["memos", "post"]);
    expect(await project.file(".agents/skills/post/SKILL.md")).toMatch(
      /^---\nname: post\n.*Version 1\.1\.0\.\n$/s,
    );
  });

  test("goes as a whole, by its name or that of one of its skills", async () => {
    expect((await project.skills(["remove", "post"])).stdout).toBe("removed @acme/office@1.1.0\n");
    expect(await placed()).toEqual([]);
  });
});
