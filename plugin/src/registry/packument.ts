import { isError } from "@skills-registry/schema";
import type { DistTag, MetadataReader, Package, VersionSummary } from "../store/metadata.ts";
import { maintainerNames } from "./owners.ts";
import { isLive, LATEST } from "./versions.ts";
import { goneSkill, withdrawnOf, type WithdrawnVersion } from "./withdrawn.ts";

/** A packument without the addresses of its tarballs, which depend on the host the reader asked. */
export interface PackumentSource {
  package: Package;
  /** Live versions, oldest first; never empty. */
  versions: VersionSummary[];
  /** Those that an operator has withdrawn, the last one first. */
  withdrawn: WithdrawnVersion[];
  /** When each version was published, by number, unpublished ones included: their numbers stay taken. */
  published: Record<string, string>;
  tags: DistTag[];
  /** Names of the skill's own owners. */
  owners: string[];
  /** SKILL.md of `latest`. */
  readme: string;
  /** Address of the registry that it is copied from; null for one of our own. */
  mirroredFrom: string | null;
}

/** What every document of a skill says of it. */
export type Owned = Pick<PackumentSource, "package" | "owners">;

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
    withdrawn: withdrawnOf(all),
    published,
    tags,
    owners: await reader.packageOwners(found.id),
    readme: shown?.readme ?? "",
    mirroredFrom: (await reader.mirror(found.namespace))?.url ?? null,
  };
}

/** Throws ENOTFOUND where `readPackument` finds nothing, EQUARANTINED where an operator has withdrawn what there was. */
export async function requirePackument(reader: MetadataReader, name: string): Promise<PackumentSource> {
  const found = await reader.package(name);
  const source = found && (await readPackument(reader, found));
  if (source === undefined) throw goneSkill(name, found === undefined ? [] : await reader.versions(found.id));
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
      versions.map((version) => [version.version, versionDocument(source, version, baseUrl)]),
    ),
    time: {
      created: found.createdAt,
      modified: found.modifiedAt,
      ...source.published,
    },
    maintainers: maintainersOf(source),
    readme: source.readme,
    readmeFilename: "SKILL.md",
    ...(source.mirroredFrom === null ? {} : { mirroredFrom: source.mirroredFrom }),
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

/** One version as npm shows it. `skillReport` holds the warnings, the findings its author waived, and the name in a tarball that is older than the skill's. */
export function versionDocument(
  owned: Owned,
  version: VersionSummary,
  baseUrl: string,
): Record<string, unknown> {
  const { package: found } = owned;
  return {
    ...version.manifest,
    _id: `${found.name}@${version.version}`,
    name: found.name,
    version: version.version,
    dist: distOf(found, version, baseUrl),
    maintainers: maintainersOf(owned),
    ...publication(version),
    skillReport: {
      warnings: version.warnings.filter((issue) => !isError(issue)),
      waived: version.warnings.filter(isError),
      ...(version.publishedAs === null ? {} : { publishedAs: version.publishedAs }),
    },
    ...deprecation(version),
  };
}

/** Who published it, and what is certain of its build. pnpm looks for `trustedPublisher`. */
function publication({ publisher, provenance }: VersionSummary): Record<string, unknown> {
  const npmUser = { name: publisher, email: "" };
  if (provenance === null) return { _npmUser: npmUser };
  return { _npmUser: { ...npmUser, trustedPublisher: { id: provenance.issuer } }, provenance };
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

/** `npm owner ls`. Addresses stay private; npm needs the field to be there. */
function maintainersOf({ package: { namespace }, owners }: Owned): { name: string; email: string }[] {
  return maintainerNames(namespace, owners).map((name) => ({ name, email: "" }));
}

function deprecation(version: VersionSummary): { deprecated?: string } {
  return version.deprecated === null ? {} : { deprecated: version.deprecated };
}

function tagsOf(tags: DistTag[]): Record<string, string> {
  return Object.fromEntries(tags.map((tag) => [tag.tag, tag.version]));
}
