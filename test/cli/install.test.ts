import { cp, readFile, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeProject, release, type TestProject } from "../support/project.ts";
import { startTeam, type Team } from "../support/team.ts";
import { skillsIn } from "../support/tree.ts";

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

describe("skills install", () => {
  test("resolves what skills.json wants and writes the lock; the next one has nothing to do", async () => {
    await using project = await started();
    expect(await project.skills(["install"])).toEqual({
      code: 0,
      stdout: "added @acme/letters@1.0.0 → .agents/skills/letters (claude-code)\n",
      stderr: "",
    });
    expect(await project.file("skills.json")).toBe(JSON.stringify(START));
    const before = await project.tree();
    expect((await project.skills(["install"])).stdout).toBe("the one package is up to date\n");
    expect(await project.tree()).toEqual(before);
  });

  test("gives another machine the same bytes, although there are higher versions by then", async () => {
    await using one = await started();
    await one.skills(["install"]);
    await one.skills(["add", "@acme/memos@1.0.0", "--as", "notes", "--copy"]);
    await using other = await makeProject(team.registry.url);
    for (const file of ["skills.json", "skills.lock"]) await other.file(file, await one.file(file));
    expect((await other.skills(["install"])).code).toBe(0);
    expect(await other.tree()).toEqual(await one.tree());
  });

  test("with no skills.json and no lock says how to begin, and writes nothing", async () => {
    await using project = await makeProject(team.registry.url);
    const { code, stdout } = await project.skills(["install"]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `no skills are wanted in ${project.folder}; skills add is how to want some\n`,
    });
    expect(await project.tree()).toEqual({});
  });

  test("writes skills.json anew from the lock where it was lost", async () => {
    await using project = await makeProject(team.registry.url);
    await project.skills(["add", "@acme/letters@^1.0.0", "--as", "post"]);
    const before = await project.tree();
    await rm(join(project.folder, "skills.json"));
    expect((await project.skills(["install"])).code).toBe(0);
    expect({ ...(await project.tree()), "skills.json": "" }).toEqual({ ...before, "skills.json": "" });
    expect(JSON.parse(await project.file("skills.json")).skills).toEqual({
      "@acme/letters": { range: "^1.0.0", as: { letters: "post" } },
    });
  });

  test("leaves local edits alone and puts back what is missing", async () => {
    await using project = await started({ skills: { "@acme/letters": "~1.0.0", "@acme/memos": "1.0.0" } });
    await project.skills(["install"]);
    await project.file(".agents/skills/letters/SKILL.md", "mine");
    await rm(join(project.folder, ".agents/skills/memos"), { recursive: true });
    const { stdout, code } = await project.skills(["install"]);
    expect({ stdout, code }).toEqual({
      code: 0,
      stdout:
        "kept @acme/letters@1.0.0, which has local edits\n" +
        "repaired @acme/memos@1.0.0 → .agents/skills/memos (claude-code, codex)\n",
    });
    expect(await project.file(".agents/skills/letters/SKILL.md")).toBe("mine");
  });

  test("with --force puts back what was edited, and keeps the edits", async () => {
    await using project = await started();
    await project.skills(["install"]);
    const before = await project.file(".agents/skills/letters/SKILL.md");
    await project.file(".agents/skills/letters/SKILL.md", "mine");
    for (const command of ["install", "ci"]) {
      const { code, stderr } = await project.skills([command, "--force"]);
      expect(code).toBe(0);
      const [, copy = ""] = /^your edits are kept in (\S+)\n$/.exec(stderr) ?? [];
      expect(await project.file(`${copy}/SKILL.md`)).toBe("mine");
      expect(await project.file(".agents/skills/letters/SKILL.md")).toBe(before);
      await project.file(".agents/skills/letters/SKILL.md", "mine");
    }
  });

  test("has the wishes in package.json where they are there, and keeps them there", async () => {
    const packageJson =
      '{\n\t"name": "app",\n\t"skills": {\n\t\t"skills": {\n\t\t\t"@acme/memos": "1.0.0"\n\t\t}\n\t}\n}\n';
    await using project = await makeProject(team.registry.url, { files: { "package.json": packageJson } });
    expect((await project.skills(["install"])).stdout).toContain("added @acme/memos@1.0.0");
    expect(await project.file("package.json")).toBe(packageJson);
    await project.skills(["add", "@acme/letters@~1.0.0"]);
    expect(await project.file("package.json")).toBe(
      packageJson.replace('\t"@acme/memos"', '\t"@acme/letters": "~1.0.0",\n\t\t\t"@acme/memos"'),
    );
    expect(Object.keys(await project.tree())).not.toContain("skills.json");
  });

  test("with --global works in the home, for agents there", async () => {
    await using project = await makeProject(team.registry.url);
    await project.skills(["add", "@acme/memos@1.0.0", "--global", "--agent", "claude-code"]);
    await rm(join(project.home, ".claude"), { recursive: true });
    expect((await project.skills(["install", "--global"])).stdout).toContain(
      "repaired @acme/memos@1.0.0 → ~/.agents/skills/memos",
    );
    expect(await readdir(join(project.home, ".claude/skills"))).toEqual(["memos"]);
    expect(await skillsIn(join(project.home, ".agents"))).toEqual(["skills", "skills.json", "skills.lock"]);
    expect(await project.tree()).toEqual({});
  });

  test("keeps a lock whose line ends git has changed", async () => {
    await using project = await started();
    await project.skills(["install"]);
    const text = await project.file(
      "skills.lock",
      (await project.file("skills.lock")).replaceAll("\n", "\r\n"),
    );
    expect((await project.skills(["ci"])).code).toBe(0);
    await project.skills(["install"]);
    expect(await project.file("skills.lock")).toBe(text);
  });
});

describe("skills install after skills.json was edited by hand", () => {
  test("adds what is new, removes what is gone and moves to a changed range", async () => {
    await using project = await started();
    await project.skills(["install"]);
    await edit(project, { skills: { "@acme/letters": "^2.0.0", "@acme/memos": "1.0.0" } });
    expect((await project.skills(["install"])).stdout).toBe(
      "updated @acme/letters 1.0.0 → 2.0.0 → .agents/skills/letters (claude-code)\n" +
        "added @acme/memos@1.0.0 → .agents/skills/memos (claude-code)\n",
    );
    await edit(project, { skills: { "@acme/memos": "1.0.0" } });
    expect((await project.skills(["install"])).stdout).toBe("removed @acme/letters@2.0.0\n");
    expect(await readdir(join(project.folder, ".claude/skills"))).toEqual(["memos"]);
  });

  test("follows agents, mode, folders and names", async () => {
    await using project = await started();
    await project.skills(["install"]);
    await edit(project, { agents: ["cursor", "claude-code"], mode: "copy" });
    expect((await project.skills(["install"])).stdout).toContain("(claude-code, cursor)");
    expect((await project.tree())[".claude/skills/letters"]).toBe("folder");
    const own = { agents: ["my-agent"], mode: "link", folders: { "my-agent": "tools/skills" } };
    await edit(project, {
      ...own,
      skills: { "@acme/letters": { range: "~1.0.0", as: { letters: "post" } } },
    });
    expect((await project.skills(["install"])).code).toBe(0);
    const tree = await project.tree();
    expect(tree["tools/skills/post"]).toBe("→ ../../.agents/skills/post");
    expect(Object.keys(tree).filter((path) => /\.claude|letters/.test(path))).toEqual([]);
    expect(await project.file(".agents/skills/post/SKILL.md")).toContain("name: post\n");
  });

  test("moves the skills when an agent's folder does", async () => {
    await using project = await started({ ...START, agents: ["own"], folders: { own: "a/skills" } });
    await project.skills(["install"]);
    await edit(project, { agents: ["own"], folders: { own: "b/skills" } });
    expect((await project.skills(["install"])).code).toBe(0);
    const paths = Object.keys(await project.tree());
    expect(paths).toContain("b/skills/letters");
    expect(paths).not.toContain("a");
  });
});

describe("skills install --frozen", () => {
  test("installs from the lock alone, and ci is short for it", async () => {
    await using project = await started();
    await project.skills(["install"]);
    const whole = await project.tree();
    await rm(join(project.folder, ".agents"), { recursive: true });
    await rm(join(project.folder, ".claude"), { recursive: true });
    expect((await project.skills(["ci"])).stdout).toBe(
      "repaired @acme/letters@1.0.0 → .agents/skills/letters (claude-code)\n",
    );
    expect(await project.tree()).toEqual(whole);
    expect((await project.skills(["install", "--frozen"])).code).toBe(0);
  });

  const drifts: [string, (project: TestProject) => Promise<unknown>, string][] = [
    ["there is no lock", (project) => rm(join(project.folder, "skills.lock")), "there is no skills.lock"],
    [
      "there is no skills.json",
      (project) => rm(join(project.folder, "skills.json")),
      "there is no skills.json",
    ],
    [
      "a skill is new",
      (project) => edit(project, { skills: { ...START.skills, "@acme/memos": "1" } }),
      "@acme/memos",
    ],
    ["a skill is gone", (project) => edit(project, { skills: {} }), "on @acme/letters"],
    [
      "a range has changed",
      (project) => edit(project, { skills: { "@acme/letters": "^2" } }),
      "@acme/letters for ^2",
    ],
    [
      "a range that still fits has changed",
      (project) => edit(project, { skills: { "@acme/letters": "1.0.0" } }),
      "on @acme/letters",
    ],
    [
      "an agent is new",
      (project) => edit(project, { agents: ["claude-code", "cursor"] }),
      "on @acme/letters",
    ],
    ["the mode has changed", (project) => edit(project, { mode: "copy" }), "on @acme/letters"],
    [
      "a name has changed",
      (project) =>
        edit(project, { skills: { "@acme/letters": { range: "~1.0.0", as: { letters: "post" } } } }),
      "on @acme/letters",
    ],
  ];
  test.each(drifts)("fails and changes nothing when %s", async (_, drift, message) => {
    await using project = await started();
    await project.skills(["install"]);
    await drift(project);
    const before = await project.tree();
    const { code, stderr } = await project.skills(["ci"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error ESKILLDRIFT: [^\n]*\nhint: Run skills install[^\n]*\n$/);
    expect(stderr).toContain(message);
    expect(await project.tree()).toEqual(before);
  });

  test("fails and changes nothing when a file was edited, and names only what drifted", async () => {
    await using project = await started({ skills: { "@acme/letters": "~1.0.0", "@acme/memos": "1.0.0" } });
    await project.skills(["install"]);
    await project.file(".agents/skills/memos/SKILL.md", "mine");
    const before = await project.tree();
    expect((await project.skills(["ci"])).stderr).toContain(
      "error ESKILLDIRTY: memos (@acme/memos@1.0.0) was edited",
    );
    await project.file("skills.json", '{"skills": {"@acme/letters": "~1.0.0", "@acme/memos": "^1.0.0"}}');
    expect((await project.skills(["ci"])).stderr).toContain(
      "does not agree with skills.json on @acme/memos\n",
    );
    expect({ ...(await project.tree()), "skills.json": "" }).toEqual({ ...before, "skills.json": "" });
  });
});

test("a project that is copied with its links is whole in its new place", async () => {
  await using project = await started();
  await project.skills(["install"]);
  await using other = await makeProject(team.registry.url);
  await cp(project.folder, other.folder, { recursive: true, verbatimSymlinks: true });
  expect((await other.skills(["ci"])).stdout).toBe("the one package is up to date\n");
  expect(await readFile(join(other.folder, ".claude/skills/letters/SKILL.md"), "utf8")).toContain(
    "Version 1.0.0.",
  );
});
