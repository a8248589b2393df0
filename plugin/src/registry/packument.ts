import { isError, SkillsError } from "@skills-registry/schema";
import type { DistTag, MetadataReader, Package, VersionSummary } from "../store/metadata.ts";
import { isLive, LATEST } from "./versions.ts";

/** A packument without the addresses of its tarballs, which depend on the host the reader asked. */
export interface PackumentSource {
  package: Package;
  /** Live versions, oldest first; never empty. */
  versions: VersionSummary[];
  /** When each version was published, by number, unpublished ones included: their numbers stay taken. */
  published: Record<string, string>;
  tags: DistTag[];
  /** SKILL.md of `latest`. */
  readme: string;
}

/**
 * Everything a packument shows; undefined when the package has no live version: it does not exist for readers.
 * Read again when it changed meanwhile: `latest` of one state may name a version that another does not have.
 */
export async function readPackument(
  reader: MetadataReader,
  found: Package,
): Promise<PackumentSource | undefined> {
  const source = await readParts(reader, found);
  const current = await reader.package(found.name);
  return current === undefined || current.rev === found.rev ? source : await readPackument(reader, current);
}

async function readParts(reader: MetadataReader, found: Package): Promise<PackumentSource | undefined> {
  const all = await reader.versions(found.id);
  const versions = all.filter(isLive);
  if (versions.length === 0) return undefined;
  const published = Object.fromEntries(all.map((version) => [version.version, version.publishedAt]));
  const tags = await reader.distTags(found.id);
  const latest = tags.find((tag) => tag.tag === LATEST);
  const shown = latest && (await reader.version(found.id, latest.version));
  return {
    package: found,
    versions,
    published,
    tags,
    readme: shown?.readme ?? "",
  };
}

/** Throws ENOTFOUND where `readPackument` finds nothing. */
export async function requirePackument(reader: MetadataReader, name: string): Promise<PackumentSource> {
  const found = await reader.package(name);
  const source = found && (await readPackument(reader, found));
  if (source === undefined) throw new SkillsError("ENOTFOUND", `there is no skill ${name}`);
  return source;
}

/** What `GET /:package` answers: npm's packument, with our `skill` fields in every version. */
export function fullPackument(source: PackumentSource, baseUrl: string): Record<string, unknown> {
  const { package: found, versions, tags } = source;
  const latest = versions.find((version) => version.version === tagsOf(tags)[LATEST]);
  const { skill: _skill, skills: _skills, version: _version, ...described } = latest?.manifest ?? {};
  return {
    ...described,
    _id: found.name,
    _rev: String(found.rev),
    name: found.name,
    "dist-tags": tagsOf(tags),
    versions: Object.fromEntries(
      versions.map((version) => [version.version, versionDocument(found, version, baseUrl)]),
    ),
    time: {
      created: found.createdAt,
      modified: found.modifiedAt,
      ...source.published,
    },
    maintainers: maintainersOf(found),
    readme: source.readme,
    readmeFilename: "SKILL.md",
  };
}

/** What installers ask for (`application/vnd.npm.install-v1+json`): only what resolving needs. */
export function abbreviatedPackument(source: PackumentSource, baseUrl: string): Record<string, unknown> {
  const { package: found, versions, tags } = source;
  return {
    name: found.name,
    modified: found.modifiedAt,
    "dist-tags": tagsOf(tags),
    versions: Object.fromEntries(
      versions.map((version) => [version.version, abbreviatedVersion(found, version, baseUrl)]),
    ),
  };
}

/** One version as npm shows it. `skillReport` holds the warnings and the findings its author waived. */
export function versionDocument(
  found: Package,
  version: VersionSummary,
  baseUrl: string,
): Record<string, unknown> {
  return {
    ...version.manifest,
    _id: `${found.name}@${version.version}`,
    name: found.name,
    version: version.version,
    dist: distOf(found, version, baseUrl),
    maintainers: maintainersOf(found),
    _npmUser: { name: version.publisher, email: "" },
    skillReport: {
      warnings: version.warnings.filter((issue) => !isError(issue)),
      waived: version.warnings.filter(isError),
    },
    ...deprecation(version),
  };
}

function abbreviatedVersion(
  found: Package,
  version: VersionSummary,
  baseUrl: string,
): Record<string, unknown> {
  const { dependencies, optionalDependencies, peerDependencies, engines } = version.manifest;
  return {
    name: found.name,
    version: version.version,
    dependencies,
    optionalDependencies,
    peerDependencies,
    engines,
    dist: distOf(found, version, baseUrl),
    ...deprecation(version),
  };
}

function distOf(found: Package, version: VersionSummary, baseUrl: string): Record<string, unknown> {
  return {
    integrity: version.integrity,
    shasum: version.shasum,
    tarball: tarballUrl(found.name, version.version, baseUrl),
    fileCount: version.fileCount,
    unpackedSize: version.unpackedSize,
    signatures: [version.signature],
  };
}

/** Where clients get the tarball. `baseUrl` is the registry as they see it. */
export function tarballUrl(packageName: string, version: string, baseUrl: string): string {
  return `${baseUrl}/${packageName}/-/${tarballName(packageName, version)}`;
}

/** `legal-documents-1.0.0.tgz`, npm's name for the tarball of a version. */
export function tarballName(packageName: string, version: string): string {
  return `${packageName.slice(packageName.indexOf("/") + 1)}-${version}.tgz`;
}

/** The account the namespace belongs to; its address stays private (npm needs the field to be there). */
function maintainersOf(found: Package): { name: string; email: string }[] {
  return [{ name: found.namespace, email: "" }];
}

function deprecation(version: VersionSummary): { deprecated?: string } {
  return version.deprecated === null ? {} : { deprecated: version.deprecated };
}

function tagsOf(tags: DistTag[]): Record<string, string> {
  return Object.fromEntries(tags.map((tag) => [tag.tag, tag.version]));
}
