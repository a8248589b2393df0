import { cp, mkdir, rm, rmdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { LockedPackage } from "../project/lockfile.ts";
import { refuseEscape, type Place } from "../project/project.ts";
import { isModified, targetsOf } from "./installed.ts";
import type { PackagePlan } from "./package-plan.ts";

/** Folder of the copies, below the root: agents do not read it. */
const BACKUPS = ".agents/backups";

/**
 * Copies every edited skill that is about to be overwritten or removed to a folder of its own. Resolves to the paths of the
 * copies; `undo` takes them away again.
 */
export async function backUpEdits(
  place: Place,
  packages: readonly PackagePlan[],
  now: Date,
): Promise<{ copies: string[]; undo: () => Promise<void> }> {
  const changed = packages.filter(({ action }) => action !== "unchanged" && action !== "kept");
  const edited = (await Promise.all(changed.map(({ before }) => editedPaths(place, before)))).flat();
  if (edited.length === 0) return { copies: [], undo: async () => {} };
  const stamp = now.toISOString().replace(/[:.]/g, "-");
  const folder = join(place.root, BACKUPS, stamp);
  await refuseEscape(place, folder);
  const undo = await openBackups(folder);
  const copies: string[] = [];
  try {
    for (const [index, path] of edited.entries()) {
      // Copies of one skill in several agents' folders can have different edits.
      const copy = join(folder, index === 0 ? basename(path) : `${basename(path)}-${index + 1}`);
      await cp(path, copy, { recursive: true, verbatimSymlinks: true });
      copies.push(copy);
    }
  } catch (error) {
    await undo();
    throw error;
  }
  return { copies, undo };
}

/** Makes the folder of one command's copies. Git ignores all of them: they are somebody's, not the project's. */
async function openBackups(folder: string): Promise<() => Promise<void>> {
  const all = dirname(folder);
  const ignore = join(all, ".gitignore");
  const topmost = await mkdir(folder, { recursive: true });
  const undo = async (): Promise<void> => {
    await rm(folder, { recursive: true, force: true });
    if (topmost === folder) return;
    await rm(ignore, { force: true });
    for (let made = all; made.startsWith(topmost ?? made); made = dirname(made)) {
      if (
        await rmdir(made).then(
          () => false,
          () => true,
        )
      )
        return;
    }
  };
  try {
    if (topmost !== folder) await writeFile(ignore, "*\n");
  } catch (error) {
    await undo();
    throw error;
  }
  return undo;
}

async function editedPaths(place: Place, before: LockedPackage | undefined): Promise<string[]> {
  if (before === undefined) return [];
  const paths: string[] = [];
  for (const [skill, { files }] of Object.entries(before.skills)) {
    for (const target of await targetsOf(place, skill, before))
      if (await isModified(place, target, files)) paths.push(target.path);
  }
  return paths;
}
