import { mkdir, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeScratch, type Scratch } from "../../../test/support/cli.ts";
import { entriesOf } from "../../../test/support/skill.ts";
import { applyMerges } from "./apply-merges.ts";
import type { FileMerge } from "./merge-files.ts";

let scratch: Scratch;
beforeAll(async () => {
  scratch = await makeScratch();
});
afterAll(() => scratch[Symbol.asyncDispose]());

function added(path: string): FileMerge[] {
  return entriesOf({ [path]: "New." }).map((file) => ({ path, action: "added", file }));
}

it("writes nothing through a link, nor anything else then", async () => {
  const folder = await scratch.write("linked", { "a.md": "Ours." });
  await mkdir(join(scratch.project, "hooks"));
  await symlink(join(scratch.project, "hooks"), join(folder, "hooks.orig"));
  const merges = [...added("b.md"), ...added("hooks.orig/pre-commit")];
  await expect(applyMerges(folder, merges)).rejects.toThrow("hooks.orig is a link");
  expect(await readdir(join(scratch.project, "hooks"))).toEqual([]);
  expect((await readdir(folder)).toSorted()).toEqual(["a.md", "hooks.orig"]);
});

it("has a folder make way for a file of its name", async () => {
  const folder = await scratch.write("swapped", { "a/b/c.md": "Ours." });
  await applyMerges(folder, [...added("a"), { path: "a/b/c.md", action: "removed" }]);
  expect((await readdir(folder, { withFileTypes: true })).map((one) => [one.name, one.isFile()])).toEqual([
    ["a", true],
  ]);
});
