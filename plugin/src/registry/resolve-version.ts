import { type PackageName, SkillsError } from "@skills-registry/schema";
import semver from "semver";
import type { MetadataReader, Package, Version, VersionSummary } from "../store/metadata.ts";
import { isLive, LATEST } from "./versions.ts";
import { goneVersion } from "./withdrawn.ts";

/** Longest text that can be a version, a dist-tag or a range of ours. */
const WISH_MAX = 256;

export interface ResolvedVersion {
  package: Package;
  version: Version;
  /** The wish was the version's own number: whatever is told of it stays true for ever. */
  exact: boolean;
}

/** The live version that a number, a dist-tag or a range names; that of `latest` without a wish. Throws ENOTFOUND, EQUARANTINED. */
export async function resolveVersion(
  reader: MetadataReader,
  wish: { name: PackageName; version?: string },
): Promise<ResolvedVersion> {
  const wanted = wish.version ?? LATEST;
  const found = await reader.package(wish.name.full);
  if (found === undefined) throw new SkillsError("ENOTFOUND", `there is no skill ${wish.name.full}`);
  const number = semver.valid(wanted) ?? (await numberOf(reader, found, wanted));
  const version = number === undefined ? undefined : await reader.version(found.id, number);
  if (version === undefined || !isLive(version)) {
    throw goneVersion(found.name, await reader.versions(found.id), wanted);
  }
  return { package: found, version, exact: wanted === version.version };
}

async function numberOf(reader: MetadataReader, found: Package, wanted: string): Promise<string | undefined> {
  const tags = await reader.distTags(found.id);
  const tag = tags.find((candidate) => candidate.tag === wanted);
  if (tag !== undefined) return tag.version;
  if (wanted.length > WISH_MAX || semver.validRange(wanted) === null) return undefined;
  const live = (await reader.versions(found.id)).filter(isLive);
  const latest = tags.find((candidate) => candidate.tag === LATEST)?.version;
  return (
    best(
      live.filter(({ deprecated }) => deprecated === null),
      latest,
      wanted,
    ) ?? best(live, latest, wanted)
  );
}

/** As npm resolves: what `latest` names wins over a higher version that fits, too; a deprecated one is the last resort. */
function best(versions: VersionSummary[], latest: string | undefined, range: string): string | undefined {
  const numbers = versions.map(({ version }) => version);
  if (latest !== undefined && numbers.includes(latest) && semver.satisfies(latest, range)) return latest;
  return semver.maxSatisfying(numbers, range) ?? undefined;
}
