import {
  highestVersion as highest,
  nextVersion as next,
  sortVersions,
  type Bump,
} from "@skills-registry/schema";
import gt from "semver/functions/gt.js";
import type { Packument } from "../registry/registry.ts";

export const BUMPS = ["patch", "minor", "major"] as const satisfies readonly Bump[];

/** The version that a changed skill is measured against: the highest stable one, or the highest of all. */
export function highestVersion(packument: Packument | undefined): string | undefined {
  return highest(Object.keys(packument?.versions ?? {}));
}

/** The versions of a package, the lowest first. What is no version is left out: nobody could install it. */
export function sortedVersions({ versions }: Packument): string[] {
  return sortVersions(Object.keys(versions));
}

/** The first free version one bump above `from`. `time` also lists versions that were unpublished. */
export function nextVersion(packument: Packument | undefined, from: string, bump: Bump): string {
  const taken = new Set([...Object.keys(packument?.versions ?? {}), ...Object.keys(packument?.time ?? {})]);
  return next(taken, from, bump);
}

/** The higher of two versions; an absent one is the lowest. */
export function higherVersion(a: string, b: string | undefined): string {
  return b === undefined || gt(a, b) ? a : b;
}
