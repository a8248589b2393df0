import { appendFile, readdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeScratch, testWorld, type Scratch } from "../../../test/support/cli.ts";
import { makeUpstream, type Upstream } from "../../../test/support/upstream.ts";
import { createContext } from "../context.ts";
import { openLocal } from "./local.ts";
import type { SourceTree } from "./tree.ts";

let scratch: Scratch;
beforeAll(async () => {
  scratch = await makeScratch();
});
afterAll(() => scratch[Symbol.asyncDispose]());

function open(folder: string): Promise<SourceTree> {
  const context = createContext(testWorld({ cwd: folder, home: scratch.home }).world, {
    registry: undefined,
    json: false,
  });
  return openLocal(context, folder, undefined);
}

/** A filter that leaves `mark` behind, and a reason to run it. */
async function setTrap({ git, folder }: Upstream, filter: string, mark: string): Promise<void> {
  await git("config", `filter.${filter}.clean`, `touch ${join(scratch.project, mark)}; cat`);
  await git("config", `filter.${filter}.required`, "true");
  const attributes = await scratch.write(`attributes-${mark}`, { all: `* filter=${filter}\n` });
  await git("config", "core.attributesFile", join(attributes, "all"));
  await utimes(join(folder, "x/SKILL.md"), 1, 1);
}

test.each(["trap", "trap.x", "trap=1"])(
  "a folder with a repository of its own does not run its filter %s",
  async (filter) => {
    const repository = await makeUpstream(join(scratch.project, `with-${filter}`));
    const commit = await repository.commit({ "x/SKILL.md": "One." });
    await setTrap(repository, filter, `ran-${filter}`);
    const { origin, files } = await open(repository.folder);
    expect(origin.commit).toBe(filter.includes("=") ? undefined : commit);
    expect(files.map(({ path }) => path)).toEqual(["x/SKILL.md"]);
    expect(await readdir(scratch.project)).not.toContain(`ran-${filter}`);
    await repository.git("status");
    expect(await readdir(scratch.project)).toContain(`ran-${filter}`);
  },
);

test("a configuration too long to look for filters in ends the import", async () => {
  const repository = await makeUpstream(join(scratch.project, "wordy"));
  await repository.commit({ "x/SKILL.md": "One." });
  const section = `[filter "${"x".repeat(300_000)}"]\n`;
  await appendFile(join(repository.folder, ".git/config"), `${section}a=1\nb=1\nc=1\nd=1\n`);
  await setTrap(repository, "trap", "ran-wordy");
  await expect(open(repository.folder)).rejects.toThrow("larger than is imported");
  expect(await readdir(scratch.project)).not.toContain("ran-wordy");
});

test("a filter of a submodule is not run", async () => {
  const repository = await makeUpstream(join(scratch.project, "around"));
  const inner = await makeUpstream(join(repository.folder, "inner"));
  await inner.commit({ "x/SKILL.md": "One." });
  const commit = await repository.commit({ "y/SKILL.md": "One." });
  await setTrap(inner, "trap", "ran-inside");
  expect((await open(repository.folder)).origin).toMatchObject({ commit });
  expect(await readdir(scratch.project)).not.toContain("ran-inside");
  await repository.git("status");
  expect(await readdir(scratch.project)).toContain("ran-inside");
});

test("what git ignores is not taken from a folder with changes, and a repository in it is no folder of ours", async () => {
  const repository = await makeUpstream(join(scratch.project, "changed"));
  await repository.commit({ ".gitignore": "*.key\nbuilt/\n", "x/SKILL.md": "One.", "x/kept.key": "Ours." });
  await scratch.write("project/changed", {
    "x/new.md": "New.",
    "x/secret.key": "Mine.",
    "built/SKILL.md": "Mine.",
  });
  const nested = await makeUpstream(join(repository.folder, "x/nested"));
  await nested.commit({ "a.md": "Of another repository." });
  const { files, origin } = await open(repository.folder);
  expect(origin.commit).toBeUndefined();
  expect(files.map(({ path, type }) => [path, type])).toEqual([
    [".gitignore", "file"],
    ["x/SKILL.md", "file"],
    ["x/kept.key", "file"],
    ["x/nested", "other"],
    ["x/new.md", "file"],
  ]);
});

test("files that Git LFS keeps are read from the folder, where they are, and not from the commit, where they are not", async () => {
  const repository = await makeUpstream(join(scratch.project, "pulled"));
  await repository.commit({
    ".gitattributes": "*.bin filter=lfs\n",
    "x/SKILL.md": "One.",
    "x/a.bin": "Pulled.",
  });
  const { files, origin } = await open(repository.folder);
  expect(origin.commit).toBeUndefined();
  expect(files.map(({ path }) => path)).toContain("x/a.bin");
});
