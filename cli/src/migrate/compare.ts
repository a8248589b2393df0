import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Entry } from "@skills-registry/schema/basics";
import { agentFolders, type Place } from "../project/project.ts";
import { exists, mapFew, walk } from "../files.ts";

/** Written into a skill's folder by tools and systems, and part of no skill. */
const NOT_OF_THE_SKILL = new Set([
  ".clawhub",
  ".clawdhub",
  "_meta.json",
  ".DS_Store",
  "Thumbs.db",
  "desktop.ini",
  "__pycache__",
]);

/** Made by the import or publish of a skill that had none: it may be missing from a folder that is the same otherwise. */
const MAY_BE_MISSING = "package.json";

/** The folder that another tool has put a skill into; undefined where it is in none that is known. */
export async function findFolder(place: Place, root: string, name: string): Promise<string | undefined> {
  const folders = [join(root, ".agents/skills"), ...agentFolders(place), join(root, "skills")];
  for (const folder of folders) if (await exists(join(folder, name, "SKILL.md"))) return join(folder, name);
  return undefined;
}

/** Files in which a folder is not what would be placed, sorted; none when it is the same. */
export async function differences(folder: string, files: readonly Entry[]): Promise<string[]> {
  const wanted = new Map(files.map((file) => [file.path, file.data]));
  const found = await walk(folder, (_, name) => NOT_OF_THE_SKILL.has(name));
  const present = found.filter(({ type }) => type !== "directory");
  const differing = await mapFew(present, async ({ path, type, size }) => {
    const data = wanted.get(path);
    wanted.delete(path);
    const mayBeSame = type === "file" && size === data?.length;
    return mayBeSame && Buffer.compare(await readFile(join(folder, path)), data) === 0 ? [] : [path];
  });
  wanted.delete(MAY_BE_MISSING);
  return [...differing.flat(), ...wanted.keys()].toSorted();
}
