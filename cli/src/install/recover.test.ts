import { mkdir, readFile, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeScratch, type Scratch } from "../../../test/support/cli.ts";
import { snapshotTree } from "../../../test/support/tree.ts";
import { digest, exists } from "../files.ts";
import type { Place } from "../project/project.ts";
import { recover } from "./staging.ts";

/** A signal that never comes. */
const IDLE = new AbortController().signal;

/** Higher than any process id that Linux hands out. */
const DEAD_PROCESS = 99_999_999;

/** skills.lock before and after: what is in it does not matter here. */
const OLD_LOCK = '{ "lockfileVersion": 2, "packages": {} }';
const NEW_LOCK = '{ "lockfileVersion": 2, "packages": { } }';

function placeIn({ project }: Scratch): Place {
  return {
    root: project,
    global: false,
    env: {},
    lockFile: join(project, "skills.lock"),
    canonical: join(project, ".agents/skills"),
    folders: {},
  };
}

describe("after a kill, the next command", () => {
  const id = `.staging-${DEAD_PROCESS}-abcdef`;

  async function killed(
    scratch: Scratch,
    state: { files: Record<string, string>; journal: object },
  ): Promise<Place> {
    await scratch.write("project", state.files);
    await scratch.write(`project/.agents/skills/${id}`, { "journal.json": JSON.stringify(state.journal) });
    return placeIn(scratch);
  }

  function journal(scratch: Scratch, skill: string, removes = false): object {
    return {
      lock: digest(new TextEncoder().encode(NEW_LOCK)),
      paths: [{ path: join(scratch.project, ".agents/skills", skill), removes }],
    };
  }

  test("puts the old folder back when the new one was in place but not locked", async () => {
    await using scratch = await makeScratch();
    const files = { ".agents/skills/x/SKILL.md": "new", [`.agents/skills/${id}/old-x/SKILL.md`]: "old" };
    const place = await killed(scratch, { files, journal: journal(scratch, "x") });
    await recover(place, IDLE);
    expect(await snapshotTree(place.canonical)).toEqual({ x: "folder", "x/SKILL.md": "644 old" });
  });

  test("puts the old folder back when the kill came between the two renames", async () => {
    await using scratch = await makeScratch();
    const files = {
      [`.agents/skills/${id}/new-x/SKILL.md`]: "new",
      [`.agents/skills/${id}/old-x/SKILL.md`]: "old",
    };
    const place = await killed(scratch, { files, journal: journal(scratch, "x") });
    await recover(place, IDLE);
    expect(await snapshotTree(place.canonical)).toEqual({ x: "folder", "x/SKILL.md": "644 old" });
  });

  test("takes back a first install that was not locked", async () => {
    await using scratch = await makeScratch();
    const place = await killed(scratch, {
      files: { ".agents/skills/x/SKILL.md": "new" },
      journal: journal(scratch, "x"),
    });
    await recover(place, IDLE);
    expect(await snapshotTree(place.canonical)).toEqual({});
  });

  test("keeps what was locked and only clears the staging folder", async () => {
    await using scratch = await makeScratch();
    const files = { ".agents/skills/x/SKILL.md": "new", [`.agents/skills/${id}/old-x/SKILL.md`]: "old" };
    const place = await killed(scratch, { files, journal: journal(scratch, "x") });
    await scratch.write("project", { "skills.lock": NEW_LOCK });
    await recover(place, IDLE);
    expect(await snapshotTree(place.canonical)).toEqual({ x: "folder", "x/SKILL.md": "644 new" });
  });

  test("does not touch a folder whose removal had not begun", async () => {
    await using scratch = await makeScratch();
    const files = { ".agents/skills/x/SKILL.md": "old" };
    const place = await killed(scratch, {
      files,
      journal: journal(scratch, "x", true),
    });
    await scratch.write("project", { "skills.lock": OLD_LOCK });
    await recover(place, IDLE);
    expect(await snapshotTree(place.canonical)).toEqual({ x: "folder", "x/SKILL.md": "644 old" });
  });

  test("puts skills.json back, or takes it away, when the kill came before the lock", async () => {
    for (const before of ["old", undefined]) {
      await using scratch = await makeScratch();
      const project = { file: join(scratch.project, "skills.json"), before };
      const place = await killed(scratch, {
        files: { "skills.json": "new", ".agents/skills/x/SKILL.md": "new" },
        journal: { ...journal(scratch, "x"), project },
      });
      await recover(place, IDLE);
      const text = await readFile(project.file, "utf8").catch(() => undefined);
      expect(text).toBe(before);
      expect(await readdir(place.canonical)).toEqual([]);
    }
  });

  test("keeps skills.json when the lock was written", async () => {
    await using scratch = await makeScratch();
    const project = { file: join(scratch.project, "skills.json"), before: "old" };
    const place = await killed(scratch, {
      files: { "skills.json": "new", "skills.lock": NEW_LOCK, ".agents/skills/x/SKILL.md": "new" },
      journal: { ...journal(scratch, "x"), project },
    });
    await recover(place, IDLE);
    expect(await readFile(project.file, "utf8")).toBe("new");
  });

  test("clears staging away that has no journal yet, or a broken one", async () => {
    await using scratch = await makeScratch();
    const files = { ".agents/skills/x/SKILL.md": "old", [`.agents/skills/${id}/new-x/SKILL.md`]: "new" };
    await scratch.write("project", { ...files, [`.agents/skills/${id}0/journal.json`]: "{" });
    await recover(placeIn(scratch), IDLE);
    expect(await snapshotTree(join(scratch.project, ".agents/skills"))).toEqual({
      x: "folder",
      "x/SKILL.md": "644 old",
    });
  });

  test("does not obey a journal that names another file than those of wishes", async () => {
    await using scratch = await makeScratch();
    for (const file of ["src/a.ts", ".git/hooks/pre-commit", "../home/.bashrc", "skills.lock"]) {
      const place = await killed(scratch, {
        files: {},
        journal: { lock: "", paths: [], project: { file: join(scratch.project, file), before: "harm" } },
      });
      await recover(place, IDLE);
      expect(await exists(join(scratch.project, file))).toBe(false);
    }
  });

  test("does not write skills.json through a link that leads out of the project", async () => {
    await using scratch = await makeScratch();
    await scratch.write("home", { ".bashrc": "mine" });
    await symlink(join(scratch.home, ".bashrc"), join(scratch.project, "skills.json"));
    const place = await killed(scratch, {
      files: {},
      journal: {
        lock: "",
        paths: [],
        project: { file: join(scratch.project, "skills.json"), before: "harm" },
      },
    });
    await recover(place, IDLE).catch(() => undefined);
    expect(await readFile(join(scratch.home, ".bashrc"), "utf8")).toBe("mine");
  });

  test("does not obey a journal that names other folders", async () => {
    await using scratch = await makeScratch();
    await scratch.write("home", { "precious/notes.md": "mine" });
    const place = await killed(scratch, {
      files: { "src/a.ts": "mine" },
      journal: {
        lock: "",
        paths: [
          { path: join(scratch.home, "precious"), removes: false },
          { path: join(scratch.project, "src"), removes: false },
          { path: join(scratch.project, ".agents/skills/../../src"), removes: false },
        ],
      },
    });
    await recover(place, IDLE);
    expect(await exists(join(scratch.home, "precious/notes.md"))).toBe(true);
    expect(await exists(join(scratch.project, "src/a.ts"))).toBe(true);
  });

  test("leaves the staging folder of a living process alone", async () => {
    await using scratch = await makeScratch();
    const place = placeIn(scratch);
    const alive = join(place.canonical, `.staging-${process.pid}-abcdef`);
    await mkdir(alive, { recursive: true });
    await recover(place, IDLE);
    expect(await exists(alive)).toBe(true);
  });
});
