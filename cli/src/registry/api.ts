import {
  SkillsError,
  errorAnswer,
  likeAnswer,
  SEARCH_PAGE_MAX,
  searchAnswer,
  skillAnswer,
  versionAnswer,
  type LikeAnswer,
  type PackageName,
  type SEARCH_SORTS,
  type SearchAnswer,
  type SearchHitAnswer,
  type SkillAnswer,
  type VersionAnswer,
} from "@skills-registry/schema";
import type { z } from "zod";
import { isStatus, parseAnswer } from "./answer.ts";
import { isNameOf } from "./moved.ts";
import { requestJson, send, type NpmOptions } from "./npm.ts";

/**
 * The REST API of our registry. For a registry that speaks only npm's protocol every answer is undefined, and for ours it is
 * so for what it does not have: the caller then asks in npm's way, which tells the two apart.
 */

export interface SearchWish {
  text: string;
  sort: (typeof SEARCH_SORTS)[number];
  limit: number;
  facets: boolean;
  explain: boolean;
}

export async function searchSkills(wish: SearchWish, options: NpmOptions): Promise<SearchAnswer | undefined> {
  const first = await searchPage(wish, { limit: Math.min(wish.limit, SEARCH_PAGE_MAX) }, options);
  if (first === undefined) return undefined;
  const hits: SearchHitAnswer[] = [...first.hits];
  let { next } = first;
  while (next !== null && hits.length < wish.limit) {
    const limit = Math.min(wish.limit - hits.length, SEARCH_PAGE_MAX);
    const page = await searchPage({ ...wish, facets: false }, { limit, cursor: next }, options);
    // A registry that goes on without hits would have us ask for ever.
    if (page === undefined || page.hits.length === 0) break;
    hits.push(...page.hits);
    next = page.next;
  }
  return { ...first, hits, next };
}

async function searchPage(
  { text, sort, facets, explain }: SearchWish,
  page: { limit: number; cursor?: string },
  options: NpmOptions,
): Promise<SearchAnswer | undefined> {
  const query = {
    q: text,
    sort,
    ...page,
    ...(facets ? { facets: "true" } : {}),
    ...(explain ? { explain: "true" } : {}),
  };
  return request(searchAnswer, "api/skills", { ...options, query });
}

/** The latest version of a skill, and what is true of all its versions. */
export async function findSkill(name: PackageName, options: NpmOptions): Promise<SkillAnswer | undefined> {
  return sameName(name, await request(skillAnswer, addressOf(name), options));
}

/** The version that a number, range or tag means. */
export async function findVersion(
  name: PackageName,
  wanted: string,
  options: NpmOptions,
): Promise<VersionAnswer | undefined> {
  const address = `${addressOf(name)}/${encodeURIComponent(wanted)}`;
  return sameName(name, await request(versionAnswer, address, options));
}

export async function setLike(
  name: PackageName,
  wish: "like" | "unlike",
  options: NpmOptions,
): Promise<LikeAnswer | undefined> {
  const method = wish === "like" ? "PUT" : "DELETE";
  return request(likeAnswer, `${addressOf(name)}/like`, { ...options, method });
}

/** Reports an install of a version. Fails where the registry does not count them. */
export async function countInstall(name: PackageName, version: string, options: NpmOptions): Promise<void> {
  const address = `${addressOf(name)}/${encodeURIComponent(version)}/installs`;
  await send(address, { ...options, method: "POST", body: {} });
}

/** Address of a page for people; `version` is left out for the latest one. */
export function pageAddress(registry: string, { namespace, skill }: PackageName, version?: string): string {
  const base = registry.endsWith("/") ? registry : `${registry}/`;
  const rest = version === undefined ? "" : `/v/${encodeURIComponent(version)}`;
  return new URL(`skills/${namespace}/${skill}${rest}`, base).href;
}

function addressOf({ namespace, skill }: PackageName): string {
  return `api/skills/${namespace}/${skill}`;
}

async function request<T>(
  schema: z.ZodType<T>,
  address: string,
  options: NpmOptions,
): Promise<T | undefined> {
  try {
    return parseAnswer(schema, await requestJson(address, options));
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** Other registries know no such address, take it for a malformed name of a package, or show the page of their web interface. */
function isAbsent(error: unknown): boolean {
  if (isStatus(error, 404) || isStatus(error, 405)) return true;
  if (!(error instanceof Error)) return false;
  if ("type" in error && error.type === "invalid-json") return true;
  return isStatus(error, 400) && !("body" in error && errorAnswer.safeParse(error.body).success);
}

function sameName<T extends { name: string }>(asked: PackageName, answer: T | undefined): T | undefined {
  if (answer === undefined || isNameOf(asked.full, answer.name)) return answer;
  throw new SkillsError("EREGISTRY", `asked for ${asked.full}, got ${answer.name}`);
}
