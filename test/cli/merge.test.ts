import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cleanEnvironment, run } from "../support/process.ts";
import { makeProject, release, type TestProject } from "../support/project.ts";
import { startTeam, type Team } from "../support/team.ts";

let team: Team;
beforeAll(async () => {
  team = await startTeam();
  await release(team, { name: "@acme/letters", files: { "scripts/send.sh": "true\n" } });
  await release(team, { name: "@acme/letters", version: "1.1.0" });
  await release(team, { name: "@acme/letters", version: "2.0.0" });
  await release(team, { name: "@acme/memos" });
  await release(team, { name: "@acme/memos", version: "1.1.0" });
});
afterAll(() => team[Symbol.asyncDispose]());

const START = { skills: { "@acme/letters": "~1.0.0" }, agents: ["claude-code"] };

function started(wishes: object = START): Promise<TestProject> {
  return makeProject(team.registry.url, { files: { "skills.json": JSON.stringify(wishes) } });
}

async function edit(project: TestProject, wishes: object): Promise<void> {
  await project.file("skills.json", JSON.stringify({ ...START, ...wishes }));
}

describe("a merge of two branches that both changed skills", () => {
  async function git(project: TestProject, ...args: string[]): Promise<string> {
    const identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
    const env = { ...cleanEnvironment(), HOME: project.home, GIT_CONFIG_NOSYSTEM: "1" };
    return (await run("git", [...identity, ...args], { cwd: project.folder, env })).stdout;
  }

  async function commit(project: TestProject, message: string): Promise<void> {
    await git(project, "add", "skills.json", "skills.lock");
    await git(project, "commit", "-qm", message);
  }

  test("is settled by skills install", async () => {
    await using project = await started();
    await project.skills(["install"]);
    await git(project, "init", "-qb", "main");
    await commit(project, "start");
    await git(project, "checkout", "-qb", "topic");
    await project.skills(["add", "@acme/letters@^1.1.0"]);
    await commit(project, "letters");
    await git(project, "checkout", "-q", "main");
    // As somebody else has it who cloned the branch.
    for (const folder of [".agents", ".claude"]) await rm(join(project.folder, folder), { recursive: true });
    await project.skills(["add", "@acme/letters@^2.0.0", "@acme/memos@1.0.0"]);
    await rm(join(project.folder, ".agents"), { recursive: true });
    await commit(project, "memos");
    expect(await git(project, "merge", "topic")).toContain("Merge conflict in skills.lock");

    const refused = await project.tree();
    const unresolved = await project.skills(["install"]);
    expect(unresolved.code).toBe(1);
    expect(unresolved.stderr).toContain("skills.json cannot be read: it holds an unresolved merge conflict");
    expect(await project.tree()).toEqual(refused);

    await edit(project, { skills: { "@acme/letters": "^2.0.0", "@acme/memos": "^1.0.0" } });
    const frozen = await project.skills(["ci"]);
    expect(frozen).toMatchObject({ code: 1, stderr: expect.stringContaining("merge conflict") });
    expect((await project.skills(["install"])).code).toBe(0);
    expect(Object.keys(JSON.parse(await project.file("skills.lock")).packages)).toEqual([
      "@acme/letters",
      "@acme/memos",
    ]);
    expect(await project.file(".claude/skills/letters/SKILL.md")).toContain("Version 2.0.0.");
    expect((await project.skills(["ci"])).code).toBe(0);
  });
});
