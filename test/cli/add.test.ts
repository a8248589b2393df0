import { mkdir, readFile, readdir, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { skillText } from "../support/cli.ts";
import { makeProject, release } from "../support/project.ts";
import { joinTeam, publishSkill, startTeam, type Team } from "../support/team.ts";
import { skillsIn } from "../support/tree.ts";

async function lockText({ project }: Team): Promise<string> {
  return readFile(join(project, "skills.lock"), "utf8");
}

function publish(team: Team, version: string, body = "Do the thing.\n"): Promise<string> {
  return publishSkill(team, { name: "x", version, files: { "SKILL.md": skillText("x", body) } });
}

/** For what needs no registry of its own. */
let shared: Team;
beforeAll(async () => {
  shared = await startTeam();
  await publish(shared, "1.0.0");
  await publishSkill(shared, { name: "y", version: "1.0.0", files: { "SKILL.md": skillText("y") } });
  for (const version of ["1.0.0", "1.1.0"]) await release(shared, { name: "@acme/versions", version });
  await release(shared, { name: "@acme/versions", version: "2.0.0-beta.1", tag: "beta" });
});
afterAll(() => shared[Symbol.asyncDispose]());

describe("skills add", () => {
  test("installs into an empty project without a flag or a question", async () => {
    await using team = await joinTeam(shared);
    const result = await team.skills(["add", "@acme/x"]);
    expect(result).toMatchObject({
      code: 0,
      stdout: "added @acme/x@1.0.0 → .agents/skills/x (claude-code, codex)\n",
      stderr: "",
    });
    expect(await readFile(join(team.project, ".agents/skills/x/SKILL.md"), "utf8")).toBe(skillText("x"));
    expect(await readlink(join(team.project, ".claude/skills/x"))).toBe("../../.agents/skills/x");
    expect(await skillsIn(join(team.project, ".agents/skills"))).toEqual(["x"]);
  });

  test("updates, and says it when there is nothing to do", async () => {
    await using team = await startTeam();
    await publish(team, "1.0.0");
    await team.skills(["add", "@acme/x@1"]);
    await publish(team, "1.1.0", "Better.\n");
    expect((await team.skills(["add", "@acme/x"])).stdout).toBe(
      "updated @acme/x 1.0.0 → 1.1.0 → .agents/skills/x (claude-code, codex)\n",
    );
    expect((await team.skills(["add", "@acme/x@^1.0.0"])).stdout).toBe(
      "unchanged @acme/x@1.1.0, already installed\n",
    );
    expect((await team.skills(["add", "@acme/x@1.0.0"])).stdout).toContain("updated @acme/x 1.1.0 → 1.0.0");
  });

  test("takes the agents from their traces, and from the lock the next time", async () => {
    await using team = await joinTeam(shared);
    await mkdir(join(team.project, ".cursor"));
    expect((await team.skills(["add", "@acme/x"])).stdout).toContain("(cursor)");
    await rm(join(team.project, ".cursor"), { recursive: true });
    expect((await team.skills(["add", "@acme/y"])).stdout).toContain("(cursor)");
    expect((await team.skills(["add", "@acme/y", "--agent", "claude-code"])).stdout).toContain(
      "(claude-code, cursor)",
    );
  });

  test("copies with --copy, and remembers it", async () => {
    await using team = await startTeam();
    await publish(team, "1.0.0");
    await team.skills(["add", "@acme/x", "--copy"]);
    await publish(team, "1.1.0", "Better.\n");
    await team.skills(["add", "@acme/x"]);
    await expect(readlink(join(team.project, ".claude/skills/x"))).rejects.toThrow("EINVAL");
    expect(await readFile(join(team.project, ".claude/skills/x/SKILL.md"), "utf8")).toContain("Better.");
  });

  test("installs into the home with --global", async () => {
    await using team = await joinTeam(shared);
    const result = await team.skills(["add", "@acme/x", "--global", "--agent", "claude-code"]);
    expect(result.stdout).toBe("added @acme/x@1.0.0 → ~/.agents/skills/x (claude-code)\n");
    expect(await readFile(join(team.home, ".claude/skills/x/SKILL.md"), "utf8")).toBe(skillText("x"));
    expect(await readdir(team.project)).toEqual([]);
    expect((await team.skills(["list", "--global"])).stdout).toContain("@acme/x@1.0.0");
  });

  test("takes the home for the home by whatever name HOME calls it", async () => {
    await using team = await joinTeam(shared);
    const link = join(dirname(team.home), "link-to-home");
    await symlink(team.home, link);
    for (const home of [link, `${team.home}/`]) {
      const at = { cwd: team.home, home };
      expect((await team.skills(["add", "@acme/x"], at)).stdout).toContain("~/.agents/skills/x");
      expect((await team.skills(["remove", "x"], at)).code).toBe(0);
    }
  });

  test("run several times at once loses no entry of the lock", async () => {
    await using team = await startTeam();
    const names = ["a", "b", "c", "d", "e"];
    for (const name of names)
      await publishSkill(team, { name, version: "1.0.0", files: { "SKILL.md": skillText(name) } });
    const results = await Promise.all([...names, "a"].map((name) => team.skills(["add", `@acme/${name}`])));
    expect(results.map(({ code, stderr }) => `${code}${stderr}`)).toEqual(Array(6).fill("0"));
    expect(await team.json(["list"])).toMatchObject({
      skills: names.map((skill) => ({ skill, state: "ok" })),
    });
    expect((await readdir(team.project)).toSorted()).toEqual([
      ".agents",
      ".claude",
      "skills.json",
      "skills.lock",
    ]);
  });

  test("needs no place to write in the home", async () => {
    await using team = await joinTeam(shared);
    await team.write("home", { ".npm": "a file, so that npm's cache could not be there" });
    expect(await team.skills(["add", "@acme/x"])).toMatchObject({ code: 0, stderr: "" });
  });

  test("refuses over local edits and overwrites them with --force", async () => {
    await using team = await startTeam();
    await publish(team, "1.0.0");
    await team.skills(["add", "@acme/x"]);
    const file = join(team.project, ".agents/skills/x/SKILL.md");
    await writeFile(file, "mine");
    await publish(team, "1.1.0", "Better.\n");
    expect((await team.skills(["add", "@acme/x"])).stderr).toContain("error ESKILLDIRTY");
    expect(await readFile(file, "utf8")).toBe("mine");
    expect((await team.skills(["add", "@acme/x", "--force"])).code).toBe(0);
    expect(await readFile(file, "utf8")).toContain("Better.");
  });

  test("of several installs all of them or none", async () => {
    await using team = await joinTeam(shared);
    const result = await team.skills(["add", "@acme/nothing", "@acme/x"]);
    expect(result).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("error ENOTFOUND") });
    expect(await readdir(team.project)).toEqual([]);
  });

  test.each([
    ["@acme/versions", [], "^1.1.0"],
    ["@acme/versions@latest", [], "^1.1.0"],
    ["@acme/versions@beta", [], "^2.0.0-beta.1"],
    ["@acme/versions@^1.0.0", [], "^1.0.0"],
    ["@acme/versions@1.0.0", [], "1.0.0"],
    ["@acme/versions@>=1 <2", [], ">=1 <2"],
    ["@acme/versions@^1.0.0", ["--exact"], "1.1.0"],
  ])("of %s with %j writes down %s", async (spec, options, range) => {
    await using project = await makeProject(shared.registry.url);
    expect((await project.skills(["add", spec, ...options])).code).toBe(0);
    expect(JSON.parse(await project.file("skills.json"))).toEqual({
      skills: { "@acme/versions": range },
      agents: ["claude-code", "codex"],
    });
    expect((await project.skills(["ci"])).code).toBe(0);
  });

  test("keeps what skills.json says beside it, and how it is laid out", async () => {
    const files = {
      "skills.json":
        '{\n    "$schema": "x",\n    "mode": "copy",\n    "agents": ["codex"],\n    "skills": {}\n}\n',
    };
    await using project = await makeProject(shared.registry.url, { files });
    await project.skills(["add", "@acme/versions@1.0.0"]);
    expect(await project.file("skills.json")).toBe(
      '{\n    "$schema": "x",\n    "mode": "copy",\n    "agents": [\n        "codex"\n    ],\n    "skills": {\n        "@acme/versions": "1.0.0"\n    }\n}\n',
    );
  });

  test("beside an install and a removal at the same time leaves a project that is in order", async () => {
    await using project = await makeProject(shared.registry.url);
    await project.skills(["add", "@acme/versions@1.0.0"]);
    await rm(join(project.folder, ".claude"), { recursive: true });
    const commands = [
      ["install"],
      ["add", "@acme/y"],
      ["update", "@acme/versions@^1.0.0"],
      ["remove", "@acme/versions"],
      ["install"],
    ];
    const results = await Promise.all(commands.map((args) => project.skills(args)));
    // Whether the update still finds what is removed is a matter of luck.
    for (const [index, { code, stderr }] of results.entries())
      expect(code === 0 || (index === 2 && stderr.includes("ENOTINSTALLED")), stderr).toBe(true);
    expect((await project.skills(["ci"])).code).toBe(0);
    expect((await readdir(project.folder)).toSorted()).toEqual([
      ".agents",
      ".claude",
      "skills.json",
      "skills.lock",
    ]);
    expect(await skillsIn(join(project.folder, ".agents/skills"))).toEqual(expect.arrayContaining(["y"]));
  });

  test("writes no credential and no host into the lock", async () => {
    await using team = await joinTeam(shared);
    await team.skills(["add", "@acme/x"]);
    const text = await lockText(team);
    expect(text).toContain('"resolved": "@acme/x/-/x-1.0.0.tgz"');
    expect(text).not.toContain(team.token);
    expect(text).not.toContain(new URL(team.registry.url).host);
  });

  test.each([
    [["@acme/nothing"], "error ENOTFOUND"],
    [["@acme/x@^9"], "error ETARGET"],
    [["@acme/x@nosuchtag"], "error ETARGET"],
    [["legal-documents"], "error EBADNAME"],
    [["@acme/Bad_Name"], "error"],
  ])("of %j fails without leaving anything", async (args, message) => {
    await using project = await makeProject(shared.registry.url);
    const result = await project.skills(["add", ...args]);
    expect(result.code).not.toBe(0);
    expect(result.stderr).toContain(message);
    expect(await project.tree()).toEqual({});
  });
});

describe("list and remove", () => {
  test("show the state of each skill and take it away again", async () => {
    await using team = await joinTeam(shared);
    expect((await team.skills(["list"])).stdout).toContain("no skills installed");
    await team.skills(["add", "@acme/x", "@acme/y"]);
    await writeFile(join(team.project, ".agents/skills/x/SKILL.md"), "mine");
    await rm(join(team.project, ".claude/skills/y"));
    expect(await team.json(["list"])).toMatchObject({
      skills: [
        {
          skill: "x",
          package: "@acme/x",
          version: "1.0.0",
          state: "modified",
          agents: ["claude-code", "codex"],
        },
        { skill: "y", state: "missing", path: ".agents/skills/y" },
      ],
    });

    expect((await team.skills(["remove", "x"])).stderr).toContain("error ESKILLDIRTY");
    expect((await team.skills(["remove", "x", "--force"])).stdout).toBe("removed @acme/x@1.0.0\n");
    expect((await team.skills(["remove", "@acme/y"])).stdout).toBe("removed @acme/y@1.0.0\n");
    expect((await readdir(team.project)).toSorted()).toEqual([".agents", "skills.json", "skills.lock"]);
    expect(await readdir(join(team.project, ".agents"))).toEqual(["backups"]);
    expect((await team.skills(["remove", "y"])).stderr).toContain("error ENOTINSTALLED");
  });

  test("leave alone what was not installed by skills", async () => {
    await using team = await joinTeam(shared);
    await team.write("project/.claude/skills/own", { "SKILL.md": "mine" });
    await team.skills(["add", "@acme/x"]);
    await team.skills(["remove", "x"]);
    expect(await readdir(join(team.project, ".claude/skills"))).toEqual(["own"]);
  });
});
