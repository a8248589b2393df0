import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { skillText } from "../support/cli.ts";
import { startTeam, type Team } from "../support/team.ts";

let team: Team;
beforeAll(async () => {
  team = await startTeam();
});
afterAll(() => team[Symbol.asyncDispose]());

function manifest(name: string, fields: object = {}): string {
  return JSON.stringify({ name, version: "1.0.0", license: "MIT", ...fields });
}

/** A repository with npm workspaces: `ws-a` depends on `ws-b`, and `ws-b` on the pack `ws-pack`. */
function monorepo(folder: string): Promise<string> {
  return team.write(folder, {
    "package.json": JSON.stringify({
      name: "site",
      private: true,
      workspaces: ["skills/*", "packs/*", "apps/*"],
    }),
    "skills/a/package.json": manifest("@acme/ws-a", { dependencies: { "@acme/ws-b": "^1.0.0" } }),
    "skills/a/SKILL.md": skillText("ws-a"),
    "skills/b/package.json": manifest("@acme/ws-b", { dependencies: { "@acme/ws-pack": "^1.0.0" } }),
    "skills/b/SKILL.md": skillText("ws-b"),
    "skills/draft/package.json": manifest("@acme/ws-draft", { private: true }),
    "skills/draft/SKILL.md": skillText("ws-draft"),
    "packs/all/package.json": manifest("@acme/ws-pack"),
    "packs/all/skills/one/SKILL.md": skillText("one"),
    "apps/site/package.json": manifest("site-app"),
  });
}

describe("skills publish --workspaces", () => {
  test("publishes skills and packs, what others depend on first, and later only what has changed", async () => {
    const cwd = await monorepo("monorepo");
    const first = await team.skills(["publish", "--workspaces"], { cwd });
    expect(first).toMatchObject({
      code: 0,
      stdout:
        "new @acme/ws-pack@1.0.0\nnew @acme/ws-b@1.0.0\nnew @acme/ws-a@1.0.0\n3 new, 0 updated, 0 unchanged\n",
    });
    expect(first.stderr).toContain("skipping @acme/ws-draft, which is private");
    await writeFile(join(cwd, "skills/b/SKILL.md"), skillText("ws-b", "Do it better.\n"));
    const second = await team.skills(["publish", "--workspaces", "--bump", "patch"], { cwd });
    expect(second.stdout).toContain("update @acme/ws-b 1.0.0 → 1.0.1\n");
    expect(second.stdout).toContain("0 new, 1 updated, 2 unchanged");
  });

  test("publishes the ones that are named, by name or by folder", async () => {
    const cwd = await monorepo("named");
    const args = ["publish", "--dry-run", "--json", "--workspace", "@acme/ws-a", "-w", "packs"];
    const { stdout } = await team.skills(args, { cwd });
    const { published } = JSON.parse(stdout) as { published: { folder: string }[] };
    expect(published.map(({ folder }) => folder)).toEqual(["packs/all", "skills/a"]);
    expect(await team.skills(["publish", "-w", "skills/draft"], { cwd })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('says "private": true'),
    });
  });

  test("goes on where workspaces depend on each other in a circle", async () => {
    const cwd = await team.write("circle", {
      "package.json": JSON.stringify({ workspaces: { packages: ["x", "y"] } }),
      "x/package.json": manifest("@acme/ring-x", { dependencies: { "@acme/ring-y": "1" } }),
      "x/SKILL.md": skillText("ring-x"),
      "y/package.json": manifest("@acme/ring-y", { peerDependencies: { "@acme/ring-x": "1" } }),
      "y/SKILL.md": skillText("ring-y"),
    });
    const result = await team.skills(["publish", "--workspaces", "--dry-run"], { cwd });
    expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining("2 new") });
  });

  test.each([
    ["no package.json", {}, ["--workspaces"], "names no workspaces"],
    [
      "workspaces without a skill",
      { "a/package.json": manifest("a") },
      ["--workspaces"],
      "none of the workspaces",
    ],
    ["an unknown name", { "a/package.json": manifest("a") }, ["-w", "b"], "b is no workspace"],
    [
      "folders beside them",
      { "a/package.json": manifest("a") },
      ["--workspaces", "a"],
      "either folders, or workspaces",
    ],
    [
      "one name twice",
      { "a/package.json": manifest("twin"), "b/package.json": manifest("twin") },
      ["--workspaces"],
      "must not have multiple workspaces with the same name",
    ],
  ])("with %s says what is wrong", async (title, files: Record<string, string>, args, message) => {
    const root: Record<string, string> =
      title === "no package.json" ? {} : { "package.json": JSON.stringify({ workspaces: ["*"] }) };
    const cwd = await team.write(title, { keep: "", ...root, ...files });
    const result = await team.skills(["publish", ...args], { cwd });
    expect(result).toMatchObject({ stdout: "", stderr: expect.stringContaining(message) });
    expect([1, 2]).toContain(result.code);
  });
});
