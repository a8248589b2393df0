import { readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { SkillsError, type Entry } from "@skills-registry/schema/basics";
import { z } from "zod";
import { mapFew, parseJson, readEntry, walk } from "../files.ts";

/** Left out by npm's packer at any depth, and by us, so that both see the same folder. */
const NEVER_PACKED = new Set([".git", ".svn", ".hg", "CVS", ".DS_Store", ".npmrc", "npm-debug.log"]);
/** The same for the top of a package only. */
const NEVER_PACKED_ON_TOP = new Set([
  "node_modules",
  "package-lock.json",
  "npm-shrinkwrap.json",
  "yarn.lock",
  "pnpm-lock.yaml",
  "bun.lock",
  "bun.lockb",
  "archived-packages",
]);
/** Files of editors and of macOS. */
const LEFTOVER = /^(\._.*|\..*\.swp|.*\.orig)$/;

/** More than any registry takes, in bytes: stops `skills publish ~` before the home folder fills the memory. */
const READ_LIMIT = 256 * 1024 * 1024;

/** A folder's files and links as npm would look at them for packing; folders themselves are not packed. */
export async function readFolder(folder: string): Promise<Entry[]> {
  const found = (await walk(folder, isNeverPacked)).filter(({ type }) => type !== "directory");
  const size = found.reduce((sum, { size }) => sum + size, 0);
  if (size > READ_LIMIT) {
    throw new SkillsError(
      "ESKILLTOOLARGE",
      `${folder} holds ${Math.round(size / 1024 / 1024)} MB, that is no skill`,
    );
  }
  return mapFew(found, (one) => readEntry(folder, one));
}

/** What packers leave out of every package, by its path below the top of the package. */
export function isNeverPacked(path: string, name: string): boolean {
  return NEVER_PACKED.has(name) || LEFTOVER.test(name) || (path === name && NEVER_PACKED_ON_TOP.has(name));
}

/**
 * The skill folders that an argument stands for: itself when it is a package or skill, or else the folders in it, or in
 * its `skills/`, that are. An argument with nothing of the kind stands for itself too, and fails with the right message.
 */
export async function expandFolder(folder: string): Promise<string[]> {
  const stats = await stat(folder).catch(() => undefined);
  if (stats === undefined) throw new SkillsError("EUSAGE", `there is no folder ${folder}`);
  if (!stats.isDirectory())
    throw new SkillsError("EUSAGE", `${folder} is a file; name the folder of the skill`);
  if (await isPackage(folder)) return [folder];
  const inside = [...(await packagesIn(folder)), ...(await packagesIn(join(folder, "skills")))];
  return inside.length === 0 ? [folder] : inside;
}

async function packagesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((): string[] => []);
  const folders = names.toSorted().filter((name) => !name.startsWith(".") && name !== "node_modules");
  const found = await Promise.all(folders.map((name) => isSkillFolder(join(folder, name))));
  return folders.filter((_, index) => found[index]).map((name) => join(folder, name));
}

/** A private package.json without a skill beside it is that of a repository, which is never published itself. */
async function isPackage(folder: string): Promise<boolean> {
  if (await isSkillFolder(folder)) return true;
  const text = await readFile(join(folder, "package.json"), "utf8").catch(() => undefined);
  return text !== undefined && !privatePackage.safeParse(parseJson(text)).success;
}

const privatePackage = z.object({ private: z.literal(true) });

/** True for a folder that is a skill, or has one in its `skills/`. */
export async function holdsSkills(folder: string): Promise<boolean> {
  return (await isSkillFolder(folder)) || (await packagesIn(join(folder, "skills"))).length > 0;
}

/** In any case: a skill.md that was left out without a word would never be found. */
async function isSkillFolder(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch((): string[] => []);
  return names.some((name) => name.toLowerCase() === "skill.md");
}
