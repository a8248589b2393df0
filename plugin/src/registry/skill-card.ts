import { isError, type Issue, type PackageName } from "@skills-registry/schema";
import semver from "semver";
import type { DistTag, Package, Version, VersionSummary } from "../store/metadata.ts";
import { mayAdminister } from "./authorize.ts";
import type { Caller } from "./caller.ts";
import { type ContextCost, contextCost } from "./context-cost.ts";
import { DOWNLOAD_DAYS, fillDays, lastDays } from "./days.ts";
import { type ForkState, forkState } from "./fork-state.ts";
import { requirePackument } from "./packument.ts";
import type { Parts } from "./parts.ts";
import { readableNames } from "./readable.ts";
import { resolveVersion } from "./resolve-version.ts";
import { agentsOf } from "./search/agents.ts";
import { type SkillFacts, skillFacts } from "./skill-facts.ts";
import { skillTexts } from "./skill-texts.ts";
import { LATEST } from "./versions.ts";
import type { WithdrawnVersion } from "./withdrawn.ts";

/** Names of dependents that are listed. */
const DEPENDENTS_MAX = 100;

/** What is true of one version, whoever asks. */
export interface VersionCard extends SkillFacts {
  package: Package;
  /** The version shown, with its readme. */
  version: Version;
  isLatest: boolean;
  tags: DistTag[];
  /** Live ones, highest first. */
  versions: VersionSummary[];
  /** Those that an operator has withdrawn, the last one first. */
  withdrawn: WithdrawnVersion[];
  /** Ids of the agents that `compatibility` names. */
  agents: string[];
  context: ContextCost;
  warnings: Issue[];
  /** Findings that the author declared harmless. */
  waived: Issue[];
  /** Address of the registry that it is copied from; null for one of our own. */
  mirroredFrom: string | null;
}

/** Everything that pages and REST API show of a skill. */
export interface SkillCard extends VersionCard {
  fork: ForkState | null;
  dependents: string[];
  likes: number;
  /** By the caller. */
  liked: boolean;
  /** The caller may change its settings. */
  administered: boolean;
  /** Of all versions, the last 30 days; a day without downloads is there, too. */
  downloads: { total: number; days: { day: string; count: number }[] };
}

export interface CardWish {
  name: PackageName;
  /** Number, dist-tag or range; `latest` when absent. */
  version?: string;
}

/** The card of a skill. Throws ENOTFOUND, EQUARANTINED. */
export async function skillCard(parts: Parts, caller: Caller, wish: CardWish): Promise<SkillCard> {
  const card = await versionCard(parts, wish);
  const { id, name, namespace } = card.package;
  const { metadata } = parts;
  const range = lastDays(parts.now(), DOWNLOAD_DAYS);
  const days = fillDays(range, await metadata.downloads(id, range));
  return {
    ...card,
    fork: await forkState(parts, caller, card.forkedFrom),
    dependents: await metadata.dependents(name, await readableNames(parts, caller), DEPENDENTS_MAX),
    likes: await metadata.likes(id),
    liked: caller.account !== null && (await metadata.liked(id, caller.account.id)),
    administered: await mayAdminister(parts, caller, { namespace, package: name }),
    downloads: { total: days.reduce((sum, { count }) => sum + count, 0), days },
  };
}

/** The part of the card that only a publish, a tag, a deprecation or a quarantine changes. Throws ENOTFOUND, EQUARANTINED. */
export async function versionCard({ metadata }: Parts, wish: CardWish): Promise<VersionCard> {
  const { version } = await resolveVersion(metadata, wish);
  const source = await requirePackument(metadata, wish.name.full);
  const { package: found, versions, withdrawn, tags, mirroredFrom } = source;
  const facts = skillFacts(version.manifest);
  return {
    ...facts,
    package: found,
    version,
    isLatest: tags.some(({ tag, version: tagged }) => tag === LATEST && tagged === version.version),
    tags,
    versions: versions.toSorted((a, b) => semver.rcompare(a.version, b.version)),
    withdrawn,
    agents: agentsOf(facts.compatibility ?? ""),
    context: contextCost(skillTexts(version)),
    warnings: version.warnings.filter((issue) => !isError(issue)),
    waived: version.warnings.filter(isError),
    mirroredFrom,
  };
}
