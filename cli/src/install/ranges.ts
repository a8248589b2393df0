import satisfies from "semver/functions/satisfies.js";
import validRange from "semver/ranges/valid.js";
import type { Versions } from "../registry/registry.ts";

/** True for a version or range; everything else names a dist-tag. */
export function isRange(text: string): boolean {
  return validRange(text) !== null;
}

/** Whether a version is in a range. A dist-tag says nothing of a version: only the registry knows what it means today. */
export function isInRange(version: string, range: string): boolean {
  return !isRange(range) || satisfies(version, range);
}

/**
 * The packument reduced to the versions in all of the ranges, and the one wish that is left to npm's rules. A tag leaves its
 * version alone, if the ranges beside it allow that.
 */
export function satisfying(packument: Versions, ranges: string[]): { matching: Versions; wanted: string } {
  const tag = ranges.find((range) => !isRange(range));
  const wanted = tag ?? ranges[0] ?? "*";
  if (ranges.length <= 1) return { matching: packument, wanted };
  const kept = Object.entries(packument.versions).filter(([version]) =>
    ranges.every((range) => isInRange(version, range)),
  );
  return { matching: { ...packument, versions: Object.fromEntries(kept) }, wanted };
}
