import { readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeProject, release } from "../support/project.ts";
import { startTeam, type Team } from "../support/team.ts";

let team: Team;
beforeAll(async () => {
  team = await startTeam();
  const studio = { ...team, token: await team.registry.account("studio") };
  await release(team, { name: "@acme/letters" });
  await release(studio, { name: "@studio/letters" });
  await release(studio, { name: "@studio/letters", version: "1.1.0" });
  await release(studio, { name: "@studio/papers", pack: ["letters", "memos"] });
  await release(team, {
    name: "@acme/twins",
    dependencies: { "@acme/letters": "*", "@studio/letters": "*" },
  });
});
afterAll(() => team[Symbol.asyncDispose]());

describe("two skills of one name", () => {
  test("are refused with the way out, which is then taken", async () => {
    await using project = await makeProject(team.registry.url);
    await project.skills(["add", "@acme/letters"]);
    const before = await project.tree();
    const { code, stderr } = await project.skills(["add", "@studio/letters@1.0.0"]);
    expect(code).toBe(1);
    expect(stderr).toBe(
      "error ESKILLCLASH: @acme/letters and @studio/letters both have a skill letters\n" +
        "hint: Give one of them another name, as in skills add @studio/letters --as letters=studio-letters, or run skills remove @acme/letters first.\n",
    );
    expect(await project.tree()).toEqual(before);

    const renamed = await project.skills(["add", "@studio/letters@1.0.0", "--as", "letters=studio-letters"]);
    expect(renamed.stdout).toBe(
      "added @studio/letters@1.0.0 → .agents/skills/studio-letters (claude-code, codex)\n",
    );
    expect(await project.file(".claude/skills/studio-letters/SKILL.md")).toContain("name: studio-letters\n");
    expect(await project.file(".claude/skills/letters/SKILL.md")).toContain("name: letters\n");
    const { skills } = JSON.parse(await project.file("skills.json"));
    expect(skills["@studio/letters"]).toEqual({ range: "1.0.0", as: { letters: "studio-letters" } });
    const { packages } = JSON.parse(await project.file("skills.lock"));
    expect(packages["@studio/letters"].skills["studio-letters"].from).toBe("letters");
    expect((await project.skills(["ci"])).code).toBe(0);

    await project.skills(["update", "@studio/letters@^1.0.0"]);
    expect(await project.file(".agents/skills/studio-letters/SKILL.md")).toMatch(
      /name: studio-letters\n.*Version 1\.1\.0/s,
    );
    expect((await project.skills(["remove", "studio-letters"])).stdout).toBe(
      "removed @studio/letters@1.1.0\n",
    );
    expect(await readdir(join(project.folder, ".claude/skills"))).toEqual(["letters"]);
  });

  test.each([
    ["that come at once", ["@acme/letters", "@studio/letters"]],
    ["of which one is in a pack", ["@acme/letters", "@studio/papers"]],
    ["that a third builds on", ["@acme/twins"]],
  ])("%s are refused before anything is written", async (_, specs) => {
    await using project = await makeProject(team.registry.url);
    const { code, stderr } = await project.skills(["add", ...specs]);
    expect(code).toBe(1);
    expect(stderr).toContain(
      "both have a skill letters\nhint: Give one of them another name, as in skills add @studio/",
    );
    expect(await project.tree()).toEqual({});
  });

  test("live side by side when a pack's is left out", async () => {
    await using project = await makeProject(team.registry.url);
    await project.skills(["add", "@acme/letters"]);
    expect((await project.skills(["add", "@studio/papers", "--skill", "memos"])).code).toBe(0);
  });

  test("are refused, too, when a name is given away that is taken", async () => {
    await using project = await makeProject(team.registry.url);
    await project.skills(["add", "@acme/letters"]);
    const before = await project.tree();
    const { stderr } = await project.skills([
      "add",
      "@studio/papers",
      "--as",
      "memos=letters",
      "--skill",
      "memos",
    ]);
    expect(stderr).toContain("both have a skill letters");
    const same = await project.skills(["add", "@studio/papers", "--as", "memos=x", "--as", "letters=x"]);
    expect(same.code).toBe(1);
    expect(await project.tree()).toEqual(before);
  });

  test("may change places", async () => {
    await using project = await makeProject(team.registry.url);
    await project.skills(["add", "@studio/papers"]);
    await project.skills(["add", "@studio/papers", "--as", "letters=memos", "--as", "memos=letters"]);
    expect(await project.file(".agents/skills/memos/SKILL.md")).toContain(
      "Use this when letters is asked for",
    );
    expect(await project.file(".agents/skills/letters/SKILL.md")).toContain(
      "Use this when memos is asked for",
    );
  });
});

describe("what is not ours", () => {
  test.each([".agents/skills/letters/SKILL.md", ".claude/skills/letters/SKILL.md", ".claude/skills/letters"])(
    "is not touched: %s in the way",
    async (path) => {
      await using project = await makeProject(team.registry.url, { files: { [path]: "mine" } });
      const before = await project.tree();
      for (const options of [[], ["--force"]]) {
        const { code, stderr } = await project.skills(["add", "@acme/letters", ...options]);
        expect(code).toBe(1);
        expect(stderr).toMatch(
          /^error ESKILLCLASH: \S+\/skills\/letters is there already and was not installed by skills\nhint: Move it away, or install the skill under another name with --as\.\n$/,
        );
        expect(await project.tree()).toEqual(before);
      }
      expect((await project.skills(["add", "@acme/letters", "--as", "post"])).code).toBe(0);
      expect(await project.file(path)).toBe("mine");
    },
  );

  test.each([".agents", ".agents/skills", ".claude", ".claude/skills"])(
    "is not written to through %s that leads out of the project",
    async (path) => {
      await using project = await makeProject(team.registry.url);
      await project.file("other/notes.md", "mine");
      await project.file(`${path}-there/x`, "");
      await symlink(project.home, join(project.folder, path));
      const before = [await project.tree(), await readdir(project.home)];
      const { code, stderr } = await project.skills(["add", "@acme/letters", "--agent", "claude-code"]);
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /is a link that leads out of the project\nhint: Remove the link, or install with --global\.\n$/,
      );
      expect([await project.tree(), (await readdir(project.home)).filter((name) => name !== ".npm")]).toEqual(
        before,
      );
    },
  );

  test("is taken along where a link stays in the project", async () => {
    await using project = await makeProject(team.registry.url);
    await project.file("shared/skills/own/SKILL.md", "mine");
    await project.file(".claude/settings.json", "{}");
    await symlink("../shared/skills", join(project.folder, ".claude/skills"));
    expect((await project.skills(["add", "@acme/letters"])).code).toBe(0);
    expect(await project.file("shared/skills/letters/SKILL.md")).toContain("name: letters");
    await project.skills(["remove", "@acme/letters"]);
    expect(await readdir(join(project.folder, "shared/skills"))).toEqual(["own"]);
  });
});

test("a file with a path of 240 letters is installed, updated and removed like any other", async () => {
  const path = `references/${"long-name-".repeat(6)}/${"x".repeat(100)}/${"y".repeat(60)}.md`;
  await release(team, { name: "@acme/deep-folders", files: { [path]: "deep" } });
  await release(team, { name: "@acme/deep-folders", version: "1.1.0", files: { [path]: "deeper" } });
  await using project = await makeProject(team.registry.url);
  await project.skills(["add", "@acme/deep-folders@1.0.0", "--copy", "--agent", "claude-code"]);
  await project.skills(["update", "@acme/deep-folders@^1.0.0"]);
  expect(await project.file(`.claude/skills/deep-folders/${path}`)).toBe("deeper");
  expect((await project.skills(["remove", "@acme/deep-folders"])).code).toBe(0);
  expect((await readdir(project.folder)).toSorted()).toEqual(["skills.json", "skills.lock"]);
});

test("a file with a longer path is refused by the registry, and by us", async () => {
  const path = `${"d".repeat(120)}/${"e".repeat(130)}`;
  await expect(release(team, { name: "@acme/too-deep", files: { [path]: "" } })).rejects.toThrow(
    "archive.path.length",
  );
});
