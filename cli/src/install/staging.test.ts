import { mkdir, readFile, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeScratch, type Scratch } from "../../../test/support/cli.ts";
import { snapshotTree } from "../../../test/support/tree.ts";
import { writeTree } from "../files.ts";
import type { Place } from "../project/project.ts";
import { applyTransaction, recover, type Change, type Transaction } from "./staging.ts";

/** A signal that never comes. */
const IDLE = new AbortController().signal;

/** Higher than any process id that Linux hands out. */
const DEAD_PROCESS = 99_999_999;

/** skills.lock afterwards: what is in it does not matter here. */
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

function skillFolder(path: string, text: string): Change {
  const file = { path: "SKILL.md", type: "file" as const, mode: 0o644, data: new TextEncoder().encode(text) };
  return { path, build: (staged) => writeTree(staged, [file]) };
}

function skillLink(path: string, to: string): Change {
  return { path, build: (staged) => symlink(to, staged, "dir") };
}

async function apply(place: Place, changes: Change[], options: Partial<Transaction> = {}): Promise<void> {
  await applyTransaction({
    place,
    changes,
    lock: () => NEW_LOCK,
    project: undefined,
    signal: IDLE,
    ...options,
  });
}

describe("a change of several folders", () => {
  test("places new folders and links and writes the lock", async () => {
    await using scratch = await makeScratch();
    const place = placeIn(scratch);
    const link = join(scratch.project, ".claude/skills/x");
    await apply(place, [
      skillFolder(join(place.canonical, "x"), "new"),
      skillLink(link, "../../.agents/skills/x"),
    ]);
    expect(await readFile(join(link, "SKILL.md"), "utf8")).toBe("new");
    expect(await readFile(place.lockFile, "utf8")).toBe(NEW_LOCK);
    expect(await readdir(place.canonical)).toEqual(["x"]);
  });

  test("replaces what was there and leaves nothing of it", async () => {
    await using scratch = await makeScratch();
    const place = placeIn(scratch);
    await scratch.write("project/.agents/skills/x", { "SKILL.md": "old", "gone.md": "old" });
    await apply(place, [skillFolder(join(place.canonical, "x"), "new")]);
    expect(await snapshotTree(place.canonical)).toEqual({ x: "folder", "x/SKILL.md": "644 new" });
  });

  test("removes folders, and skills folders that are empty then", async () => {
    await using scratch = await makeScratch();
    const place = placeIn(scratch);
    await scratch.write("project/.agents/skills/x", { "SKILL.md": "old" });
    await scratch.write("project/.claude/skills/x", { "SKILL.md": "old" });
    await scratch.write("project/.claude", { "settings.json": "{}" });
    await apply(place, [
      { path: join(place.canonical, "x") },
      { path: join(scratch.project, ".claude/skills/x") },
    ]);
    expect(Object.keys(await snapshotTree(scratch.project))).toEqual([
      ".claude",
      ".claude/settings.json",
      "skills.lock",
    ]);
  });
});

describe("a link that leads out of the project", () => {
  test("is not followed by a change, nor by a removal", async () => {
    await using scratch = await makeScratch();
    const place = placeIn(scratch);
    const outside = await scratch.write("outside", { "x/SKILL.md": "precious" });
    await mkdir(join(scratch.project, ".claude"));
    await symlink(outside, join(scratch.project, ".claude/skills"));
    const path = join(scratch.project, ".claude/skills/x");
    await expect(apply(place, [{ path }])).rejects.toThrow("leads out of the project");
    await expect(apply(place, [skillFolder(path, "new")])).rejects.toThrow("leads out of the project");
    expect(await readFile(join(outside, "x/SKILL.md"), "utf8")).toBe("precious");
  });

  test("is not followed by the lock", async () => {
    await using scratch = await makeScratch();
    const place = placeIn(scratch);
    const outside = await scratch.write("outside", { "skills.lock": "precious" });
    await symlink(join(outside, "skills.lock"), place.lockFile);
    await expect(apply(place, [])).rejects.toThrow("leads out of the project");
    expect(await readFile(join(outside, "skills.lock"), "utf8")).toBe("precious");
  });

  test("is not followed for a journal that came with the project", async () => {
    await using scratch = await makeScratch();
    const place = placeIn(scratch);
    const outside = await scratch.write("outside", { "work/thesis.md": "precious" });
    await mkdir(join(scratch.project, ".claude"));
    await symlink(outside, join(scratch.project, ".claude/skills"));
    const paths = [{ path: join(scratch.project, ".claude/skills/work"), removes: false }];
    const journal = JSON.stringify({ lock: "", paths });
    await scratch.write(`project/.agents/skills/.staging-${DEAD_PROCESS}-ab`, { "journal.json": journal });
    await recover(place, IDLE);
    expect(await readFile(join(outside, "work/thesis.md"), "utf8")).toBe("precious");
  });
});

describe("a change that fails", () => {
  test("while building leaves everything as it was", async () => {
    await using scratch = await makeScratch();
    const place = placeIn(scratch);
    await scratch.write("project/.agents/skills/x", { "SKILL.md": "old" });
    const before = await snapshotTree(scratch.project);
    const broken: Change = {
      path: join(scratch.project, ".claude/skills/x"),
      build: () => Promise.reject(new Error("disk full")),
    };
    await expect(apply(place, [skillFolder(join(place.canonical, "x"), "new"), broken])).rejects.toThrow(
      "disk full",
    );
    expect(await snapshotTree(scratch.project)).toEqual(before);
  });

  test("because an agent's folder cannot be made takes back those that could", async () => {
    await using scratch = await makeScratch();
    const place = placeIn(scratch);
    await scratch.write("project", { ".claude": "a file where the folder should be" });
    const change = skillFolder(join(scratch.project, ".claude/skills/x"), "new");
    await expect(apply(place, [skillFolder(join(place.canonical, "x"), "new"), change])).rejects.toThrow(
      "ENOTDIR",
    );
    expect(Object.keys(await snapshotTree(scratch.project))).toEqual([".claude"]);
  });

  test("while swapping puts the old folders back", async () => {
    await using scratch = await makeScratch();
    const place = placeIn(scratch);
    await scratch.write("project/.agents/skills/x", { "SKILL.md": "old" });
    const before = await snapshotTree(scratch.project);
    // Builds nothing, so that the rename into place has nothing to rename.
    const broken: Change = { path: join(scratch.project, ".claude/skills/x"), build: async () => undefined };
    await expect(apply(place, [skillFolder(join(place.canonical, "x"), "new"), broken])).rejects.toThrow(
      "ENOENT",
    );
    expect(await snapshotTree(scratch.project)).toEqual(before);
  });

  test("while writing skills.json or the lock puts the old folders and files back", async () => {
    await using scratch = await makeScratch();
    const place = placeIn(scratch);
    await scratch.write("project", { ".agents/skills/x/SKILL.md": "old", "skills.json": "old" });
    const changes = [skillFolder(join(place.canonical, "x"), "new")];
    const file = join(scratch.project, "skills.json");
    // A folder where the file should be cannot be replaced by it.
    await mkdir(join(place.lockFile, "in-the-way"), { recursive: true });
    const before = await snapshotTree(scratch.project);
    const project = { file, before: "old", after: "new" };
    await expect(apply(place, changes, { project })).rejects.toThrow("EISDIR");
    expect(await snapshotTree(scratch.project)).toEqual(before);
    const blocked = { file: join(scratch.project, ".agents"), before: undefined, after: "new" };
    await expect(apply(place, changes, { project: blocked })).rejects.toThrow("EISDIR");
    expect(await snapshotTree(scratch.project)).toEqual(before);
  });

  test("while writing the lock takes a new skills.json away again", async () => {
    await using scratch = await makeScratch();
    const place = placeIn(scratch);
    await mkdir(join(place.lockFile, "in-the-way"), { recursive: true });
    const project = { file: join(scratch.project, "skills.json"), before: undefined, after: "new" };
    await expect(apply(place, [], { project })).rejects.toThrow("EISDIR");
    expect(Object.keys(await snapshotTree(scratch.project))).toEqual([
      "skills.lock",
      "skills.lock/in-the-way",
    ]);
  });

  test("by Ctrl-C at any step leaves the old tree", async () => {
    await using scratch = await makeScratch();
    const place = placeIn(scratch);
    await scratch.write("project/.agents/skills/x", { "SKILL.md": "old" });
    const before = await snapshotTree(scratch.project);
    // Before each of the two swaps, and before the files are written.
    for (const step of [0, 1, 2]) {
      const changes = [
        skillFolder(join(place.canonical, "x"), "new"),
        skillFolder(join(place.canonical, "y"), "new"),
      ];
      await expect(apply(place, changes, { signal: abortedAtCheck(step) })).rejects.toThrow();
      expect(await snapshotTree(scratch.project)).toEqual(before);
    }
  });
});

/** A signal that turns out aborted when it is looked at for the n-th time, counted from 0. */
function abortedAtCheck(n: number): AbortSignal {
  const controller = new AbortController();
  let checks = 0;
  const { signal } = controller;
  const check = signal.throwIfAborted.bind(signal);
  signal.throwIfAborted = () => {
    if (checks++ === n) controller.abort();
    check();
  };
  return signal;
}
