import { lstat, mkdir, readFile, readlink, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Entry, InspectedSkill } from "@skills-registry/schema";
import { describe, expect, test } from "vitest";
import { makeScratch, testWorld, type Scratch } from "../../../test/support/cli.ts";
import type { AgentId } from "../project/agents.ts";
import { createContext } from "../context.ts";
import type { Resolved } from "../registry/fetch-skill.ts";
import { exists } from "../files.ts";
import { installPackage, type PlacedSkill } from "./install.ts";
import type { Placement } from "./placement.ts";
import { stateOf } from "./installed.ts";
import { readLock } from "../project/lockfile.ts";
import type { Place } from "../project/project.ts";

interface Package {
  name?: string;
  version?: string;
  /** Path in the package → text; a skill per SKILL.md. */
  files: Record<string, string>;
  onDownload?: () => void;
}

function entryOf(path: string, text: string): Entry {
  const mode = path.endsWith(".sh") ? 0o755 : 0o644;
  return { path, type: "file", mode, data: new TextEncoder().encode(text) };
}

function skillAt(path: string, name: string): InspectedSkill {
  const root = path.replace(/\/?SKILL\.md$/, "");
  return {
    root,
    path,
    manifest: { name: root === "" ? name : root.replace("skills/", ""), description: "x" },
    body: "",
    text: "",
  };
}

/** A version that a registry has been asked for: its bytes are already unpacked. */
function resolved({ name = "@acme/x", version = "1.0.0", files, onDownload }: Package): Resolved {
  const skillName = name.split("/")[1] ?? "";
  const skills = Object.keys(files)
    .filter((path) => path.endsWith("SKILL.md"))
    .map((path) => skillAt(path, skillName));
  const entries = Object.entries(files).map(([path, text]) => entryOf(path, text));
  const registry = "https://registry.test/";
  const dist = { tarball: `${registry}${name}/-/${skillName}-${version}.tgz`, signatures: [] };
  return {
    manifest: { name, version, dependencies: {}, dist },
    integrity: `sha512-${version}`.replaceAll(".", "A"),
    registry,
    download: async () => {
      onDownload?.();
      return { skills, entries };
    },
  };
}

interface Setup {
  place: Place;
  install(what: Package, options?: Partial<Omit<Placement, "place" | "lock">>): Promise<PlacedSkill[]>;
}

function setup({ project, home }: Scratch): Setup {
  const place = {
    root: project,
    global: false,
    env: {},
    lockFile: join(project, "skills.lock"),
    canonical: join(project, ".agents/skills"),
  };
  const context = createContext(testWorld({ cwd: project, home }).world, {
    registry: undefined,
    json: false,
  });
  return {
    place,
    install: async (what, options = {}) => {
      const agents: AgentId[] = ["claude-code", "codex"];
      const lock = await readLock(place.lockFile);
      return installPackage(context, resolved(what), {
        place,
        lock,
        agents,
        mode: "link",
        overwrite: "nothing",
        ...options,
      });
    },
  };
}

async function tree(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).toSorted();
}

describe("installing a skill", () => {
  test("puts one copy into .agents/skills and a relative link into .claude/skills", async () => {
    await using scratch = await makeScratch();
    const { install, place } = setup(scratch);
    const [placed] = await install({ files: { "SKILL.md": "one", "scripts/run.sh": "true" } });
    expect(placed).toMatchObject({ action: "added", path: ".agents/skills/x", previous: null });
    expect(await readlink(join(scratch.project, ".claude/skills/x"))).toBe("../../.agents/skills/x");
    expect(await readFile(join(scratch.project, ".claude/skills/x/SKILL.md"), "utf8")).toBe("one");
    expect((await lstat(join(place.canonical, "x/scripts/run.sh"))).mode & 0o777).toBe(0o755);
    expect((await lstat(join(place.canonical, "x/SKILL.md"))).mode & 0o777).toBe(0o644);
  });

  test("locks version, integrity, path below the registry and a digest per file", async () => {
    await using scratch = await makeScratch();
    const { install, place } = setup(scratch);
    await install({ files: { "SKILL.md": "one" } });
    const lock = await readLock(place.lockFile);
    expect(lock["@acme/x"]).toEqual({
      version: "1.0.0",
      integrity: "sha512-1A0A0",
      resolved: "@acme/x/-/x-1.0.0.tgz",
      mode: "link",
      agents: ["claude-code", "codex"],
      skills: { x: { files: { "SKILL.md": "sha256-dpLDrTVAu4A8Ags67mbNiIcSMjTqDG5xQ8Ct1z/0Me0=" } } },
    });
  });

  test("copies where copies are wanted", async () => {
    await using scratch = await makeScratch();
    const { install } = setup(scratch);
    await install({ files: { "SKILL.md": "one" } }, { mode: "copy" });
    expect((await lstat(join(scratch.project, ".claude/skills/x"))).isDirectory()).toBe(true);
    expect(await readFile(join(scratch.project, ".claude/skills/x/SKILL.md"), "utf8")).toBe("one");
  });

  test("places every skill of a pack under its own name", async () => {
    await using scratch = await makeScratch();
    const { install, place } = setup(scratch);
    const files = {
      "skills/a/SKILL.md": "a",
      "skills/b/SKILL.md": "b",
      "skills/b/more.md": "b",
      "README.md": "r",
    };
    const placed = await install({ name: "@acme/pack", files });
    expect(placed.map(({ skill }) => skill)).toEqual(["a", "b"]);
    expect(await tree(place.canonical)).toEqual(["a", "a/SKILL.md", "b", "b/SKILL.md", "b/more.md"]);
  });

  test("needs no link where .claude/skills is a link to .agents/skills", async () => {
    await using scratch = await makeScratch();
    const { install, place } = setup(scratch);
    await mkdir(place.canonical, { recursive: true });
    await mkdir(join(scratch.project, ".claude"));
    await symlink("../.agents/skills", join(scratch.project, ".claude/skills"));
    await install({ files: { "SKILL.md": "one" } });
    expect((await lstat(join(place.canonical, "x"))).isDirectory()).toBe(true);
    expect(await readFile(join(scratch.project, ".claude/skills/x/SKILL.md"), "utf8")).toBe("one");
  });
});

describe("installing again", () => {
  test("the same version downloads nothing", async () => {
    await using scratch = await makeScratch();
    const { install } = setup(scratch);
    await install({ files: { "SKILL.md": "one" } });
    let downloads = 0;
    const [placed] = await install({ files: { "SKILL.md": "one" }, onDownload: () => void downloads++ });
    expect(placed?.action).toBe("unchanged");
    expect(downloads).toBe(0);
  });

  test("the same version mends what is missing", async () => {
    await using scratch = await makeScratch();
    const { install, place } = setup(scratch);
    await install({ files: { "SKILL.md": "one" } });
    await rm(join(scratch.project, ".claude"), { recursive: true });
    await rm(join(place.canonical, "x"), { recursive: true });
    await install({ files: { "SKILL.md": "one" } });
    const entry = (await readLock(place.lockFile))["@acme/x"];
    expect(entry && (await stateOf(place, "x", entry))).toBe("ok");
  });

  test("another version replaces all files of the old one", async () => {
    await using scratch = await makeScratch();
    const { install, place } = setup(scratch);
    await install({ files: { "SKILL.md": "one", "old.md": "old" } });
    const [placed] = await install({ version: "1.1.0", files: { "SKILL.md": "two" } });
    expect(placed).toMatchObject({ action: "updated", previous: "1.0.0", version: "1.1.0" });
    expect(await tree(place.canonical)).toEqual(["x", "x/SKILL.md"]);
  });

  test("a pack that lost a skill removes it everywhere", async () => {
    await using scratch = await makeScratch();
    const { install, place } = setup(scratch);
    const name = "@acme/pack";
    await install({ name, files: { "skills/a/SKILL.md": "a", "skills/b/SKILL.md": "b" } });
    await install({ name, version: "2.0.0", files: { "skills/a/SKILL.md": "a" } });
    expect(await readdir(place.canonical)).toEqual(["a"]);
    expect(await readdir(join(scratch.project, ".claude/skills"))).toEqual(["a"]);
  });

  test("for one more agent adds its link", async () => {
    await using scratch = await makeScratch();
    const { install } = setup(scratch);
    await install({ files: { "SKILL.md": "one" } }, { agents: ["codex"] });
    expect(await exists(join(scratch.project, ".claude"))).toBe(false);
    await install({ files: { "SKILL.md": "one" } });
    expect(await exists(join(scratch.project, ".claude/skills/x"))).toBe(true);
  });
});

describe("nothing that people wrote is overwritten", () => {
  test.each([
    ["an edited file", async (skill: string) => writeFile(join(skill, "SKILL.md"), "mine")],
    ["an added file", async (skill: string) => writeFile(join(skill, "notes.md"), "mine")],
    ["a deleted file", async (skill: string) => rm(join(skill, "more.md"))],
    ["an added link", async (skill: string) => symlink("SKILL.md", join(skill, "alias.md"))],
  ])("not %s, unless forced", async (_, edit) => {
    await using scratch = await makeScratch();
    const { install, place } = setup(scratch);
    await install({ files: { "SKILL.md": "one", "more.md": "more" } });
    await edit(join(place.canonical, "x"));
    const before = await tree(scratch.project);
    await expect(install({ version: "2.0.0", files: { "SKILL.md": "two" } })).rejects.toMatchObject({
      code: "ESKILLDIRTY",
    });
    expect(await tree(scratch.project)).toEqual(before);
    const [forced] = await install(
      { version: "2.0.0", files: { "SKILL.md": "two" } },
      { overwrite: "edits" },
    );
    expect(forced?.action).toBe("updated");
    expect(await tree(place.canonical)).toEqual(["x", "x/SKILL.md"]);
  });

  test("not a folder of their own in the place of the link", async () => {
    await using scratch = await makeScratch();
    const { install } = setup(scratch);
    await install({ files: { "SKILL.md": "one" } });
    await rm(join(scratch.project, ".claude/skills/x"));
    await scratch.write("project/.claude/skills/x", { "SKILL.md": "mine" });
    await expect(install({ version: "2.0.0", files: { "SKILL.md": "two" } })).rejects.toMatchObject({
      code: "ESKILLDIRTY",
    });
  });

  test.each([".agents/skills/x", ".claude/skills/x"])(
    "not a folder %s that was there before",
    async (folder) => {
      await using scratch = await makeScratch();
      const { install } = setup(scratch);
      await scratch.write(`project/${folder}`, { "SKILL.md": "mine" });
      await expect(install({ files: { "SKILL.md": "one" } }, { overwrite: "edits" })).rejects.toMatchObject({
        code: "ESKILLCLASH",
      });
      expect(await readFile(join(scratch.project, folder, "SKILL.md"), "utf8")).toBe("mine");
      expect(await exists(join(scratch.project, "skills.lock"))).toBe(false);
    },
  );

  test("not the skill of the same name from another namespace", async () => {
    await using scratch = await makeScratch();
    const { install, place } = setup(scratch);
    await install({ files: { "SKILL.md": "one" } });
    const other = install({ name: "@other/x", files: { "SKILL.md": "two" } }, { overwrite: "edits" });
    await expect(other).rejects.toMatchObject({
      code: "ESKILLCLASH",
      message: expect.stringContaining("@acme/x"),
    });
    expect(Object.keys(await readLock(place.lockFile))).toEqual(["@acme/x"]);
  });

  test("but files that a run script leaves behind are nobody's", async () => {
    await using scratch = await makeScratch();
    const { install, place } = setup(scratch);
    await install({ files: { "SKILL.md": "one", "scripts/a.py": "1" } });
    await mkdir(join(place.canonical, "x/scripts/__pycache__"));
    await writeFile(join(place.canonical, "x/scripts/__pycache__/a.pyc"), "");
    const [placed] = await install({ version: "2.0.0", files: { "SKILL.md": "two" } });
    expect(placed?.action).toBe("updated");
  });
});

test("a folder that leads out of the project is not written to", async () => {
  await using scratch = await makeScratch();
  const { install } = setup(scratch);
  await mkdir(join(scratch.project, ".claude"));
  await symlink(scratch.home, join(scratch.project, ".claude/skills"));
  await expect(install({ files: { "SKILL.md": "one" } })).rejects.toMatchObject({ code: "ESKILLCLASH" });
  expect(await readdir(scratch.home)).toEqual([]);
  expect(await exists(join(scratch.project, ".agents"))).toBe(false);
});
