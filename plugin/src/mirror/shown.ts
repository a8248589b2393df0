import { type PackageName, printable } from "@skills-registry/schema";
import semver from "semver";
import { isTag } from "../registry/versions.ts";
import type { Visibility } from "../store/identity.ts";
import type { Version } from "../store/metadata.ts";
import type { Packument, WithdrawnDocument } from "./upstream-documents.ts";

/** A skill as another registry shows it. Nothing of it is proved. */
export interface Shown {
  name: PackageName;
  visibility: Visibility;
  /** In the order of their publishing. */
  versions: ShownVersion[];
  /** Taken away by operators there. */
  withdrawn: WithdrawnDocument["withdrawn"];
  tags: Record<string, string>;
}

export interface ShownVersion extends Pick<
  Version,
  "version" | "integrity" | "publishedAt" | "publisher" | "provenance" | "publishedAs" | "deprecated"
> {
  signatures: Version["signature"][];
  /** What is wrong with it, whatever its bytes are; null when nothing is. */
  fault: string | null;
}

/** Characters of a message that people read in their terminals. */
const MESSAGE_MAX = 1024;

/** Reads a packument. What is wrong with one version is noted there, and leaves the others alone. */
export function toShown(
  name: PackageName,
  packument: Packument,
  { visibility, withdrawn }: Pick<Shown, "visibility" | "withdrawn">,
): Shown {
  const versions = Object.entries(packument.versions).map(([number, version]): ShownVersion => {
    const { dist, _npmUser, provenance, deprecated, skillReport } = version;
    const publishedAt = packument.time[number];
    return {
      version: number,
      integrity: dist.integrity,
      publishedAt: publishedAt === undefined ? "" : new Date(publishedAt).toISOString(),
      publisher: _npmUser.name,
      provenance,
      publishedAs: skillReport.publishedAs === name.full ? null : (skillReport.publishedAs ?? null),
      deprecated: deprecated === null || deprecated === "" ? null : oneLine(deprecated),
      signatures: dist.signatures,
      fault: faultOf(name, { ...version, number, publishedAt }),
    };
  });
  return {
    name,
    visibility,
    versions: versions.toSorted((one, other) => one.publishedAt.localeCompare(other.publishedAt)),
    withdrawn: withdrawn.map(({ version, at, reason }) => ({ version, at, reason: oneLine(reason) })),
    tags: Object.fromEntries(Object.entries(packument["dist-tags"]).filter(([tag]) => isTag(tag))),
  };
}

/** Numbers that the packument knows and does not show: unpublished, or withdrawn. */
export function hiddenNumbers({ time, versions }: Packument): string[] {
  return Object.keys(time).filter((key) => semver.valid(key) !== null && !Object.hasOwn(versions, key));
}

/** Confused names would let a signature of one version stand under another. */
function faultOf(
  { full }: PackageName,
  found: {
    number: string;
    name: string;
    version: string;
    publishedAt: string | undefined;
    _npmUser: { name: string };
  },
): string | null {
  if (found.name !== full || found.version !== found.number)
    return "the packument has another version in its place";
  if (semver.valid(found.number) !== found.number) return "its number is no version";
  if (found.publishedAt === undefined) return "the packument does not say when it was published";
  return printable(found._npmUser.name) === found._npmUser.name
    ? null
    : "the name of its publisher cannot be shown";
}

/** Every installer has it in their terminal: nothing in it may drive one. */
function oneLine(text: string): string {
  return printable(text).slice(0, MESSAGE_MAX);
}
