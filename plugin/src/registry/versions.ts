import { SkillsError } from "@skills-registry/schema";
import semver from "semver";
import type { DistTag, VersionSummary } from "../store/metadata.ts";

export const LATEST = "latest";

/** Tag names as npm allows them: nothing that could be read as a range, nothing that needs escaping in a URL. */
const TAG = /^[a-zA-Z][\w.-]{0,99}$/;

/** Throws EBADREQUEST for names that cannot be a dist-tag. */
export function parseTag(text: string): string {
  if (isTag(text)) return text;
  throw new SkillsError("EBADREQUEST", `"${text.slice(0, 60)}" cannot be a dist-tag`, {
    hint: "Tags start with a letter and do not look like a version, for example beta.",
  });
}

export function isTag(text: string): boolean {
  return TAG.test(text) && semver.validRange(text) === null;
}

export function findVersion(versions: VersionSummary[], version: string): VersionSummary | undefined {
  return versions.find((candidate) => candidate.version === version);
}

/** People can have it: neither unpublished by its owners nor withdrawn by an operator. */
export function isLive(version: VersionSummary): boolean {
  return version.unpublishedAt === null && version.quarantine === null;
}

/** The first patch above `version` that was never published. */
export function nextFree(versions: VersionSummary[], version: string): string {
  const taken = new Set(versions.map((known) => known.version));
  const next = semver.parse(version, {}, true).inc("patch");
  while (taken.has(next.version)) next.inc("patch");
  return next.version;
}

/**
 * Where `latest` goes after a publish; undefined when it stays.
 * It follows the highest stable version published without a tag of its own, until a person sets it by hand.
 */
export function latestAfterPublish(tags: DistTag[], version: string, tag: string): DistTag | undefined {
  const current = tags.find((candidate) => candidate.tag === LATEST);
  const moved = { tag: LATEST, version, manual: false };
  if (current === undefined) return moved;
  if (current.manual || tag !== LATEST) return undefined;
  return isPreferred(version, current.version) ? moved : undefined;
}

/** The version `latest` names when nobody set it: the highest stable one, else the highest; those under other tags come last. */
export function automaticLatest(versions: VersionSummary[], tags: DistTag[]): string | undefined {
  const tagged = new Set(tags.filter((tag) => tag.tag !== LATEST).map((tag) => tag.version));
  const live = versions.filter(isLive).map((version) => version.version);
  const untagged = live.filter((version) => !tagged.has(version));
  const candidates = untagged.length > 0 ? untagged : live;
  return candidates.reduce<string | undefined>(
    (best, version) => (best === undefined || isPreferred(version, best) ? version : best),
    undefined,
  );
}

/** Stable before prerelease, then the higher one. */
function isPreferred(version: string, over: string): boolean {
  const stable = semver.prerelease(version) === null;
  const overStable = semver.prerelease(over) === null;
  return stable === overStable ? semver.gt(version, over) : stable;
}
