import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeProject, release, type TestProject } from "../support/project.ts";
import { startTeam, type Team } from "../support/team.ts";

let team: Team;
beforeAll(async () => {
  team = await startTeam();
  for (const version of ["1.0.0", "1.1.0", "2.0.0"]) await release(team, { name: "@acme/letters", version });
  await release(team, { name: "@acme/letters", version: "3.0.0-rc.1", tag: "next" });
  for (const version of ["1.0.0", "1.0.1"]) await release(team, { name: "@acme/memos", version });
  await release(team, { name: "@acme/minutes", dependencies: { "@acme/memos": "^1.0.0" } });
});
afterAll(() => team[Symbol.asyncDispose]());

/** A project that has the lowest versions, with wider ranges in skills.json. */
async function behind(wishes: Record<string, string>): Promise<TestProject> {
  const exact = Object.fromEntries(Object.keys(wishes).map((name) => [name, "1.0.0"]));
  const files = { "skills.json": JSON.stringify({ skills: exact, agents: ["codex"] }) };
  const project = await makeProject(team.registry.url, { files });
  await project.skills(["install"]);
  await project.file(
    "skills.json",
    `${JSON.stringify({ skills: wishes, agents: ["codex"] }, undefined, 2)}\n`,
  );
  await project.skills(["install"]);
  return project;
}

async function ranges(project: TestProject): Promise<unknown> {
  return JSON.parse(await project.file("skills.json")).skills;
}

async function version(project: TestProject, name: string): Promise<string> {
  return JSON.parse(await project.file("skills.lock")).packages[name].version;
}

describe("skills update", () => {
  test("goes to the highest version in each range, and leaves skills.json as it is", async () => {
    await using project = await behind({ "@acme/letters": "^1.0.0", "@acme/memos": "*" });
    const text = await project.file("skills.json");
    const { code, stdout, stderr } = await project.skills(["update"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("updated @acme/letters 1.0.0 → 1.1.0 → .agents/skills/letters (codex)\n");
    expect(stdout).toContain("updated @acme/memos 1.0.0 → 1.0.1 → .agents/skills/memos (codex)\n");
    expect(await project.file("skills.json")).toBe(text);
    const after = await project.tree();
    expect((await project.skills(["update"])).stdout).toBe("everything is up to date\n");
    expect(await project.tree()).toEqual(after);
    expect((await project.skills(["ci"])).code).toBe(0);
  });

  test("of one package leaves the others", async () => {
    await using project = await behind({ "@acme/letters": "^1.0.0", "@acme/memos": "^1.0.0" });
    await project.skills(["update", "@acme/memos"]);
    expect([await version(project, "@acme/letters"), await version(project, "@acme/memos")]).toEqual([
      "1.0.0",
      "1.0.1",
    ]);
  });

  test.each([
    ["@acme/letters@^2.0.0", "2.0.0", "^2.0.0"],
    ["@acme/letters@1.1.0", "1.1.0", "1.1.0"],
    ["@acme/letters@next", "3.0.0-rc.1", "^3.0.0-rc.1"],
  ])("to %s goes beyond the range, and writes that down", async (spec, to, range) => {
    await using project = await behind({ "@acme/letters": "^1.0.0" });
    expect((await project.skills(["update", spec])).code).toBe(0);
    expect(await version(project, "@acme/letters")).toBe(to);
    expect(await ranges(project)).toEqual({ "@acme/letters": range });
  });

  test("updates what others build on, by its name or with all", async () => {
    await using project = await behind({ "@acme/minutes": "^1.0.0" });
    await project.skills(["add", "@acme/memos@1.0.0"]);
    await project.skills(["remove", "@acme/memos"]);
    expect(await version(project, "@acme/memos")).toBe("1.0.0");
    const { stdout } = await project.skills(["update", "@acme/memos"]);
    expect(stdout).toContain("updated @acme/memos 1.0.0 → 1.0.1");
    expect(await ranges(project)).toEqual({ "@acme/minutes": "^1.0.0" });
  });

  test("with --dry-run shows it and changes nothing", async () => {
    await using project = await behind({ "@acme/letters": "^1.0.0" });
    const before = await project.tree();
    const { code, stdout } = await project.skills(["update", "--dry-run"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^@acme\/letters 1\.0\.0 → 1\.1\.0\n[^]*nothing was changed\n$/);
    expect(await project.json(["update", "--dry-run"])).toMatchObject({
      dryRun: true,
      updates: [{ package: "@acme/letters", from: "1.0.0", to: "1.1.0" }],
      skills: [],
    });
    expect(await project.tree()).toEqual(before);
  });

  test("refuses over local edits; --force overwrites them and keeps a copy that git does not see", async () => {
    await using project = await behind({ "@acme/letters": "^1.0.0", "@acme/memos": "^1.0.0" });
    await project.file(".agents/skills/letters/SKILL.md", "mine");
    await project.file(".agents/skills/letters/notes/more.md", "mine, too");
    const before = await project.tree();
    const { code, stderr } = await project.skills(["update"]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        "error ESKILLDIRTY: letters (@acme/letters@1.0.0) was edited since it was installed\n" +
        "hint: Run skills diff @acme/letters to see the edits; --force overwrites them and keeps a copy.\n",
    });
    expect(await project.tree()).toEqual(before);

    const forced = await project.skills(["update", "--force"]);
    expect(forced.code).toBe(0);
    const copy =
      /^your edits are kept in (\.agents\/backups\/[\w-]+\/letters)\n$/.exec(forced.stderr)?.[1] ?? "";
    expect(await project.file(`${copy}/SKILL.md`)).toBe("mine");
    expect(await project.file(`${copy}/notes/more.md`)).toBe("mine, too");
    expect(await project.file(".agents/backups/.gitignore")).toBe("*\n");
    expect(await readdir(join(project.folder, ".agents/skills/letters"))).not.toContain("notes");
  });

  test("leaves edits of a package alone that has nothing new", async () => {
    await using project = await behind({ "@acme/letters": "1.0.0", "@acme/memos": "^1.0.0" });
    await project.file(".agents/skills/letters/SKILL.md", "mine");
    expect((await project.skills(["update"])).code).toBe(0);
    expect(await project.file(".agents/skills/letters/SKILL.md")).toBe("mine");
  });

  test("warns of a version that is deprecated", async () => {
    await using project = await behind({ "@acme/memos": "^1.0.0" });
    const packument = await (await team.registry.fetch("/@acme%2fmemos")).json();
    packument.versions["1.0.1"].deprecated = "Use @acme/letters.";
    const body = JSON.stringify(packument);
    const answer = await team.registry.fetch("/@acme%2fmemos", { method: "PUT", body, token: team.token });
    expect(answer.status).toBe(201);
    // As npm does, a range takes a version that is not.
    expect((await project.skills(["update"])).stdout).toBe("everything is up to date\n");
    expect((await project.skills(["update", "@acme/memos@1.0.1"])).stderr).toBe(
      "warning: @acme/memos@1.0.1 is deprecated: Use @acme/letters.\n",
    );
  });

  test.each([
    [
      ["@acme/nothing"],
      1,
      "error ENOTINSTALLED: @acme/nothing is not in skills.json\nhint: Run skills add @acme/nothing to add it.\n",
    ],
    [["@acme/letters@^9"], 1, "error ETARGET: No matching version found for @acme/letters@^9."],
    [["nothing"], 1, "error EBADNAME"],
    [["@acme/letters", "@acme/letters@2"], 2, "error EUSAGE: @acme/letters is named twice"],
    [["github:acme/letters"], 2, "error EUSAGE"],
  ])("of %j fails and changes nothing", async (specs, exit, message) => {
    await using project = await behind({ "@acme/letters": "^1.0.0" });
    const before = await project.tree();
    const { code, stderr } = await project.skills(["update", ...specs]);
    expect({ code, stderr }).toEqual({ code: exit, stderr: expect.stringContaining(message) });
    expect(await project.tree()).toEqual(before);
  });

  test("in a project without skills says that there is nothing to do", async () => {
    await using project = await makeProject(team.registry.url);
    expect(await project.skills(["update"])).toEqual({
      code: 0,
      stdout: "everything is up to date\n",
      stderr: "",
    });
    expect(await project.tree()).toEqual({});
  });
});
