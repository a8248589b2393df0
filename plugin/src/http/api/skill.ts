import {
  type SkillAnswer,
  skillAnswer,
  type VersionAnswer,
  versionAnswer,
  type VersionSummaryAnswer,
} from "@skills-registry/schema";
import { forkState } from "../../registry/fork-state.ts";
import { tarballUrl } from "../../registry/packument.ts";
import { type SkillCard, skillCard, type VersionCard, versionCard } from "../../registry/skill-card.ts";
import type { VersionSummary } from "../../store/metadata.ts";
import type { Answer } from "../answer.ts";
import type { PackageRequest } from "../request.ts";
import type { Services } from "../services.ts";
import { document } from "./document.ts";
import { documentOf, NO_QUERY, skillOperation } from "./operation.ts";

export const readSkillOperation = skillOperation({
  id: "getSkill",
  method: "GET",
  path: "/api/skills/:namespace/:skill",
  summary: "A skill: what its latest version holds, all its versions, and what use is made of it.",
  needs: "read",
  query: NO_QUERY,
  answers: [documentOf(skillAnswer, "The skill.")],
  handle: getSkill,
});

export const readVersionOperation = skillOperation({
  id: "getVersion",
  method: "GET",
  path: "/api/skills/:namespace/:skill/:version",
  summary: "One version of a skill, by number, dist-tag or range.",
  needs: "read",
  query: NO_QUERY,
  answers: [documentOf(versionAnswer, "The version.")],
  handle: getVersion,
});

async function getSkill({ parts }: Services, request: PackageRequest): Promise<Answer> {
  const card = await skillCard(parts, request.caller, { name: request.name });
  return document(toSkill(card, request.baseUrl));
}

async function getVersion({ parts }: Services, request: PackageRequest): Promise<Answer> {
  const card = await versionCard(parts, { name: request.name, version: request.params["version"] ?? "" });
  const fork = await forkState(parts, request.caller, card.forkedFrom);
  return document(toVersion({ ...card, fork }, request.baseUrl));
}

function toSkill(card: SkillCard, baseUrl: string): SkillAnswer {
  return {
    ...toVersion(card, baseUrl),
    visibility: card.package.visibility,
    createdAt: card.package.createdAt,
    modifiedAt: card.package.modifiedAt,
    tags: Object.fromEntries(card.tags.map(({ tag, version }) => [tag, version])),
    versions: card.versions.map(toSummary),
    withdrawn: card.withdrawn.map(({ version, quarantine: { at, reason } }) => ({ version, at, reason })),
    dependents: card.dependents,
    likes: card.likes,
    liked: card.liked,
    downloads: card.downloads,
  };
}

function toVersion(card: VersionCard & Pick<SkillCard, "fork">, baseUrl: string): VersionAnswer {
  const { version } = card;
  return {
    name: card.package.name,
    namespace: card.package.namespace,
    ...toSummary(version),
    isLatest: card.isLatest,
    provenance: version.provenance,
    description: card.description,
    keywords: card.keywords,
    license: card.license,
    authors: card.authors,
    compatibility: card.compatibility,
    agents: card.agents,
    repository: card.repository,
    homepage: card.homepage,
    bugs: card.bugs,
    contribute: card.contribute,
    importedFrom: card.importedFrom,
    forkedFrom: card.fork,
    mirroredFrom: card.mirroredFrom,
    hasScripts: version.hasScripts,
    skills: card.skills,
    context: card.context,
    warnings: card.warnings,
    waived: card.waived,
    dependencies: card.dependencies,
    dist: {
      tarball: tarballUrl(card.package.name, version.version, baseUrl),
      integrity: version.integrity,
      shasum: version.shasum,
      signatures: [version.signature],
    },
  };
}

function toSummary(version: VersionSummary): VersionSummaryAnswer {
  return {
    version: version.version,
    publishedAt: version.publishedAt,
    publisher: version.publisher,
    deprecated: version.deprecated,
    size: version.size,
    unpackedSize: version.unpackedSize,
    fileCount: version.fileCount,
  };
}
