import { isNamespace, SkillsError } from "@skills-registry/schema";
import type { Namespace, Role } from "../store/identity.ts";
import type { SearchPage } from "../store/search.ts";
import type { Caller } from "./caller.ts";
import { DOWNLOAD_DAYS, lastDays } from "./days.ts";
import type { Parts } from "./parts.ts";
import { belongsTo, readableNames } from "./readable.ts";
import { searchSkills } from "./search/search.ts";

/** What pages and REST API show of a namespace. */
export interface NamespaceCard {
  name: string;
  kind: Namespace["kind"];
  members: NamespaceMember[];
  /** Of all its skills together that the caller may see. */
  likes: number;
  /** The same, in the last 30 days. */
  downloads: number;
  /** Its skills, by name. */
  skills: SearchPage;
}

export interface NamespaceMember {
  name: string;
  role: Role;
}

export interface NamespaceWish {
  namespace: string;
  from: number;
  size: number;
}

/** Throws ENOTFOUND for one that nobody owns, ESKILLMOVED for one with another name now. */
export async function namespaceCard(
  parts: Parts,
  caller: Caller,
  { namespace, from, size }: NamespaceWish,
): Promise<NamespaceCard> {
  const { metadata } = parts;
  const { name, kind } = await requireNamespace(parts, namespace);
  const range = lastDays(parts.now(), DOWNLOAD_DAYS);
  return {
    name,
    kind,
    members: await visibleMembers(parts, caller, { name, kind }),
    ...(await metadata.namespaceUse(name, await readableNames(parts, caller), range)),
    skills: await searchSkills(parts, caller, {
      text: `namespace:${name}`,
      sort: "name",
      from,
      size,
      facets: false,
      bodies: false,
    }),
  };
}

/** One that is there, whether or not it has skills that anybody may see: names are no secret, whoever wants one is told that it is taken. */
export async function requireNamespace(
  { metadata }: Pick<Parts, "metadata">,
  name: string,
): Promise<Namespace> {
  // Everything else could end the qualifier in the query.
  const found = isNamespace(name) ? await metadata.namespace(name) : undefined;
  if (found === undefined) {
    throw new SkillsError("ENOTFOUND", `there is no namespace ${JSON.stringify(name.slice(0, 60))}`);
  }
  if (found.movedTo === null) return found;
  throw new SkillsError("ESKILLMOVED", `the namespace @${name} is called @${found.movedTo} now`);
}

/** The people of an org are the business of those who belong to it; a personal namespace says in its name whose it is. */
export async function visibleMembers(
  parts: Parts,
  caller: Caller,
  { name, kind }: Pick<Namespace, "name" | "kind">,
): Promise<NamespaceMember[]> {
  if (kind === "org" && !(await belongsTo(parts, caller, name))) return [];
  const members = await parts.metadata.members(name);
  return members.map(({ account, role }) => ({ name: account, role }));
}
