import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeProject, release, type TestProject } from "../support/project.ts";
import { startTeam, type Team } from "../support/team.ts";

let team: Team;
beforeAll(async () => {
  team = await startTeam();
  await release(team, { name: "@acme/letters" });
  await release(team, { name: "@acme/memos" });
});
afterAll(() => team[Symbol.asyncDispose]());

async function installed(...options: string[]): Promise<TestProject> {
  const project = await makeProject(team.registry.url);
  await project.skills(["add", "@acme/letters", "@acme/memos", "--agent", "claude-code", ...options]);
  return project;
}

describe("skills remove", () => {
  test("takes a package out of both files and every folder, without asking the registry", async () => {
    await using project = await installed();
    await project.file(".npmrc", "registry=http://127.0.0.1:9/\n");
    expect(await project.skills(["remove", "@acme/letters"])).toEqual({
      code: 0,
      stdout: "removed @acme/letters@1.0.0\n",
      stderr: "",
    });
    expect(JSON.parse(await project.file("skills.json")).skills).toEqual({ "@acme/memos": "^1.0.0" });
    expect(await readdir(join(project.folder, ".claude/skills"))).toEqual(["memos"]);
    expect((await project.skills(["ci"])).code).toBe(0);
    expect((await project.skills(["rm", "memos"])).code).toBe(0);
    expect((await readdir(project.folder)).toSorted()).toEqual([".npmrc", "skills.json", "skills.lock"]);
  });

  test("refuses over local edits, in any copy; --force keeps each of them", async () => {
    await using project = await installed("--copy");
    await project.file(".claude/skills/letters/SKILL.md", "mine");
    await project.file(".agents/skills/letters/SKILL.md", "mine, elsewhere");
    const before = await project.tree();
    const { code, stderr } = await project.skills(["remove", "letters"]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining("error ESKILLDIRTY: letters"),
    });
    expect(await project.tree()).toEqual(before);
    const forced = await project.skills(["remove", "letters", "--force"]);
    expect(forced.stdout).toBe("removed @acme/letters@1.0.0\n");
    const copies = [...forced.stderr.matchAll(/^your edits are kept in (\S+)$/gm)].map(([, path]) => path);
    const texts = copies.map((copy) => project.file(`${copy}/SKILL.md`));
    expect((await Promise.all(texts)).toSorted()).toEqual(["mine", "mine, elsewhere"]);
  });

  test("of what is gone from the disk already clears the files", async () => {
    await using project = await installed();
    await rm(join(project.folder, ".agents"), { recursive: true });
    await rm(join(project.folder, ".claude"), { recursive: true });
    expect((await project.skills(["remove", "@acme/letters", "@acme/memos"])).code).toBe(0);
    expect(JSON.parse(await project.file("skills.lock")).packages).toEqual({});
  });

  test("leaves what people put beside it, in agents' folders and their own", async () => {
    await using project = await installed();
    await project.file(".claude/skills/own/SKILL.md", "mine");
    await project.file(".claude/settings.json", "{}");
    await project.skills(["remove", "letters", "memos"]);
    expect(await project.file(".claude/skills/own/SKILL.md")).toBe("mine");
    expect((await readdir(join(project.folder, ".claude"))).toSorted()).toEqual(["settings.json", "skills"]);
  });

  test.each([["@acme/nothing"], ["nothing"], ["../letters"], ["__proto__"]])(
    "of %s, which is not there, fails before anything else goes",
    async (name) => {
      await using project = await installed();
      const before = await project.tree();
      const { code, stderr } = await project.skills(["remove", "letters", name]);
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: `error ENOTINSTALLED: ${name} is not installed here\nhint: Run skills list to see what is.\n`,
      });
      expect(await project.tree()).toEqual(before);
    },
  );

  test("takes back a wish that was never installed", async () => {
    await using project = await makeProject(team.registry.url, {
      files: { "skills.json": '{"skills": {"@acme/letters": "*"}, "agents": ["codex"]}\n' },
    });
    expect((await project.skills(["remove", "@acme/letters"])).code).toBe(0);
    expect(await project.file("skills.json")).toBe('{"skills":{},"agents":["codex"]}\n');
  });

  test("with --global leaves the project alone", async () => {
    await using project = await installed();
    const before = await project.tree();
    await project.skills(["add", "@acme/letters", "--global", "--agent", "claude-code"]);
    expect((await project.skills(["remove", "letters", "--global"])).stdout).toBe(
      "removed @acme/letters@1.0.0\n",
    );
    expect(await project.tree()).toEqual(before);
    expect(await readdir(join(project.home, ".agents"))).not.toContain("skills");
  });
});
