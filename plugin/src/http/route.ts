import type { PackageName } from "@skills-registry/schema";
import type { Permission } from "../registry/authorize.ts";
import type { Segment } from "./address.ts";
import type { Answer } from "./answer.ts";
import type { PackageRequest, Request } from "./request.ts";
import type { Services } from "./services.ts";

type Method = "GET" | "PUT" | "POST" | "DELETE";

export interface Route {
  method: Method;
  /** `/-/package/:package/dist-tags/:tag`; `:package` stands for a scoped name. */
  path: string;
  /** One sentence for docs/http-api.md. */
  summary: string;
  /** What the one authorisation function is asked before `handle` runs. */
  needs: (request: Request) => Permission;
  handle: (services: Services, request: Request) => Promise<Answer>;
}

interface PackageRoute {
  method: Method;
  path: `${string}:package${string}`;
  summary: string;
  needs: (request: PackageRequest) => Permission;
  handle: (services: Services, request: PackageRequest) => Promise<Answer>;
}

/** A route whose path holds `:package`; its handler gets the parsed name. */
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
  params: Record<string, string>;
  name?: PackageName;
}

/** The values of the path's `:parts` when the segments fit it, else undefined. */
export function matchPath(path: string, segments: Segment[]): Match | undefined {
  const parts = path
    .split("/")
    .slice(1)
    .filter((part) => part !== "");
  if (parts.length !== segments.length) return undefined;
  const match: Match = { params: {} };
  for (const [index, part] of parts.entries()) {
    const segment = segments[index];
    if (segment === undefined) return undefined;
    if ("package" in segment) {
      if (part !== ":package") return undefined;
      match.name = segment.package;
    } else if (part.startsWith(":") && part !== ":package") {
      match.params[part.slice(1)] = segment.text;
    } else if (part !== segment.text) {
      return undefined;
    }
  }
  return match;
}

/** Where `npm login` and `npm adduser` send name and password. */
export const loginPath = "/-/user/:user";
