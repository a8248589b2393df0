import { parsePackageName, type PackageName } from "@skills-registry/schema/basics";
import type { Context } from "../context.ts";
import { describeFailure } from "../failure.ts";
import { repositoryKey } from "../import/address.ts";
import { contentsOf } from "../install/contents.ts";
import type { Place } from "../project/project.ts";
import { findSkill, searchSkills } from "../registry/api.ts";
import { parseSkillSpec, resolveSkill } from "../registry/fetch-skill.ts";
import { optionsFor } from "../registry/registry.ts";
import { differences, findFolder } from "./compare.ts";
import type { OldSkill } from "./old-locks.ts";

/** A package of this registry that may be the skill that another tool installed. */
export interface Candidate {
  package: string;
  version: string;
  /** `unknown`: there is no folder to compare it with. */
  match: "same" | "different" | "unknown";
  /** Files that differ. */
  differing: string[];
  /** Its publisher states that it was imported from where the other tool took the skill. */
  sameSource: boolean;
  /**
   * It is in the namespace that the user named. That the other tool has installed a package of this very name proves nothing:
   * it came from another registry, and in this one anybody may have taken the name.
   */
  named: boolean;
  /** Skills that it would bring along. */
  dependencies: string[];
}

export interface Surroundings {
  place: Place;
  /** Where the other tool's files are. */
  root: string;
  namespace: string | undefined;
}

/** Skills of the same name in other namespaces that are looked at; each is downloaded to be compared. */
const CANDIDATES_MAX = 5;

/** Hits of a search for a name among which those of that very name are: they come first. */
const HITS = 20;

/** What the registry has for one skill, the likeliest first. Only what the caller may read is among them. */
export async function findCandidates(
  context: Context,
  skill: OldSkill,
  around: Surroundings,
): Promise<Candidate[]> {
  const names = await candidateNames(context, skill, around);
  const found = await Promise.all(names.map((name) => lookAt(context, name, { skill, around })));
  return found.filter((candidate) => candidate !== undefined).toSorted((a, b) => rank(b) - rank(a));
}

function rank({ named, match, sameSource }: Candidate): number {
  return (named ? 4 : 0) + (match === "same" ? 2 : 0) + (sameSource ? 1 : 0);
}

async function candidateNames(
  context: Context,
  skill: OldSkill,
  { namespace }: Surroundings,
): Promise<PackageName[]> {
  const stated = skill.package === undefined ? undefined : parsePackageName(skill.package);
  const asked = namespace === undefined ? undefined : parsePackageName(`${namespace}/${skill.name}`);
  const wish = { text: skill.name, sort: "relevance" as const, limit: HITS, facets: false, explain: false };
  const hits = (await searchSkills(wish, await optionsFor(context)))?.hits ?? [];
  const namesakes = hits
    .map(({ name }) => parsePackageName(name))
    .filter((name) => name?.skill === skill.name);
  const all = [stated, asked, ...namesakes.slice(0, CANDIDATES_MAX)].filter((name) => name !== undefined);
  return all.filter((name, index) => all.findIndex(({ full }) => full === name.full) === index);
}

async function lookAt(
  context: Context,
  name: PackageName,
  { skill, around }: { skill: OldSkill; around: Surroundings },
): Promise<Candidate | undefined> {
  try {
    const spec = await parseSkillSpec(name.full);
    const options = await optionsFor(context, spec.scope);
    const [resolved, card] = await Promise.all([resolveSkill(context, spec), findSkill(name, options)]);
    const contents = contentsOf(name.full, await resolved.download(), undefined);
    const content = contents.find((one) => one.name === skill.name);
    if (content === undefined) return undefined;
    const folder = await findFolder(around.place, around.root, skill.name);
    const differing = folder === undefined ? [] : await differences(folder, content.files);
    return {
      package: resolved.manifest.name,
      version: resolved.manifest.version,
      match: folder === undefined ? "unknown" : differing.length === 0 ? "same" : "different",
      differing,
      sameSource: isSameSource(skill, card?.importedFrom ?? null),
      named: `@${name.namespace}` === around.namespace,
      dependencies: Object.keys(resolved.manifest.dependencies),
    };
  } catch (error) {
    if (describeFailure(error).code === "ENOTFOUND") return undefined;
    throw error;
  }
}

function isSameSource({ source }: OldSkill, stated: { repository: string; path: string } | null): boolean {
  if (source === undefined || stated === null) return false;
  const isSamePath = source.path === undefined || source.path === stated.path;
  return isSamePath && keyOf(source.address) === keyOf(stated.repository);
}

function keyOf(address: string): string {
  return repositoryKey(address.replace(/^(github|gitlab):/, "https://$1.com/"));
}
