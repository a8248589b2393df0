import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeProject, release, type TestProject } from "../support/project.ts";
import { startTeam, type Team } from "../support/team.ts";

/** Of no process: larger than any system gives. */
const DEAD = 2 ** 31 - 1;

let team: Team;
beforeAll(async () => {
  team = await startTeam();
  await release(team, { name: "@acme/base" });
  await release(team, { name: "@acme/top", dependencies: { "@acme/base": "^1.0.0" } });
  await release(team, { name: "@acme/kept" });
});
afterAll(() => team[Symbol.asyncDispose]());

/** A project whose skills.json wants only one of the packages that are installed. */
async function project(): Promise<TestProject> {
  const made = await makeProject(team.registry.url, { files: { "CLAUDE.md": "" } });
  expect(await made.skills(["add", "@acme/kept", "@acme/top"])).toMatchObject({ code: 0 });
  await made.file("skills.json", JSON.stringify({ skills: { "@acme/kept": "^1.0.0" } }));
  return made;
}

describe("skills prune", () => {
  test("removes what nothing needs with all that only it was building on, and asks no registry", async () => {
    await using made = await project();
    const { code, stdout } = await made.skills(["prune", "--registry", "http://127.0.0.1:9"]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: "removed @acme/base@1.0.0\nremoved @acme/top@1.0.0\n",
    });
    const paths = Object.keys(await made.tree()).filter((path) => /skills\/\w+$/.test(path));
    expect(paths).toEqual([".agents/skills/kept", ".claude/skills/kept"]);
    expect(await made.json(["list"])).toMatchObject({ packages: [{ name: "@acme/kept" }], extraneous: [] });
    expect((await made.skills(["prune"])).stdout).toBe("nothing to prune\n");
  });

  test("--dry-run says the same and removes nothing", async () => {
    await using made = await project();
    const before = await made.tree();
    const { stdout } = await made.skills(["prune", "--dry-run"]);
    expect(stdout).toBe("would remove @acme/base@1.0.0\nwould remove @acme/top@1.0.0\n");
    expect(await made.tree()).toEqual(before);
  });

  test("leaves local edits and everything else alone, and with --force keeps a copy of them", async () => {
    await using made = await project();
    await made.file(".agents/skills/top/SKILL.md", "edited");
    const before = await made.tree();
    const refused = await made.skills(["prune"]);
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain("error ESKILLDIRTY: top (@acme/top@1.0.0) was edited");
    expect(await made.tree()).toEqual(before);
    expect(await made.json(["prune", "--force"])).toEqual({
      dryRun: false,
      removed: [
        { package: "@acme/base", version: "1.0.0", skills: ["base"] },
        { package: "@acme/top", version: "1.0.0", skills: ["top"] },
      ],
      leftovers: [],
    });
    const copies = Object.entries(await made.tree()).filter(([path]) => path.endsWith("/top/SKILL.md"));
    expect(copies).toEqual([
      [expect.stringMatching(/^\.agents\/backups\//), expect.stringContaining("edited")],
    ]);
  });

  test("clears away what a killed command left, in every folder, and no more", async () => {
    await using made = await project();
    const left = `.staging-${DEAD}-0123456789ab`;
    for (const folder of [".agents/skills", ".claude/skills"])
      await mkdir(join(made.folder, folder, left, "new-x"), { recursive: true });
    await made.file(".claude/skills/own/SKILL.md", "somebody's own");
    const { stdout } = await made.skills(["prune"]);
    expect(stdout).toContain(`removed .agents/skills/${left}, left by a command that was killed\n`);
    expect(stdout).toContain(`removed .claude/skills/${left}, left by`);
    const paths = Object.keys(await made.tree());
    expect(paths.filter((path) => path.includes("staging"))).toEqual([]);
    expect(paths).toContain(".claude/skills/own/SKILL.md");
  });

  test("refuses where more than removing is to be done, with the next step", async () => {
    await using made = await project();
    for (const wish of [{ "@acme/other": "*" }, { "@acme/kept": "^2.0.0" }]) {
      await made.file("skills.json", JSON.stringify({ skills: wish }));
      const before = await made.tree();
      const refused = await made.skills(["prune"]);
      expect(refused).toMatchObject({ code: 1, stdout: "" });
      expect(refused.stderr).toMatch(/ESKILLDRIFT: skills\.lock has no @acme\/.*\nhint: Run skills install/);
      expect(await made.tree()).toEqual(before);
    }
  });
});
