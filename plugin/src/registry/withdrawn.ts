import { SkillsError } from "@skills-registry/schema";
import semver from "semver";
import type { Quarantine, VersionSummary } from "../store/metadata.ts";
import { isLive } from "./versions.ts";

/** A version that an operator has taken away from everybody. */
export type WithdrawnVersion = VersionSummary & { quarantine: Quarantine };

/** The withdrawn ones, the last withdrawn first. */
export function withdrawnOf(versions: VersionSummary[]): WithdrawnVersion[] {
  return versions.filter(isWithdrawn).toSorted((a, b) => b.quarantine.at.localeCompare(a.quarantine.at));
}

function isWithdrawn(version: VersionSummary): version is WithdrawnVersion {
  return version.unpublishedAt === null && version.quarantine !== null;
}

/** Throws EQUARANTINED, with the reason, for a version that an operator has withdrawn. */
export function refuseWithdrawn(name: string, version: VersionSummary): void {
  if (isWithdrawn(version)) throw withdrawn(name, version);
}

/** What whoever asks for a skill without a live version is told: why the last one was withdrawn, else ENOTFOUND. */
export function goneSkill(name: string, versions: VersionSummary[]): SkillsError {
  const [last] = withdrawnOf(versions);
  return last === undefined
    ? new SkillsError("ENOTFOUND", `there is no skill ${name}`)
    : withdrawn(name, last);
}

/** The same for a number, dist-tag or range that no live version fits. */
export function goneVersion(name: string, versions: VersionSummary[], wanted: string): SkillsError {
  const last = withdrawnOf(versions).find((version) => fits(version, wanted));
  if (last !== undefined) return withdrawn(name, last);
  return versions.some(isLive)
    ? new SkillsError("ENOTFOUND", `${name} has no version ${JSON.stringify(wanted.slice(0, SHOWN_MAX))}`)
    : goneSkill(name, versions);
}

/** Characters of what was asked for that an error shows. */
const SHOWN_MAX = 60;
/** Longest text that is read as a range. */
const RANGE_MAX = 256;

function fits({ version, quarantine }: WithdrawnVersion, wanted: string): boolean {
  const isTag = quarantine.tags.some(({ tag }) => tag === wanted);
  return isTag || (wanted.length <= RANGE_MAX && semver.satisfies(version, wanted));
}

function withdrawn(name: string, { version, quarantine: { at, reason } }: WithdrawnVersion): SkillsError {
  return new SkillsError("EQUARANTINED", `${name}@${version} was withdrawn on ${at.slice(0, 10)}: ${reason}`);
}
