import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { parseLock, readLock, type Lock, type LockedPackage } from "../project/lockfile.ts";
import { refuseEscape, type Place } from "../project/project.ts";
import { stateOf, type SkillState } from "./installed.ts";

/**
 * What this machine has placed: a copy of skills.lock as it was then, in a folder that git ignores. Git can bring another
 * skills.lock while the skills, which it may not know, stay as they are; by this file an older install is told from edits.
 * It is a hint: where it is missing, or older than the folders, skills.lock alone counts.
 */
const MEMORY = ".agents/.installed";
const LOCK = "skills.lock";

/** Empty where nothing was remembered, or nothing that can be read. */
export async function readPlaced(place: Place): Promise<Lock> {
  return readLock(fileOf(place)).catch(() => ({}));
}

/**
 * Written after the lock itself; should it fail, or be torn, only the hint is lost. The old folder is removed first: a cloned
 * repository may bring a link in its place, or in it, which would be written through.
 */
export async function rememberPlaced(place: Place, lock: string): Promise<void> {
  const folder = join(place.root, MEMORY);
  await refuseEscape(place, folder);
  await rm(folder, { recursive: true, force: true });
  if (Object.keys(parseLock(lock)).length === 0) return;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, ".gitignore"), "*\n", { flag: "wx" });
  await writeFile(join(folder, LOCK), lock, { flag: "wx" });
}

/** One package by the lock and by what was remembered. */
export interface Known {
  locked: LockedPackage | undefined;
  placed: LockedPackage | undefined;
}

/** The entry by which a package lies on the disk: that of the lock, unless the disk says otherwise. */
export async function standingEntry(place: Place, known: Known): Promise<LockedPackage | undefined> {
  const { locked, placed } = known;
  if (locked === undefined || placed === undefined) return locked ?? placed;
  if (isDeepStrictEqual(locked.skills, placed.skills) && isDeepStrictEqual(locked.placed, placed.placed))
    return locked;
  return (await worstState(place, locked)) === "ok" ? locked : placed;
}

/** The state of a whole package. */
export async function worstState(place: Place, entry: LockedPackage): Promise<SkillState> {
  const states = await Promise.all(Object.keys(entry.skills).map((skill) => stateOf(place, skill, entry)));
  if (states.includes("modified")) return "modified";
  return states.includes("missing") ? "missing" : "ok";
}

function fileOf({ root }: Place): string {
  return join(root, MEMORY, LOCK);
}
