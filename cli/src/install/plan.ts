import { realpath, symlink } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import type { Entry } from "@skills-registry/schema";
import type { Unpacked } from "../registry/fetch-skill.ts";
import { writeTree } from "../files.ts";
import { targetsOf } from "./installed.ts";
import type { LockedPackage } from "../project/lockfile.ts";
import type { Place } from "../project/project.ts";
import type { Change } from "./staging.ts";

/** The folders and links that lead from one lock entry to the next. */
export async function planChanges(
  place: Place,
  { skills, entries }: Unpacked,
  { before, after }: { before: LockedPackage | undefined; after: LockedPackage },
): Promise<Change[]> {
  const changes: Change[] = [];
  for (const { root, manifest } of skills) {
    const files = filesOf(entries, root);
    const canonical = join(place.canonical, manifest.name);
    for (const { path, kind } of await targetsOf(place, manifest.name, after)) {
      changes.push({
        path,
        build: kind === "link" ? linkTo(canonical, path) : (staged) => writeTree(staged, files),
      });
    }
  }
  const gone = Object.keys(before?.skills ?? {}).filter((skill) => !Object.hasOwn(after.skills, skill));
  return before === undefined ? changes : [...changes, ...(await planRemoval(place, gone, before))];
}

/** The removal of skills from every folder that the lock says they are in. */
export async function planRemoval(place: Place, skills: string[], entry: LockedPackage): Promise<Change[]> {
  const targets = await Promise.all(skills.map((skill) => targetsOf(place, skill, entry)));
  return targets.flat().map(({ path }) => ({ path }));
}

/** The files of one skill of a package, with their paths below its folder. */
export function filesOf(entries: Entry[], root: string): Entry[] {
  const prefix = root === "" ? "" : `${root}/`;
  return entries
    .filter((entry) => entry.type === "file" && entry.path.startsWith(prefix))
    .map((entry) => ({ ...entry, path: entry.path.slice(prefix.length) }));
}

function linkTo(canonical: string, path: string): (staged: string) => Promise<void> {
  return async (staged) => {
    // Relative, so that the project can move; between real folders, since an agent's folder may itself be a link.
    const [from, to] = await Promise.all([realpath(dirname(path)), realpath(dirname(canonical))]);
    await symlink(relative(from, join(to, basename(canonical))), staged, "dir");
  };
}
