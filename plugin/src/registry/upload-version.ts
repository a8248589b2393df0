import {
  type Entry,
  FIRST_VERSION,
  highestVersion,
  nextVersion,
  type PackageName,
  sameContent,
} from "@skills-registry/schema";
import type { MetadataReader } from "../store/metadata.ts";
import type { Library } from "./files.ts";
import { isLive, LATEST } from "./versions.ts";

/** The version of a skill that does not say one, and the published ones that it may be equal to. */
export async function freeVersion(
  reader: MetadataReader,
  name: PackageName,
): Promise<{ version: string; base: string[] }> {
  const found = await reader.package(name.full);
  const versions = found === undefined ? [] : await reader.versions(found.id);
  const tags = found === undefined ? [] : await reader.distTags(found.id);
  const taken = new Set(versions.map(({ version }) => version));
  const highest = highestVersion(versions.filter(isLive).map(({ version }) => version));
  const latest = tags.find(({ tag }) => tag === LATEST)?.version;
  const base = [highest, latest].filter((version) => version !== undefined);
  const isFirst = highest === undefined && !taken.has(FIRST_VERSION);
  return {
    version: isFirst ? FIRST_VERSION : nextVersion(taken, highest ?? FIRST_VERSION, "patch"),
    base: [...new Set(base)],
  };
}

/** The first of the versions that is published with exactly these files, whatever package.json says its version is. */
export async function sameAsPublished(
  library: Library,
  name: PackageName,
  wanted: { files: Entry[]; versions: string[] },
): Promise<{ name: string; rev: number; version: string } | undefined> {
  const { metadata } = library.parts;
  const found = await metadata.package(name.full);
  if (found === undefined) return undefined;
  for (const number of wanted.versions) {
    const version = await metadata.version(found.id, number);
    if (version === undefined || !isLive(version)) continue;
    if (!sameContent(wanted.files, await library.unpacked.entries(version))) continue;
    return { name: found.name, rev: found.rev, version: number };
  }
  return undefined;
}
