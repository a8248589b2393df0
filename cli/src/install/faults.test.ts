import { cp, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { pid } from "node:process";
import { describe, expect, test } from "vitest";
import { makeScratch, skillText, testWorld } from "../../../test/support/cli.ts";
import { fakeSources } from "../../../test/support/fake-sources.ts";
import { faultyFiles, failingAt, fullFrom, nothingFrom } from "../../../test/support/faulty-files.ts";
import { snapshotTree, type Tree } from "../../../test/support/tree.ts";
import { createContext } from "../context.ts";
import { findPlace } from "../project/project.ts";
import { install } from "./install.ts";
import { NOTHING_WANTED, type Request } from "./request.ts";
import { recover } from "./staging.ts";

/** Higher than any process id that Linux hands out. */
const DEAD_PROCESS = 99_999_999;

const X = "@acme/x";
const PACKAGES = {
  [X]: {
    "1.0.0": { files: { "SKILL.md": skillText("x"), "old.md": "old" } },
    "2.0.0": {
      files: { "SKILL.md": skillText("x", "Better.\n"), "scripts/a.sh": "a" },
      dependencies: { "@acme/base": "*" },
    },
  },
  "@acme/base": { "1.0.0": { files: { "SKILL.md": skillText("base") } } },
  "@acme/gone": { "1.0.0": { files: { "SKILL.md": skillText("gone") } } },
};

interface Scene extends AsyncDisposable {
  folder: string;
  /** The project before the change: two packages, one of them with an edit. */
  reset(): Promise<void>;
  /** Updates the edited one, brings a dependency in and removes the other; rejects as the command would. */
  change(): Promise<void>;
  /** Puts right what a dead process left. */
  recover(): Promise<void>;
}

async function makeScene(): Promise<Scene> {
  const scratch = await makeScratch();
  const { world } = testWorld({ cwd: scratch.project, home: scratch.home });
  const context = createContext(world, { registry: undefined, json: false });
  await scratch.write("project", { "skills.json": '{"skills": {}, "agents": ["claude-code", "cursor"]}' });
  const place = await findPlace(context, "project");
  const run = async (wants: Record<string, string>, more: Partial<Request> = {}): Promise<void> => {
    const named = Object.entries(wants).map(
      ([name, range]) => [name, { range, save: "typed" as const, changes: {} }] as const,
    );
    const request = {
      ...NOTHING_WANTED,
      wants: new Map(named),
      chooseAgents: async () => ["codex"],
      ...more,
    };
    await install(context, place, { request, sources: fakeSources(PACKAGES) });
  };
  await run({ [X]: "1.0.0", "@acme/gone": "1.0.0" });
  await scratch.write("project", { ".agents/skills/x/old.md": "mine" });
  const saved = join(scratch.project, "../saved");
  await cp(scratch.project, saved, { recursive: true, verbatimSymlinks: true });
  return {
    folder: scratch.project,
    reset: async () => {
      const { rm } = await import("node:fs/promises");
      await rm(scratch.project, { recursive: true });
      await cp(saved, scratch.project, { recursive: true, verbatimSymlinks: true });
    },
    change: () => run({ [X]: "2.0.0" }, { drop: ["@acme/gone"], overwrite: "edits" }),
    recover: async () => {
      await pretendDead(scratch.project);
      await recover(place, context.signal);
    },
    [Symbol.asyncDispose]: () => scratch[Symbol.asyncDispose](),
  };
}

/** What this process left in a folder looks as if another, dead one had. */
async function pretendDead(folder: string): Promise<void> {
  for (const path of await readdir(folder, { recursive: true })) {
    const dead = path.replace(new RegExp(`(\\.staging|\\.skills-busy)-${pid}-`), `$1-${DEAD_PROCESS}-`);
    if (dead !== path && !/staging-\d+-\w+\//.test(path))
      await rename(join(folder, path), join(folder, dead));
  }
}

/** What may differ from run to run: copies of edits, claims of the dead, and what this machine remembers, which may be lost. */
const HINTS = /^\.agents\/backups|^\.skills-busy-9+-|^\.agents\/\.installed/;

async function treeOf(folder: string): Promise<Tree> {
  return withoutHints(await snapshotTree(folder));
}

function withoutHints(tree: Tree): Tree {
  return Object.fromEntries(Object.entries(tree).filter(([path]) => !HINTS.test(path)));
}

/** The changes that the whole command makes, the state before it and the one after it. */
async function rehearse(scene: Scene): Promise<{ count: number; before: Tree; after: Tree }> {
  const before = await snapshotTree(scene.folder);
  using faults = faultyFiles(scene.folder, () => undefined);
  await scene.change();
  return { count: faults.calls.length, before, after: await treeOf(scene.folder) };
}

describe("an install", () => {
  test("leaves everything as it was, whichever of its steps fails, or is done", async () => {
    await using scene = await makeScene();
    const { count, before, after } = await rehearse(scene);
    expect(count).toBeGreaterThan(30);
    let refused = 0;
    for (let step = 1; step <= count; step++) {
      await scene.reset();
      const failure = await withFaults(scene, failingAt(step, "EIO"));
      await scene.recover();
      if (failure === undefined) expect(await treeOf(scene.folder), `step ${step}`).toEqual(after);
      else expect(await snapshotTree(scene.folder), `step ${step}: ${failure.message}`).toEqual(before);
      if (failure !== undefined) refused++;
    }
    expect(refused).toBeGreaterThan(25);
  });

  test("leaves everything as it was, wherever the disk gets full", async () => {
    await using scene = await makeScene();
    const { count, before, after } = await rehearse(scene);
    for (let step = 1; step <= count; step++) {
      await scene.reset();
      const failure = await withFaults(scene, fullFrom(step));
      if (failure === undefined) expect(await treeOf(scene.folder), `step ${step}`).toEqual(after);
      else expect(await snapshotTree(scene.folder), `step ${step}: ${failure.message}`).toEqual(before);
      if (failure !== undefined) expect(failure).toMatchObject({ code: "ENOSPC" });
    }
  });

  test("that is killed at any step is undone by the next command, or is whole", async () => {
    await using scene = await makeScene();
    const { count, before, after } = await rehearse(scene);
    for (let step = 1; step <= count; step++) {
      await scene.reset();
      await withFaults(scene, nothingFrom(step));
      await scene.recover();
      const left = await treeOf(scene.folder);
      expect([withoutHints(before), after], `step ${step}`).toContainEqual(left);
      await scene.change().catch(() => undefined);
      expect(await treeOf(scene.folder), `step ${step}, again`).toEqual(after);
    }
  });
});

async function withFaults(scene: Scene, plan: Parameters<typeof faultyFiles>[1]): Promise<Error | undefined> {
  using _ = faultyFiles(scene.folder, plan);
  return await scene.change().then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
}
