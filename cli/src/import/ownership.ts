import { highestVersion } from "../publish/next-version.ts";
import type { Packument } from "../registry/registry.ts";
import { repositoryKey } from "./address.ts";
import type { Origin } from "./tree.ts";

/** What is there already under the name that a candidate would get. */
export interface Claim {
  name: string;
  packument: Packument | undefined;
  /** Folder of the candidate, from the top of the repository. */
  path: string;
}

/** What an import goes by when it decides whether a skill is its own. */
export interface Importer {
  origin: Origin;
  /** Folders of everything that was found. */
  paths: ReadonlySet<string>;
  /** Takes over skills that came from elsewhere. */
  force: boolean;
}

/**
 * Why an import keeps off a skill that is there; undefined where it may publish. A skill is its own that was imported from the
 * same folder of the same repository, or from one that is no longer there. Anything else somebody wrote or imported on purpose:
 * the next version would replace it with another skill that happens to have its name.
 */
export function reasonToKeepOff({ name, packument, path }: Claim, importer: Importer): string | undefined {
  if (packument === undefined) return undefined;
  if (packument.name !== name) return `it is called ${packument.name} now`;
  const highest = highestVersion(packument);
  const published = highest === undefined ? undefined : packument.versions[highest];
  if (published === undefined || importer.force) return undefined;
  const from = published.skill?.importedFrom;
  if (from === undefined)
    return `${name}@${published.version} was published by hand; --force publishes over it`;
  const isSame = repositoryKey(from.repository) === repositoryKey(importer.origin.repository);
  if (isSame && (from.path === path || hasGone(from.path, importer))) return undefined;
  const where = from.path === "" ? from.repository : `${from.path} of ${from.repository}`;
  return `${name}@${published.version} was imported from ${where}; --force publishes over it`;
}

/** True for a folder that would have been seen if it still held a skill. */
function hasGone(path: string, { origin, paths }: Importer): boolean {
  const isInView = origin.path === "" || path.startsWith(`${origin.path}/`);
  return isInView && !paths.has(path);
}
