import { z } from "zod";
import type { GitHubConfig } from "../../config.ts";
import type { Group } from "../../store/identity.ts";
import type { ProvedIdentity } from "./provider.ts";
import { providerFault, type StepFetch } from "./provider-step.ts";

const PAGE = 100;
/** Pages of a list that are read: nobody is in more than a thousand organizations, and a wrong answer must end. */
const PAGES_MAX = 10;

const login = z.string().min(1).max(100);
const id = z.number().int().positive();
const user = z.object({ id, login, email: z.email().max(254).nullish().catch(null) });
const organization = z.object({ id, login });
const membership = z.object({ state: z.string(), role: z.string(), organization });
const team = z.object({ id, slug: z.string().min(1).max(200), organization });

/** A token of GitHub, and how to use it. */
export interface GitHubAccess {
  config: GitHubConfig;
  fetch: StepFetch;
  /** A secret. */
  token: string;
}

/** Whose token it is, with organizations and teams. Null when GitHub does not know the token any more. Throws EPROVIDER. */
export async function gitHubIdentity(access: GitHubAccess): Promise<ProvedIdentity | null> {
  const found = await get(access, "/user", user);
  if (found === null) return null;
  const memberships = await list(access, "/user/memberships/orgs?state=active", membership);
  const teams = await list(access, "/user/teams", team);
  if (memberships === null || teams === null) return null;
  const active = memberships.filter(({ state }) => state === "active");
  return {
    // The login may be given up and taken by somebody else; the number never.
    subject: String(found.value.id),
    login: found.value.login,
    email: found.value.email ?? null,
    groups: [...active.map(organizationGroup), ...teams.map(teamGroup)],
    grant: access.token,
  };
}

/**
 * Whether somebody in these groups may log in. Organizations are compared by login, as they are written in the configuration:
 * who renames one of them has to change it there.
 */
export function mayLogIn({ organizations }: GitHubConfig, { groups }: ProvedIdentity): boolean {
  const wanted = organizations.map((name) => name.toLowerCase());
  return wanted.length === 0 || groups.some(({ name }) => wanted.includes(name.toLowerCase()));
}

function organizationGroup({ role, organization }: z.infer<typeof membership>): Group {
  return { id: String(organization.id), name: organization.login, admin: role === "admin" };
}

function teamGroup({ id, slug, organization }: z.infer<typeof team>): Group {
  return { id: `${organization.id}/${id}`, name: `${organization.login}/${slug}`, admin: false };
}

async function list<T>(access: GitHubAccess, path: string, entry: z.ZodType<T>): Promise<T[] | null> {
  const entries: T[] = [];
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const url = `${path}${path.includes("?") ? "&" : "?"}per_page=${PAGE}&page=${page}`;
    const found = await get(access, url, z.array(entry));
    if (found === null) return null;
    entries.push(...found.value);
    // Only whether there is more: the address that the header names is not gone to.
    if (found.headers.get("link")?.includes('rel="next"') !== true) break;
  }
  return entries;
}

async function get<T>(
  { config, fetch, token }: GitHubAccess,
  path: string,
  shape: z.ZodType<T>,
): Promise<{ value: T; headers: Headers } | null> {
  const answer = await fetch(apiOf(config) + path, {
    method: "GET",
    body: undefined,
    redirect: "manual",
    headers: {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${token}`,
      "user-agent": "skills-registry",
      "x-github-api-version": "2022-11-28",
    },
  });
  if (answer.status === 401) return null;
  if (answer.status !== 200) throw providerFault(config.title, refusalOf(answer));
  const parsed = shape.safeParse(await answer.json().catch(() => undefined));
  if (!parsed.success) throw providerFault(config.title, "answered what it should not");
  return { value: parsed.data, headers: answer.headers };
}

function refusalOf({ status, headers }: Response): string {
  const isLimited = status === 429 || (status === 403 && headers.get("x-ratelimit-remaining") === "0");
  return isLimited ? "takes no more requests for now" : `answered with status ${status}`;
}

/** github.com has a host of its own for it, an Enterprise server a path. */
function apiOf({ url }: GitHubConfig): string {
  const { origin, hostname } = new URL(url);
  return hostname === "github.com" ? "https://api.github.com" : `${origin}/api/v3`;
}
