import { isNamespace, SkillsError } from "@skills-registry/schema";
import type { SearchPage } from "../store/search.ts";
import type { Caller } from "./caller.ts";
import { DOWNLOAD_DAYS, lastDays } from "./days.ts";
import type { Parts } from "./parts.ts";
import { searchSkills } from "./search/search.ts";

/** What pages and REST API show of a namespace. */
export interface NamespaceCard {
  name: string;
  /** Accounts that may publish to it. */
  members: { name: string }[];
  /** Of all its skills together. */
  likes: number;
  /** The same, in the last 30 days. */
  downloads: number;
  /** Its skills, by name. */
  skills: SearchPage;
}

export interface NamespaceWish {
  namespace: string;
  from: number;
  size: number;
}

/** Throws ENOTFOUND for one that nobody owns and that has no skill. */
export async function namespaceCard(
  parts: Parts,
  caller: Caller,
  { namespace, from, size }: NamespaceWish,
): Promise<NamespaceCard> {
  // Everything else could end the qualifier in the query.
  if (!isNamespace(namespace)) throw notFound(namespace);
  const { metadata } = parts;
  const owner = await metadata.account(namespace);
  const skills = await searchSkills(parts, caller, {
    text: `namespace:${namespace}`,
    sort: "name",
    from,
    size,
    facets: false,
    bodies: false,
  });
  if (owner === undefined && skills.total === 0) throw notFound(namespace);
  const use = await metadata.namespaceUse(namespace, lastDays(parts.now(), DOWNLOAD_DAYS));
  return {
    name: namespace,
    members: owner === undefined ? [] : [{ name: owner.name }],
    ...use,
    skills,
  };
}

function notFound(namespace: string): SkillsError {
  return new SkillsError("ENOTFOUND", `there is no namespace ${JSON.stringify(namespace.slice(0, 60))}`);
}
