import { SkillsError, type Issue, type SkillAnswer, type VersionAnswer } from "@skills-registry/schema";
import { findSkill, findVersion, pageAddress } from "../registry/api.ts";
import type { SkillSpec } from "../registry/fetch-skill.ts";
import { sortedVersions } from "../publish/next-version.ts";
import type { NpmOptions } from "../registry/npm.ts";
import {
  findPackument,
  resolveVersion,
  type Packument,
  type PublishedVersion,
} from "../registry/registry.ts";

type Provenance = NonNullable<VersionAnswer["provenance"]>;

/** The document of `skills info --json`. What only our own registry knows is null for others. */
export interface SkillInfo {
  name: string;
  version: string;
  description: string;
  license: string | null;
  publisher: string | null;
  /** Where it was built, as the registry has verified; null for what a person published. */
  provenance: Provenance | null;
  /** ISO time. */
  published: string | null;
  deprecated: string | null;
  visibility: "public" | "restricted" | null;
  tags: Record<string, string>;
  /** Highest first. */
  versions: string[];
  /** Of the last 30 days, of all versions. */
  downloads: number | null;
  likes: number | null;
  liked: boolean | null;
  /** Bytes of the tarball. */
  size: number | null;
  unpackedSize: number | null;
  fileCount: number | null;
  /** Tokens, about: what an agent always reads, and what it reads when the skill is used. */
  context: { description: number; body: number } | null;
  agents: string[];
  compatibility: string | null;
  skills: { path: string; name: string; description: string }[];
  dependencies: Record<string, string>;
  dependents: string[] | null;
  repository: string | null;
  homepage: string | null;
  bugs: string | null;
  /** Where changes are sent. */
  contribute: string | null;
  /** Where the files come from, as the publisher states it; nobody has proved it. */
  importedFrom: VersionAnswer["importedFrom"];
  /** What it was made from, and how far it is behind. */
  forkedFrom: VersionAnswer["forkedFrom"];
  warnings: Issue[] | null;
  /** Versions that an operator of the registry has taken away from everybody. */
  withdrawn: { version: string; at: string; reason: string }[];
  integrity: string | null;
  install: string;
  /** Address for a browser. */
  page: string | null;
}

/** Asks the REST API, or reads the packument where the registry has no such thing. Throws ENOTFOUND or ETARGET. */
export async function findInfo(spec: SkillSpec, options: NpmOptions): Promise<SkillInfo> {
  // What a range means is decided here, by npm's rules: it is the version that skills add would install.
  const exact = isRange(spec) ? { ...spec, wanted: (await fromPackument(spec, options)).version } : spec;
  return (await fromApi(exact, options)) ?? (await fromPackument(exact, options));
}

function isRange(spec: SkillSpec): boolean {
  return spec.type === "range" && !isLatest(spec);
}

/** Both answers are asked for at the same time: the skill's says all of its latest version, the other all of one version. */
async function fromApi(spec: SkillSpec, options: NpmOptions): Promise<SkillInfo | undefined> {
  const [skill, version] = await Promise.all([
    findSkill(spec.parts, options),
    isLatest(spec) ? undefined : findVersion(spec.parts, spec.wanted, options),
  ]);
  if (skill === undefined) return undefined;
  if (isLatest(spec)) return describe(skill, skill, pageAddress(options.registry, spec.parts));
  if (version === undefined) return undefined;
  return describe(skill, version, pageAddress(options.registry, spec.parts, version.version));
}

/** A name alone means the version that `latest` names, as it does for npm. */
function isLatest({ wanted }: SkillSpec): boolean {
  return wanted === "*" || wanted === "latest";
}

function describe(skill: SkillAnswer, shown: VersionAnswer, page: string): SkillInfo {
  return {
    name: shown.name,
    version: shown.version,
    description: shown.description,
    license: shown.license,
    publisher: shown.publisher,
    provenance: shown.provenance,
    published: shown.publishedAt,
    deprecated: shown.deprecated,
    visibility: skill.visibility,
    tags: skill.tags,
    versions: skill.versions.map(({ version }) => version),
    downloads: skill.downloads.total,
    likes: skill.likes,
    liked: skill.liked,
    size: shown.size,
    unpackedSize: shown.unpackedSize,
    fileCount: shown.fileCount,
    context: shown.context,
    agents: shown.agents,
    compatibility: shown.compatibility,
    skills: shown.skills.map(({ path, name, description }) => ({ path, name, description })),
    dependencies: shown.dependencies,
    dependents: skill.dependents,
    repository: shown.repository,
    homepage: shown.homepage,
    bugs: shown.bugs,
    contribute: shown.contribute,
    importedFrom: shown.importedFrom,
    forkedFrom: shown.forkedFrom,
    warnings: shown.warnings,
    withdrawn: skill.withdrawn,
    integrity: shown.dist.integrity,
    install: installLine(shown, skill.version),
    page,
  };
}

async function fromPackument(spec: SkillSpec, options: NpmOptions): Promise<SkillInfo> {
  const packument = await findPackument(spec.name, options);
  if (packument === undefined)
    throw new SkillsError("ENOTFOUND", `there is no skill ${spec.name}, or you may not read it`);
  return describePackument(packument, await resolveVersion(packument, spec.wanted, options));
}

function describePackument(packument: Packument, version: PublishedVersion): SkillInfo {
  const published = packument.time[version.version];
  return {
    name: packument.name,
    version: version.version,
    description: version.description ?? "",
    license: version.license ?? null,
    publisher: version._npmUser ?? null,
    provenance: null,
    published: typeof published === "string" ? published : null,
    deprecated: version.deprecated ?? null,
    visibility: null,
    tags: packument["dist-tags"],
    versions: sortedVersions(packument).toReversed(),
    downloads: null,
    likes: null,
    liked: null,
    size: null,
    unpackedSize: version.dist.unpackedSize ?? null,
    fileCount: version.dist.fileCount ?? null,
    context: null,
    agents: [],
    compatibility: null,
    skills: [],
    dependencies: version.dependencies,
    dependents: null,
    repository: null,
    homepage: null,
    bugs: null,
    contribute: null,
    importedFrom: null,
    forkedFrom: null,
    warnings: null,
    withdrawn: [],
    integrity: version.dist.integrity ?? null,
    install: installLine(version, packument["dist-tags"]["latest"]),
    page: null,
  };
}

function installLine(
  { name, version }: { name: string; version: string },
  latest: string | undefined,
): string {
  return version === latest ? `skills add ${name}` : `skills add ${name}@${version}`;
}
