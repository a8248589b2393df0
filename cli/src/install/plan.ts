import { join } from "node:path";
import { writeTree } from "../files.ts";
import type { Place } from "../project/project.ts";
import { pathsOf, targetsOf } from "./installed.ts";
import { linkOrCopy } from "./link.ts";
import type { PackagePlan } from "./package-plan.ts";
import type { Change } from "./staging.ts";

export interface PlannedChanges {
  changes: Change[];
  /** Packages that a file system without links got copies of; complete when everything is staged. */
  copied: ReadonlySet<string>;
}

/** The folders and links that lead from what is there to what is planned. */
export async function planChanges(place: Place, packages: readonly PackagePlan[]): Promise<PlannedChanges> {
  const copied = new Set<string>();
  const written = (await Promise.all(packages.map((plan) => writes(place, plan, copied)))).flat();
  const removed = (await Promise.all(packages.map((plan) => removals(place, plan)))).flat();
  const paths = new Set(written.map(({ path }) => path));
  // What one package leaves another may take.
  return { changes: [...written, ...removed.filter(({ path }) => !paths.has(path))], copied };
}

async function writes(
  place: Place,
  { name: packageName, after, contents }: PackagePlan,
  copied: Set<string>,
): Promise<Change[]> {
  if (after === undefined) return [];
  const changes = contents.map(async ({ name, files }) => {
    const target = join(place.canonical, name);
    const copy = (staged: string): Promise<void> => writeTree(staged, files);
    const link = async (path: string, staged: string): Promise<void> => {
      if ((await linkOrCopy({ target, path, staged }, copy)) === "copy") copied.add(packageName);
    };
    const targets = await targetsOf(place, name, after);
    return targets.map(({ path, kind }): Change => {
      return { path, build: kind === "link" ? (staged) => link(path, staged) : copy };
    });
  });
  return (await Promise.all(changes)).flat();
}

/** Every folder that the lock says the package is in and that it is to be in no more. */
async function removals(place: Place, { action, before, after }: PackagePlan): Promise<Change[]> {
  if (before === undefined || action === "unchanged" || action === "kept") return [];
  const paths = await pathsOf(place, before);
  const kept = after === undefined ? [] : await pathsOf(place, after);
  return paths.filter((path) => !kept.includes(path)).map((path) => ({ path }));
}
