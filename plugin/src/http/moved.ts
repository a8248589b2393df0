import { parsePackageName, type PackageName, SkillsError } from "@skills-registry/schema";
import type { Answer } from "./answer.ts";
import type { Request } from "./request.ts";
import type { Route } from "./route.ts";

/**
 * Answers a read of a skill's old name, which the authorisation refuses with ESKILLMOVED, with the same address under the new name.
 * Everything else that `work` throws is passed on.
 */
export async function followMoves(
  route: Route,
  request: Request,
  work: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await work();
  } catch (refusal) {
    const name = request.method === "GET" ? newName(refusal) : undefined;
    if (name === undefined) throw refusal;
    return redirect(`${request.baseUrl}${movedPath(route.path, request.path, name)}${search(request)}`);
  }
}

function newName(refusal: unknown): PackageName | undefined {
  if (!(refusal instanceof SkillsError) || refusal.movedTo === undefined) return undefined;
  return parsePackageName(refusal.movedTo);
}

/** Browsers and proxies may not keep it: a skill can move again, and what one reader may see another may not. */
function redirect(location: string): Answer {
  return { status: 308, headers: { location, "cache-control": "no-cache" }, body: { kind: "none" } };
}

/** The path with another name in the place where the route has its `:package` or `:namespace/:skill`, in the spelling it came in. */
function movedPath(routePath: string, path: string, { namespace, skill }: PackageName): string {
  const at = routePath.split("/").findIndex((part) => part === ":package" || part === ":namespace");
  const segments = path.split("/");
  const spelled = decodeURIComponent(segments[at] ?? "");
  const scope = spelled.startsWith("@") ? `@${namespace}` : namespace;
  if (spelled.includes("/")) segments[at] = `${scope}%2f${skill}`;
  else segments.splice(at, 2, scope, skill);
  return segments.join("/");
}

function search({ query }: Request): string {
  return query.size === 0 ? "" : `?${query}`;
}
