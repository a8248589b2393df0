import { dirname, join, resolve } from "node:path";
import { readLock } from "../project/lockfile.ts";
import { agentFolders, type Place } from "../project/project.ts";

/** Every folder that we may ever write a skill to: those of the agents, and those that the lock says we wrote to. */
export async function writableFolders(place: Place): Promise<string[]> {
  // A lockfile that cannot be read names none; the command that comes after says what is wrong with it.
  const lock = await readLock(place.lockFile).catch(() => ({}));
  const placed = Object.values(lock).flatMap((entry) => entry.placed);
  return [...new Set([...agentFolders(place), ...placed.map((folder) => resolve(place.root, folder))])];
}

/** Every file beside skills.lock that we write wishes to. */
export function writableFiles({ root, global, lockFile }: Place): string[] {
  return [join(dirname(lockFile), "skills.json"), ...(global ? [] : [join(root, "package.json")])];
}
