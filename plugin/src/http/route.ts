import { type PackageName, parsePackageName, SkillsError } from "@skills-registry/schema";
import type { Permission } from "../registry/authorize.ts";
import type { Segment } from "./address.ts";
import type { Answer } from "./answer.ts";
import type { PackageRequest, Request } from "./request.ts";
import type { Services } from "./services.ts";

type Method = "GET" | "PUT" | "POST" | "DELETE";

/**
 * Which of the registry's doors a route belongs to. It decides how callers prove who they are (`npm` and `api`: a bearer token;
 * `web`: the cookie of a session; `probe`: nothing, for machines that watch the registry), what refusals look like (`npm` and `probe`:
 * npm's JSON; `api`: the same as problem details; `web`: a page), and whether requests are counted (`api` and `web`).
 */
export type Door = "npm" | "api" | "web" | "probe";

export interface Route {
  door: Door;
  method: Method;
  /**
   * `/-/package/:package/dist-tags/:tag`. `:package` stands for a scoped name, `:namespace/:skill` for its two halves,
   * and `*path`, at the end only, for one or more segments.
   */
  path: string;
  /** One sentence for docs/http-api.md. */
  summary: string;
  /** An npm route that costs as much as a page, and counts like one against the client's requests. */
  counted?: true;
  /**
   * No token or session that came along is looked at: where people log in, or nobody could renew one that ended, and where
   * the answer is the same for everybody and has to come while no store answers.
   */
  ignoresToken?: true;
  /** What the one authorisation function is asked before `handle` runs. */
  needs: (request: Request) => Permission;
  handle: (services: Services, request: Request) => Promise<Answer>;
}

export interface PackageRoute extends Omit<Route, "needs" | "handle"> {
  path: `${string}:package${string}` | `${string}:namespace/:skill${string}`;
  needs: (request: PackageRequest) => Permission;
  handle: (services: Services, request: PackageRequest) => Promise<Answer>;
}

/** A route whose path names a package; its handler gets the parsed name. */
export function packageRoute(route: PackageRoute): Route {
  const narrow = (request: Request): PackageRequest => {
    if (isPackageRequest(request)) return request;
    throw new TypeError(`${route.path} matched without a package`);
  };
  return {
    ...route,
    needs: (request) => route.needs(narrow(request)),
    handle: async (services, request) => await route.handle(services, narrow(request)),
  };
}

function isPackageRequest(request: Request): request is PackageRequest {
  return "name" in request;
}

export interface Match {
  /** Values of the `:name` parts, and of `*path` joined by `/`. */
  params: Record<string, string>;
  name?: PackageName;
}

/** The parts between the slashes of a route's path; none for `/`. */
export function partsOf(path: string): string[] {
  return path.split("/").filter((part) => part !== "");
}

/**
 * The values of a path's `:parts` when the segments fit it, else undefined.
 * Throws ENOTFOUND when `:namespace/:skill` are not the halves of a skill name.
 */
export function matchParts(parts: string[], segments: Segment[]): Match | undefined {
  const match: Match = { params: {} };
  for (const [index, part] of parts.entries()) {
    if (part.startsWith("*")) return matchRest(match, part, segments.slice(index));
    const segment = segments[index];
    if (segment === undefined || !matchPart(match, part, segment)) return undefined;
  }
  return parts.length === segments.length ? withName(match) : undefined;
}

function matchPart(match: Match, part: string, segment: Segment): boolean {
  if ("package" in segment) {
    match.name = segment.package;
    return part === ":package";
  }
  if (part === ":package") return false;
  if (!part.startsWith(":")) return part === segment.text;
  match.params[part.slice(1)] = segment.text;
  return true;
}

function matchRest(match: Match, part: string, rest: Segment[]): Match | undefined {
  const texts = rest.flatMap((segment) => ("text" in segment ? [segment.text] : []));
  if (texts.length === 0 || texts.length < rest.length) return undefined;
  match.params[part.slice(1)] = texts.join("/");
  return withName(match);
}

function withName(match: Match): Match {
  const { namespace, skill } = match.params;
  if (namespace === undefined || skill === undefined) return match;
  // People paste names as npm writes them.
  const name = parsePackageName(`@${namespace.replace(/^@/, "")}/${skill}`);
  if (name !== undefined) return { ...match, name };
  throw new SkillsError(
    "ENOTFOUND",
    `${JSON.stringify(`${namespace}/${skill}`.slice(0, 100))} is not the name of a skill`,
    {
      hint: "Addresses of skills look like acme/legal-documents.",
    },
  );
}

/** Where `npm login` and `npm adduser` send name and password. */
export const loginPath = "/-/user/:user";
