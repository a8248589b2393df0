import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { skillText } from "../support/cli.ts";
import { makeProject, release, type TestProject } from "../support/project.ts";
import { publishSkill, startTeam, type Team } from "../support/team.ts";

let team: Team;
beforeAll(async () => {
  team = await startTeam();
  await release(team, { name: "@acme/base" });
  // Two that build on each other, and one that builds on both.
  await release(team, {
    name: "@acme/left",
    dependencies: { "@acme/right": "^1.0.0", "@acme/base": "^1.0.0" },
  });
  await release(team, { name: "@acme/right", dependencies: { "@acme/left": "*" } });
  await release(team, { name: "@acme/top", dependencies: { "@acme/left": "~1.0.0" } });
  await release(team, { name: "@acme/pack", pack: ["one", "two"] });
  const skill = {
    importedFrom: { repository: "https://example.com/skills.git", commit: "0123456789abcdef", path: "x" },
  };
  const manifest = { name: "@acme/brought", version: "1.0.0", license: "MIT", skill };
  const files = { "package.json": JSON.stringify(manifest), "SKILL.md": skillText("brought") };
  await publishSkill(team, { name: "brought", version: "1.0.0", files });
});
afterAll(() => team[Symbol.asyncDispose]());

/** A project of Claude Code with these packages in it. */
async function project(...specs: string[]): Promise<TestProject> {
  const made = await makeProject(team.registry.url, { files: { "CLAUDE.md": "" } });
  for (const spec of specs) expect(await made.skills(["add", ...spec.split(" ")])).toMatchObject({ code: 0 });
  return made;
}

/** Without the folder, which is another one each time. */
async function listed(made: TestProject, ...args: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await made.skills(["list", ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const [first, ...lines] = stdout.trimEnd().split("\n");
  expect(first).toBe(made.folder);
  return lines;
}

describe("skills list", () => {
  test("draws what is wanted with what that builds on, and ends where skills build on each other", async () => {
    await using made = await project("@acme/top", "@acme/base");
    expect(await listed(made)).toEqual([
      "├── @acme/base@1.0.0 ok (claude-code)",
      "└── @acme/top@1.0.0 ok (claude-code)",
      "    └── @acme/left@1.0.0 ok (claude-code)",
      "        ├── @acme/base@1.0.0 deduped",
      "        └── @acme/right@1.0.0 ok (claude-code)",
      "            └── @acme/left@1.0.0 deduped",
    ]);
    expect(await listed(made, "--depth", "0")).toEqual([
      "├── @acme/base@1.0.0 ok (claude-code)",
      "└── @acme/top@1.0.0 ok (claude-code)",
    ]);
    expect(await listed(made, "--depth", "1")).toHaveLength(3);
  });

  test("says the names that skills have here, where they come from, and what became of their files", async () => {
    await using made = await project("@acme/pack", "@acme/brought --as mine", "@acme/base");
    await made.file(".agents/skills/two/SKILL.md", "edited");
    await rm(join(made.folder, ".agents/skills/base"), { recursive: true });
    expect(await listed(made)).toEqual([
      "├── @acme/base@1.0.0 missing (claude-code)",
      "├── @acme/brought@1.0.0 ok [brought as mine] (claude-code) from https://example.com/skills.git at 0123456789",
      "└── @acme/pack@1.0.0 modified [one, two] (claude-code)",
    ]);
    expect(await made.json(["list"])).toMatchObject({
      skills: [
        { skill: "base", state: "missing" },
        { skill: "mine", from: "brought", package: "@acme/brought", state: "ok" },
        { skill: "one", state: "ok", path: ".agents/skills/one" },
        { skill: "two", state: "modified" },
      ],
      packages: [
        { name: "@acme/base", range: "^1.0.0", state: "missing" },
        { name: "@acme/brought", importedFrom: { repository: "https://example.com/skills.git" } },
        { name: "@acme/pack", skills: ["one", "two"], state: "modified", importedFrom: null },
      ],
      missing: [],
      extraneous: [],
    });
  });

  test("names what skills.json wants and is not here, and what nothing wants", async () => {
    await using made = await project("@acme/base", "@acme/brought");
    await made.file(
      "skills.json",
      JSON.stringify({ skills: { "@acme/base": "^1.0.0", "@acme/other": "^2.0.0" } }),
    );
    expect(await listed(made)).toEqual([
      "├── @acme/base@1.0.0 ok (claude-code)",
      "├── @acme/other@^2.0.0 not installed: run skills install",
      expect.stringMatching(/^└── @acme\/brought@1\.0\.0 ok .* nothing needs it: run skills prune$/),
    ]);
    expect(await made.json(["list"])).toMatchObject({
      missing: ["@acme/other"],
      extraneous: ["@acme/brought"],
    });
  });

  test("takes a number for --depth only", async () => {
    await using made = await makeProject(team.registry.url);
    for (const depth of ["-1", "x", "1.5"])
      expect(await made.skills(["list", `--depth=${depth}`])).toMatchObject({ code: 2, stdout: "" });
    expect((await made.skills(["list"])).stdout).toBe(`no skills installed in ${made.folder}\n`);
  });
});

describe("skills why", () => {
  test("tells every way from skills.json, the shortest first", async () => {
    await using made = await project("@acme/top", "@acme/base");
    const { code, stdout } = await made.skills(["why", "base"]);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split("\n")).toEqual([
      "@acme/base@1.0.0",
      "skills.json asks for @acme/base@^1.0.0 (1.0.0)",
      "skills.json asks for @acme/top@^1.0.0 (1.0.0)",
      "  which builds on @acme/left@~1.0.0 (1.0.0)",
      "    which builds on @acme/base@^1.0.0 (1.0.0)",
    ]);
    expect(await made.json(["why", "@acme/right"])).toEqual({
      package: "@acme/right",
      version: "1.0.0",
      paths: [
        [
          { name: "@acme/top", range: "^1.0.0", version: "1.0.0" },
          { name: "@acme/left", range: "~1.0.0", version: "1.0.0" },
          { name: "@acme/right", range: "^1.0.0", version: "1.0.0" },
        ],
      ],
      complete: true,
    });
  });

  test("says so of what nothing needs, and refuses what is not here with the next step", async () => {
    await using made = await project("@acme/base");
    await made.file("skills.json", JSON.stringify({ skills: { "@acme/other": "*" } }));
    expect((await made.skills(["why", "@acme/base"])).stdout).toContain("skills prune removes it");
    const wanted = await made.skills(["why", "@acme/other"]);
    expect(wanted).toMatchObject({ code: 1, stdout: "" });
    expect(wanted.stderr).toContain(
      "@acme/other is in skills.json, but not installed\nhint: Run skills install.",
    );
    expect((await made.skills(["why", "nothing"])).stderr).toContain(
      "ENOTINSTALLED: nothing is not installed here",
    );
  });
});
