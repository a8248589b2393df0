import { type ForkedFrom, SkillsError } from "@skills-registry/schema";
import semver from "semver";
import type { VersionSummary } from "../store/metadata.ts";
import { authorize } from "./authorize.ts";
import type { Caller } from "./caller.ts";
import type { Parts } from "./parts.ts";
import { isLive } from "./versions.ts";

/** A fork beside the skill that it was made from. */
export interface ForkState extends ForkedFrom {
  /** Highest version of the origin that a fork would take over; null when there is none, or no origin for the caller. */
  latest: string | null;
  /** Versions that the origin has above the one taken over; null when there is no origin for the caller. */
  behind: number | null;
}

/**
 * How far a fork is behind its origin. An origin that the caller may not read is told apart by nothing from one that is gone.
 * Only stable versions count that nobody has deprecated, unpublished or withdrawn: the others are none to catch up with.
 */
export async function forkState(
  parts: Parts,
  caller: Caller,
  forkedFrom: ForkedFrom | null,
): Promise<ForkState | null> {
  if (forkedFrom === null) return null;
  const { name, version } = forkedFrom;
  const readable = await readableName(parts, caller, name);
  const origin = readable === undefined ? undefined : await parts.metadata.package(readable);
  if (origin === undefined) return { name, version, latest: null, behind: null };
  const worth = (await parts.metadata.versions(origin.id))
    .filter(isWorthTaking)
    .map((found) => found.version);
  return {
    name: origin.name,
    version,
    latest: worth.toSorted(semver.rcompare)[0] ?? null,
    behind: worth.filter((candidate) => semver.gt(candidate, version)).length,
  };
}

/** By the name it has now: a skill that moved is the same skill. undefined for what the caller may not read, and for what is gone. */
async function readableName(parts: Parts, caller: Caller, name: string): Promise<string | undefined> {
  try {
    await authorize(parts, caller, { action: "read", package: name });
    return name;
  } catch (error) {
    if (!(error instanceof SkillsError)) throw error;
    if (error.code === "ENOTFOUND") return undefined;
    if (error.code === "ESKILLMOVED") return error.movedTo;
    throw error;
  }
}

function isWorthTaking(version: VersionSummary): boolean {
  return isLive(version) && version.deprecated === null && semver.prerelease(version.version) === null;
}
