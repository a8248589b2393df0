import compare from "semver/functions/compare.js";
import inc from "semver/functions/inc.js";
import prerelease from "semver/functions/prerelease.js";
import valid from "semver/functions/valid.js";

/** How a version is chosen for a skill that does not say one: the same by `skills publish` and by an upload. */

export type Bump = "patch" | "minor" | "major";

/** Version of a skill that was never published and does not say one itself. */
export const FIRST_VERSION = "1.0.0";

/** The version that a changed skill is measured against: the highest stable one, or the highest of all. */
export function highestVersion(versions: readonly string[]): string | undefined {
  const sorted = sortVersions(versions);
  return sorted.findLast((version) => prerelease(version) === null) ?? sorted.at(-1);
}

/** The versions, the lowest first. What is no version is left out: nobody could install it. */
export function sortVersions(versions: readonly string[]): string[] {
  return versions.filter((version) => valid(version) !== null).toSorted(compare);
}

/** The first free version one bump above `from`. Numbers of unpublished versions stay taken for ever. */
export function nextVersion(taken: ReadonlySet<string>, from: string, bump: Bump): string {
  let next = inc(from, bump);
  while (next !== null && taken.has(next)) next = inc(next, "patch");
  return next ?? FIRST_VERSION;
}
