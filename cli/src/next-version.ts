import semver from "semver";
import type { Packument } from "./registry.ts";

export type Bump = "patch" | "minor" | "major";
export const BUMPS = ["patch", "minor", "major"] as const satisfies readonly Bump[];

/** Version of a skill that was never published and does not say one itself. */
export const FIRST_VERSION = "1.0.0";

/** The version that a changed skill is measured against: the highest stable one, or the highest of all. */
export function highestVersion(packument: Packument | undefined): string | undefined {
  const versions = Object.keys(packument?.versions ?? {}).filter((version) => semver.valid(version) !== null);
  const stable = versions.filter((version) => semver.prerelease(version) === null);
  return (stable.length > 0 ? stable : versions).toSorted(semver.compare).at(-1);
}

/**
 * The first free version one bump above the highest. `time` also lists versions that were unpublished, whose numbers stay
 * taken for ever.
 */
export function nextVersion(packument: Packument | undefined, from: string, bump: Bump): string {
  const taken = new Set([...Object.keys(packument?.versions ?? {}), ...Object.keys(packument?.time ?? {})]);
  let next = semver.inc(from, bump);
  while (next !== null && taken.has(next)) next = semver.inc(next, "patch");
  return next ?? FIRST_VERSION;
}

/** The higher of two versions; an absent one is the lowest. */
export function higherVersion(a: string, b: string | undefined): string {
  return b === undefined || semver.gt(a, b) ? a : b;
}
