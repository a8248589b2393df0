import { lstat, mkdir, readFile, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeScratch, type Scratch } from "../../../test/support/cli.ts";
import { exists, writeTree } from "../files.ts";
import { readLock, updateLock, type LockedPackage } from "../project/lockfile.ts";
import type { Place } from "../project/project.ts";
import { applyTransaction, recover, type Change } from "./staging.ts";

/** A signal that never comes. */
const IDLE = new AbortController().signal;

/** Higher than any process id that Linux hands out. */
const DEAD_PROCESS = 99_999_999;

const ENTRY: LockedPackage = {
  version: "1.0.0",
  integrity: "sha512-AAAA",
  resolved: "x",
  mode: "link",
  agents: ["claude-code"],
  skills: {},
};

function placeIn({ project }: Scratch): Place {
  return {
    root: project,
    global: false,
    env: {},
    lockFile: join(project, "skills.lock"),
    canonical: join(project, ".agents/skills"),
  };
}

function skillFolder(path: string, text: string): Change {
  const file = { path: "SKILL.md", type: "file" as const, mode: 0o644, data: new TextEncoder().encode(text) };
  return { path, build: (staged) => writeTree(staged, [file]) };
}

function skillLink(path: string, to: string): Change {
  return { path, build: (staged) => symlink(to, staged, "dir") };
}

async function apply(
  place: Place,
  changes: Change[],
  options: { entry?: LockedPackage; signal?: AbortSignal } = {},
): Promise<void> {
  const signal = options.signal ?? IDLE;
  await applyTransaction({ place, packageName: "@acme/x", entry: options.entry ?? ENTRY, changes, signal });
}

/** Every file and link below a folder, as text: the whole state in one value. */
async function snapshot(folder: string): Promise<Record<string, string>> {
  const state: Record<string, string> = {};
  for (const path of (await readdir(folder, { recursive: true })).toSorted()) {
    const stats = await lstat(join(folder, path));
    state[path] = stats.isFile()
      ? await readFile(join(folder, path), "utf8")
      : stats.isSymbolicLink()
        ? "link"
        : "folder";
  }
  return state;
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
    expect(await readLock(place.lockFile)).toEqual({ "@acme/x": ENTRY });
    expect(await readdir(place.canonical)).toEqual(["x"]);
  });

  test("replaces what was there and leaves nothing of it", async () => {
    await using scratch = await makeScratch();
    const place = placeIn(scratch);
    await scratch.write("project/.agents/skills/x", { "SKILL.md": "old", "gone.md": "old" });
    await apply(place, [skillFolder(join(place.canonical, "x"), "new")]);
    expect(await snapshot(place.canonical)).toEqual({ x: "folder", "x/SKILL.md": "new" });
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
    expect(Object.keys(await snapshot(scratch.project))).toEqual([
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
    const journal = JSON.stringify({ packageName: "@acme/x", entry: {}, paths });
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
    const before = await snapshot(scratch.project);
    const broken: Change = {
      path: join(scratch.project, ".claude/skills/x"),
      build: () => Promise.reject(new Error("disk full")),
    };
    await expect(apply(place, [skillFolder(join(place.canonical, "x"), "new"), broken])).rejects.toThrow(
      "disk full",
    );
    expect(await snapshot(scratch.project)).toEqual(before);
  });

  test("because an agent's folder cannot be made takes back those that could", async () => {
    await using scratch = await makeScratch();
    const place = placeIn(scratch);
    await scratch.write("project", { ".claude": "a file where the folder should be" });
    const change = skillFolder(join(scratch.project, ".claude/skills/x"), "new");
    await expect(apply(place, [skillFolder(join(place.canonical, "x"), "new"), change])).rejects.toThrow(
      "ENOTDIR",
    );
    expect(Object.keys(await snapshot(scratch.project))).toEqual([".claude"]);
  });

  test("while swapping puts the old folders back", async () => {
    await using scratch = await makeScratch();
    const place = placeIn(scratch);
    await scratch.write("project/.agents/skills/x", { "SKILL.md": "old" });
    const before = await snapshot(scratch.project);
    // Builds nothing, so that the rename into place has nothing to rename.
    const broken: Change = { path: join(scratch.project, ".claude/skills/x"), build: async () => undefined };
    await expect(apply(place, [skillFolder(join(place.canonical, "x"), "new"), broken])).rejects.toThrow(
      "ENOENT",
    );
    expect(await snapshot(scratch.project)).toEqual(before);
  });

  test("while writing the lock puts the old folders back", async () => {
    await using scratch = await makeScratch();
    const place = placeIn(scratch);
    await scratch.write("project/.agents/skills/x", { "SKILL.md": "old" });
    await writeFile(place.lockFile, "not a lock");
    const before = await snapshot(scratch.project);
    await expect(apply(place, [skillFolder(join(place.canonical, "x"), "new")])).rejects.toMatchObject({
      code: "ESKILLLOCK",
    });
    expect(await snapshot(scratch.project)).toEqual(before);
  });

  test("by Ctrl-C at any step leaves the old tree", async () => {
    await using scratch = await makeScratch();
    const place = placeIn(scratch);
    await scratch.write("project/.agents/skills/x", { "SKILL.md": "old" });
    const before = await snapshot(scratch.project);
    // Before each of the two swaps, and before the lock is written.
    for (const step of [0, 1, 2]) {
      const changes = [
        skillFolder(join(place.canonical, "x"), "new"),
        skillFolder(join(place.canonical, "y"), "new"),
      ];
      await expect(apply(place, changes, { signal: abortedAtCheck(step) })).rejects.toThrow();
      expect(await snapshot(scratch.project)).toEqual(before);
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

describe("after a kill, the next command", () => {
  const id = `.staging-${DEAD_PROCESS}-abcdef`;

  async function killed(
    scratch: Scratch,
    state: { files: Record<string, string>; journal: unknown },
  ): Promise<Place> {
    await scratch.write("project", state.files);
    await scratch.write(`project/.agents/skills/${id}`, { "journal.json": JSON.stringify(state.journal) });
    return placeIn(scratch);
  }

  function journal(scratch: Scratch, skill: string, removes = false): unknown {
    return {
      packageName: "@acme/x",
      entry: ENTRY,
      paths: [{ path: join(scratch.project, ".agents/skills", skill), removes }],
    };
  }

  test("puts the old folder back when the new one was in place but not locked", async () => {
    await using scratch = await makeScratch();
    const files = { ".agents/skills/x/SKILL.md": "new", [`.agents/skills/${id}/old-x/SKILL.md`]: "old" };
    const place = await killed(scratch, { files, journal: journal(scratch, "x") });
    await recover(place, IDLE);
    expect(await snapshot(place.canonical)).toEqual({ x: "folder", "x/SKILL.md": "old" });
  });

  test("puts the old folder back when the kill came between the two renames", async () => {
    await using scratch = await makeScratch();
    const files = {
      [`.agents/skills/${id}/new-x/SKILL.md`]: "new",
      [`.agents/skills/${id}/old-x/SKILL.md`]: "old",
    };
    const place = await killed(scratch, { files, journal: journal(scratch, "x") });
    await recover(place, IDLE);
    expect(await snapshot(place.canonical)).toEqual({ x: "folder", "x/SKILL.md": "old" });
  });

  test("takes back a first install that was not locked", async () => {
    await using scratch = await makeScratch();
    const place = await killed(scratch, {
      files: { ".agents/skills/x/SKILL.md": "new" },
      journal: journal(scratch, "x"),
    });
    await recover(place, IDLE);
    expect(await snapshot(place.canonical)).toEqual({});
  });

  test("keeps what was locked and only clears the staging folder", async () => {
    await using scratch = await makeScratch();
    const files = { ".agents/skills/x/SKILL.md": "new", [`.agents/skills/${id}/old-x/SKILL.md`]: "old" };
    const place = await killed(scratch, { files, journal: journal(scratch, "x") });
    await updateLock(place.lockFile, "@acme/x", ENTRY);
    await recover(place, IDLE);
    expect(await snapshot(place.canonical)).toEqual({ x: "folder", "x/SKILL.md": "new" });
  });

  test("does not touch a folder whose removal had not begun", async () => {
    await using scratch = await makeScratch();
    const files = { ".agents/skills/x/SKILL.md": "old" };
    const place = await killed(scratch, {
      files,
      journal: { ...Object(journal(scratch, "x", true)), entry: undefined },
    });
    await updateLock(place.lockFile, "@acme/x", ENTRY);
    await recover(place, IDLE);
    expect(await snapshot(place.canonical)).toEqual({ x: "folder", "x/SKILL.md": "old" });
  });

  test("does not obey a journal that names other folders", async () => {
    await using scratch = await makeScratch();
    await scratch.write("home", { "precious/notes.md": "mine" });
    const place = await killed(scratch, {
      files: { "src/a.ts": "mine" },
      journal: {
        packageName: "@acme/x",
        entry: ENTRY,
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
