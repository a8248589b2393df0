import { lstat, mkdir, readFile, readlink, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeScratch, skillText, testWorld, type Scratch } from "../../../test/support/cli.ts";
import { fakeSources, integrityOf, type FakePackages } from "../../../test/support/fake-sources.ts";
import type { Files } from "../../../test/support/skill.ts";
import { snapshotTree } from "../../../test/support/tree.ts";
import { createContext } from "../context.ts";
import { exists } from "../files.ts";
import { readLock } from "../project/lockfile.ts";
import type { Place } from "../project/project.ts";
import { install, type Installed } from "./install.ts";
import { NOTHING_WANTED, type Request } from "./request.ts";
import { skillsIn } from "../../../test/support/tree.ts";

interface Setup {
  place: Place;
  /** What the last install asked of the registry. */
  asked: string[];
  /** Wants @acme/x in the version, or what the request says. */
  run(version?: string, request?: Partial<Request>): Promise<Installed>;
}

const TEXT = skillText("x");
const MORE = skillText("x", "More.\n");

/** The files of @acme/x by version. */
function setup({ project, home }: Scratch, versions: Record<string, Files>): Setup {
  const place = {
    root: project,
    global: false,
    env: {},
    folders: {},
    lockFile: join(project, "skills.lock"),
    canonical: join(project, ".agents/skills"),
  };
  const context = createContext(testWorld({ cwd: project, home }).world, {
    registry: undefined,
    json: false,
  });
  const packages: FakePackages = {
    "@acme/x": Object.fromEntries(Object.entries(versions).map(([version, files]) => [version, { files }])),
    "@other/x": { "1.0.0": { files: { "SKILL.md": TEXT } } },
  };
  const asked: string[] = [];
  return {
    place,
    asked,
    run: (range = "1.0.0", request = {}) => {
      const sources = fakeSources(packages);
      asked.length = 0;
      const wants = new Map([["@acme/x", { range, save: "typed" as const, changes: {} }]]);
      const chooseAgents = async () => ["claude-code", "codex"];
      return install(context, place, {
        sources: { ...sources, find: (...args) => sources.find(...args) },
        request: { ...NOTHING_WANTED, wants, chooseAgents, ...request },
      }).finally(() => asked.push(...sources.asked));
    },
  };
}

function actions({ packages }: Installed): string[] {
  return packages.map(({ action }) => action);
}

describe("installing a skill", () => {
  test("puts one copy into .agents/skills and a relative link into .claude/skills", async () => {
    await using scratch = await makeScratch();
    const { run } = setup(scratch, { "1.0.0": { "SKILL.md": TEXT, "scripts/run.sh": "true" } });
    expect(actions(await run())).toEqual(["added"]);
    expect(await snapshotTree(scratch.project)).toMatchObject({
      ".claude/skills/x": "→ ../../.agents/skills/x",
      ".agents/skills/x/SKILL.md": `644 ${TEXT}`,
      ".agents/skills/x/scripts/run.sh": "755 true",
    });
  });

  test("locks version, integrity, path below the registry and a digest per file", async () => {
    await using scratch = await makeScratch();
    const { run, place } = setup(scratch, { "1.0.0": { "SKILL.md": TEXT } });
    await run();
    expect((await readLock(place.lockFile))["@acme/x"]).toEqual({
      version: "1.0.0",
      range: "1.0.0",
      integrity: integrityOf("@acme/x@1.0.0"),
      resolved: "@acme/x/-/x-1.0.0.tgz",
      dependencies: {},
      mode: "link",
      agents: ["claude-code", "codex"],
      placed: [".claude/skills"],
      skills: { x: { files: { "SKILL.md": expect.stringMatching(/^sha256-/) } } },
    });
  });

  test("copies where copies are wanted", async () => {
    await using scratch = await makeScratch();
    const { run } = setup(scratch, { "1.0.0": { "SKILL.md": TEXT } });
    await run("1.0.0", { defaults: { mode: "copy" } });
    expect((await snapshotTree(scratch.project))[".claude/skills/x/SKILL.md"]).toBe(`644 ${TEXT}`);
  });

  test("places every skill of a pack under its own name", async () => {
    await using scratch = await makeScratch();
    const pack = { "skills/a/SKILL.md": skillText("a"), "skills/b/SKILL.md": skillText("b") };
    const { run, place } = setup(scratch, {
      "1.0.0": { ...pack, "skills/b/more.md": "b", "README.md": "r" },
    });
    await run();
    expect(
      (await readdir(place.canonical, { recursive: true }))
        .filter((path) => !path.startsWith("."))
        .toSorted(),
    ).toEqual(["a", "a/SKILL.md", "b", "b/SKILL.md", "b/more.md"]);
  });

  test("needs no link where .claude/skills is a link to .agents/skills", async () => {
    await using scratch = await makeScratch();
    const { run, place } = setup(scratch, { "1.0.0": { "SKILL.md": TEXT } });
    await mkdir(place.canonical, { recursive: true });
    await mkdir(join(scratch.project, ".claude"));
    await symlink("../.agents/skills", join(scratch.project, ".claude/skills"));
    await run();
    expect((await lstat(join(place.canonical, "x"))).isDirectory()).toBe(true);
    expect(await readFile(join(scratch.project, ".claude/skills/x/SKILL.md"), "utf8")).toBe(TEXT);
  });

  test("writes nothing when somebody says no to the plan", async () => {
    await using scratch = await makeScratch();
    const { place } = setup(scratch, {});
    const { world } = testWorld({ cwd: scratch.project, home: scratch.home });
    const context = createContext(world, { registry: undefined, json: false });
    const wants = new Map([["@acme/x", { range: "*", save: "caret" as const, changes: {} }]]);
    const installed = await install(context, place, {
      sources: fakeSources({ "@acme/x": { "1.0.0": {} } }),
      request: { ...NOTHING_WANTED, wants, chooseAgents: async () => ["codex"] },
      confirm: async ({ lock }) => Object.keys(lock).length === 0,
    });
    expect(installed).toMatchObject({ done: false, project: { skills: { "@acme/x": { range: "^1.0.0" } } } });
    expect(await readdir(scratch.project)).toEqual([]);
  });
});

describe("installing again", () => {
  test("the same version fetches nothing", async () => {
    await using scratch = await makeScratch();
    const { run, asked } = setup(scratch, { "1.0.0": { "SKILL.md": TEXT } });
    await run();
    const before = await snapshotTree(scratch.project);
    expect(actions(await run())).toEqual(["unchanged"]);
    expect(asked).toEqual([]);
    expect(await snapshotTree(scratch.project)).toEqual(before);
  });

  test("the same version mends what is missing", async () => {
    await using scratch = await makeScratch();
    const { run, place } = setup(scratch, { "1.0.0": { "SKILL.md": TEXT } });
    await run();
    const before = await snapshotTree(scratch.project);
    await rm(join(scratch.project, ".claude"), { recursive: true });
    await rm(join(place.canonical, "x"), { recursive: true });
    expect(actions(await run())).toEqual(["repaired"]);
    expect(await snapshotTree(scratch.project)).toEqual(before);
  });

  test("another version replaces all files of the old one", async () => {
    await using scratch = await makeScratch();
    const { run, place } = setup(scratch, {
      "1.0.0": { "SKILL.md": TEXT, "old.md": "old" },
      "1.1.0": { "SKILL.md": MORE },
    });
    await run();
    expect(actions(await run("1.1.0"))).toEqual(["updated"]);
    expect(await readdir(join(place.canonical, "x"))).toEqual(["SKILL.md"]);
  });

  test("a pack that lost a skill removes it everywhere", async () => {
    await using scratch = await makeScratch();
    const a = { "skills/a/SKILL.md": skillText("a") };
    const { run, place } = setup(scratch, {
      "1.0.0": { ...a, "skills/b/SKILL.md": skillText("b") },
      "2.0.0": a,
    });
    await run();
    await run("2.0.0");
    expect(await skillsIn(place.canonical)).toEqual(["a"]);
    expect(await readdir(join(scratch.project, ".claude/skills"))).toEqual(["a"]);
  });

  test("for one more agent adds its link, for one less takes it away", async () => {
    await using scratch = await makeScratch();
    const { run } = setup(scratch, { "1.0.0": { "SKILL.md": TEXT } });
    await run("1.0.0", { chooseAgents: async () => ["codex"] });
    expect(await exists(join(scratch.project, ".claude"))).toBe(false);
    await run();
    expect(await readlink(join(scratch.project, ".claude/skills/x"))).toBe("../../.agents/skills/x");
    await run("1.0.0", { chooseAgents: async () => ["codex"] });
    expect(await exists(join(scratch.project, ".claude"))).toBe(false);
  });
});

describe("nothing that people wrote is overwritten", () => {
  const versions = { "1.0.0": { "SKILL.md": TEXT, "more.md": "more" }, "2.0.0": { "SKILL.md": MORE } };

  test.each([
    ["an edited file", async (skill: string) => writeFile(join(skill, "SKILL.md"), "mine")],
    ["an added file", async (skill: string) => writeFile(join(skill, "notes.md"), "mine")],
    ["a deleted file", async (skill: string) => rm(join(skill, "more.md"))],
    ["an added link", async (skill: string) => symlink("SKILL.md", join(skill, "alias.md"))],
  ])("not %s, unless forced, and then a copy is kept", async (_, edit) => {
    await using scratch = await makeScratch();
    const { run, place } = setup(scratch, versions);
    await run();
    await edit(join(place.canonical, "x"));
    const before = await snapshotTree(scratch.project);
    const edited = await snapshotTree(join(place.canonical, "x"));
    await expect(run("2.0.0")).rejects.toMatchObject({ code: "ESKILLDIRTY" });
    expect(await snapshotTree(scratch.project)).toEqual(before);
    const forced = await run("2.0.0", { overwrite: "edits" });
    expect(actions(forced)).toEqual(["updated"]);
    expect(await readdir(join(place.canonical, "x"))).toEqual(["SKILL.md"]);
    expect(await Promise.all(forced.backups.map((copy) => snapshotTree(copy)))).toEqual([edited]);
    expect(await readFile(join(scratch.project, ".agents/backups/.gitignore"), "utf8")).toBe("*\n");
  });

  test("not a folder of their own in the place of the link", async () => {
    await using scratch = await makeScratch();
    const { run } = setup(scratch, versions);
    await run();
    await rm(join(scratch.project, ".claude/skills/x"));
    await scratch.write("project/.claude/skills/x", { "SKILL.md": "mine" });
    await expect(run("2.0.0")).rejects.toMatchObject({ code: "ESKILLDIRTY" });
  });

  test.each([".agents/skills/x", ".claude/skills/x"])(
    "not a folder %s that was there before, even when forced",
    async (folder) => {
      await using scratch = await makeScratch();
      const { run } = setup(scratch, versions);
      await scratch.write(`project/${folder}`, { "SKILL.md": "mine" });
      const before = await snapshotTree(scratch.project);
      await expect(run("1.0.0", { overwrite: "edits" })).rejects.toMatchObject({ code: "ESKILLCLASH" });
      expect(await snapshotTree(scratch.project)).toEqual(before);
    },
  );

  test("not the skill of the same name from another namespace", async () => {
    await using scratch = await makeScratch();
    const { run } = setup(scratch, versions);
    await run();
    const before = await snapshotTree(scratch.project);
    const wants = new Map([["@other/x", { range: "*", save: "caret" as const, changes: {} }]]);
    await expect(run("", { wants, overwrite: "edits" })).rejects.toMatchObject({
      code: "ESKILLCLASH",
      message: "@acme/x and @other/x both have a skill x",
      hint: expect.stringContaining("skills add @other/x --as x=other-x"),
    });
    expect(await snapshotTree(scratch.project)).toEqual(before);
  });

  test("but files that a run script leaves behind are nobody's", async () => {
    await using scratch = await makeScratch();
    const { run, place } = setup(scratch, versions);
    await run();
    await mkdir(join(place.canonical, "x/scripts/__pycache__"), { recursive: true });
    await writeFile(join(place.canonical, "x/scripts/__pycache__/a.pyc"), "");
    expect(actions(await run("2.0.0"))).toEqual(["updated"]);
  });
});

test("a folder that leads out of the project is not written to", async () => {
  await using scratch = await makeScratch();
  const { run } = setup(scratch, { "1.0.0": { "SKILL.md": TEXT } });
  await mkdir(join(scratch.project, ".claude"));
  await symlink(scratch.home, join(scratch.project, ".claude/skills"));
  await expect(run()).rejects.toMatchObject({ code: "ESKILLCLASH" });
  expect(await readdir(scratch.home)).toEqual([]);
  expect(await exists(join(scratch.project, ".agents"))).toBe(false);
});
