import { readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeProject, release, type TestProject } from "../support/project.ts";
import { startTeam, type Team } from "../support/team.ts";

let team: Team;
beforeAll(async () => {
  team = await startTeam();
  await release(team, { name: "@acme/letters" });
  await release(team, { name: "@acme/letters", version: "1.1.0" });
  await release(team, { name: "@acme/memos" });
});
afterAll(() => team[Symbol.asyncDispose]());

const WISHES = { skills: { "@acme/letters": "~1.0.0" }, agents: ["claude-code"] };

function started(): Promise<TestProject> {
  return makeProject(team.registry.url, { files: { "skills.json": JSON.stringify(WISHES) } });
}

describe("after a pull that brought another skills.lock, in a project whose folders git does not know", () => {
  async function pulled(
    change: (project: TestProject) => Promise<void>,
  ): Promise<[TestProject, TestProject]> {
    const [theirs, mine] = [await started(), await started()];
    for (const project of [theirs, mine]) await project.skills(["install"]);
    await change(theirs);
    for (const file of ["skills.json", "skills.lock"]) await mine.file(file, await theirs.file(file));
    return [theirs, mine];
  }

  test("an older version that nobody has edited is updated, by ci too", async () => {
    const [theirs, mine] = await pulled(async (project) => {
      await project.skills(["update", "@acme/letters@^1.1.0"]);
    });
    await using _theirs = theirs;
    await using _mine = mine;
    expect((await mine.skills(["list"])).stdout).toContain("@acme/letters@1.1.0 outdated");
    expect(await mine.skills(["ci"])).toMatchObject({
      code: 0,
      stdout: "updated @acme/letters 1.0.0 → 1.1.0 → .agents/skills/letters (claude-code)\n",
    });
    expect(await mine.tree()).toEqual(await theirs.tree());
  });

  test("an older version with edits is refused, and stays", async () => {
    const [theirs, mine] = await pulled(async (project) => {
      await project.skills(["update", "@acme/letters@^1.1.0"]);
    });
    await using _theirs = theirs;
    await using _mine = mine;
    await mine.file(".agents/skills/letters/SKILL.md", "Mine.\n");
    const before = await mine.tree();
    const refused = await mine.skills(["install"]);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("error ESKILLDIRTY: letters") });
    expect(await mine.tree()).toEqual(before);
  });

  test("what was removed there goes here too, unless it was edited", async () => {
    const [theirs, mine] = await pulled(async (project) => {
      await project.skills(["add", "@acme/memos@1.0.0"]);
      await project.skills(["remove", "@acme/letters"]);
    });
    await using _theirs = theirs;
    await using _mine = mine;
    expect((await mine.skills(["install"])).stdout).toContain("removed @acme/letters@1.0.0");
    expect(await mine.tree()).toEqual(await theirs.tree());
  });

  test("what was removed there and edited here is left to whoever edited it", async () => {
    const [theirs, mine] = await pulled(async (project) => {
      await project.skills(["add", "@acme/memos@1.0.0"]);
      await project.skills(["remove", "@acme/letters"]);
    });
    await using _theirs = theirs;
    await using _mine = mine;
    await mine.file(".agents/skills/letters/SKILL.md", "Mine.\n");
    expect(await mine.skills(["install"])).toMatchObject({ code: 0, stderr: "" });
    expect(await mine.file(".agents/skills/letters/SKILL.md")).toBe("Mine.\n");
  });
});

test("a link that a repository brings in the place of what this machine remembers is not written through", async () => {
  await using project = await started();
  await project.file("src/.gitignore", "theirs\n");
  await project.file(".agents/README.md", "");
  await symlink("../src", join(project.folder, ".agents/.installed"));
  expect((await project.skills(["install"])).code).toBe(0);
  expect(await project.file("src/.gitignore")).toBe("theirs\n");
  expect(await readdir(join(project.folder, "src"))).toEqual([".gitignore"]);
  expect(await project.file(".agents/.installed/.gitignore")).toBe("*\n");
});
