import { randomBytes } from "node:crypto";
import { mkdir, rename, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SkillsError, type Entry } from "@skills-registry/schema/basics";
import { settle, writeDurably } from "../files.ts";
import type { FileMerge } from "./merge-files.ts";

/** Brings the files of a fork to what a merge says. Throws ESKILLCLASH, with nothing changed, for a path that a link leads elsewhere. */
export async function applyMerges(folder: string, merges: readonly FileMerge[]): Promise<void> {
  const written = merges.flatMap(({ path, file }) => (file === undefined ? [] : [{ path, file }]));
  for (const { path } of written) await refuseLinks(folder, path);
  // A folder makes way for a file of its name.
  for (const { path, action } of merges) if (action === "removed") await remove(folder, path);
  for (const { path, file } of written) await write(join(folder, path), file);
}

/** What packers leave out is not among our files, and could be a link all the same. */
async function refuseLinks(folder: string, path: string): Promise<void> {
  const parent = dirname(path);
  if ((await settle(join(folder, parent))) === join(await settle(folder), parent)) return;
  throw new SkillsError("ESKILLCLASH", `${parent} is a link, and the origin has ${path} in it`, {
    hint: "Remove the link, and try again. Nothing was changed.",
  });
}

/** With the folders around it that are empty then. */
async function remove(folder: string, path: string): Promise<void> {
  await rm(join(folder, path));
  for (let parent = dirname(path); parent !== "."; parent = dirname(parent)) {
    const isEmptied = await rmdir(join(folder, parent)).then(
      () => true,
      () => false,
    );
    if (!isEmptied) return;
  }
}

async function write(target: string, file: Entry): Promise<void> {
  const staged = `${target}.partial-${randomBytes(6).toString("hex")}`;
  await mkdir(dirname(target), { recursive: true });
  try {
    await writeDurably(staged, file);
    await rename(staged, target);
  } catch (error) {
    await rm(staged, { force: true });
    throw error;
  }
}
