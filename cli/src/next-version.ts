import compare from "semver/functions/compare.js";
import gt from "semver/functions/gt.js";
import inc from "semver/functions/inc.js";
import prerelease from "semver/functions/prerelease.js";
import valid from "semver/functions/valid.js";
import type { Packument } from "./registry.ts";

export type Bump = "patch" | "minor" | "major";
export const BUMPS = ["patch", "minor", "major"] as const satisfies readonly Bump[];

/** Version of a skill that was never published and does not say one itself. */
export const FIRST_VERSION = "1.0.0";

/** The version that a changed skill is measured against: the highest stable one, or the highest of all. */
export function highestVersion(packument: Packument | undefined): string | undefined {
  const versions = packument === undefined ? [] : sortedVersions(packument);
  return versions.findLast((version) => prerelease(version) === null) ?? versions.at(-1);
}

/** The versions of a package, the lowest first. What is no version is left out: nobody could install it. */
export function sortedVersions({ versions }: Packument): string[] {
  return Object.keys(versions)
    .filter((version) => valid(version) !== null)
    .toSorted(compare);
}

/**
 * The first free version one bump above the highest. `time` also lists versions that were unpublished, whose numbers stay
 * taken for ever.
 */
export function nextVersion(packument: Packument | undefined, from: string, bump: Bump): string {
  const taken = new Set([...Object.keys(packument?.versions ?? {}), ...Object.keys(packument?.time ?? {})]);
  let next = inc(from, bump);
  while (next !== null && taken.has(next)) next = inc(next, "patch");
  return next ?? FIRST_VERSION;
}

/** The higher of two versions; an absent one is the lowest. */
export function higherVersion(a: string, b: string | undefined): string {
  return b === undefined || gt(a, b) ? a : b;
}
