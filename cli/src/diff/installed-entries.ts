import { stat } from "node:fs/promises";
import { join } from "node:path";
import { SkillsError, type Entry } from "@skills-registry/schema/basics";
import { exists, mapFew, readEntry, walk } from "../files.ts";
import { isGenerated, isModified, targetsOf } from "../install/installed.ts";
import type { LockedPackage } from "../project/lockfile.ts";
import type { Place } from "../project/project.ts";
import { placedEntries } from "./placed-entries.ts";

/** Bytes of one skill's folder that are read; more is no skill, whatever was put into it. */
const READ_MAX = 256 * 1024 * 1024;

/** The files of a package as they lie here, with local edits; skills that are missing have none. */
export async function installedEntries(place: Place, entry: LockedPackage): Promise<Entry[]> {
  const placed = Object.keys(entry.skills).map(async (name) => {
    return { name, files: await readSkill(await folderOf(place, name, entry)) };
  });
  return placedEntries(await Promise.all(placed));
}

/** Where agents have copies of their own, the one that was edited; else the canonical one. */
async function folderOf(place: Place, skill: string, entry: LockedPackage): Promise<string> {
  const files = entry.skills[skill]?.files ?? {};
  for (const target of await targetsOf(place, skill, entry)) {
    const isFolder = await stat(target.path).then(
      (stats) => stats.isDirectory(),
      () => false,
    );
    if (isFolder && (await isModified(place, target, files))) return target.path;
  }
  return join(place.canonical, skill);
}

async function readSkill(folder: string): Promise<Entry[]> {
  if (!(await exists(folder))) return [];
  const found = (await walk(folder, isGenerated)).filter(({ type }) => type === "file");
  const size = found.reduce((sum, file) => sum + file.size, 0);
  if (size > READ_MAX) {
    const message = `${folder} holds ${Math.round(size / 1024 / 1024)} MB, that is no skill`;
    throw new SkillsError("ESKILLTOOLARGE", message);
  }
  return mapFew(found, (file) => readEntry(folder, file));
}
