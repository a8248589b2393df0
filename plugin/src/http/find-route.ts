import { SkillsError } from "@skills-registry/schema";
import { parseAddress } from "./address.ts";
import { type Match, matchParts, partsOf, type Route } from "./route.ts";
import { routes } from "./routes.ts";

interface Candidate {
  route: Route;
  parts: string[];
}

const candidates: Candidate[] = routes.map((route) => ({ route, parts: partsOf(route.path) }));

/** First segments of our own addresses. */
const WORDS = new Set(candidates.flatMap(({ parts: [word = ":"] }) => (word.startsWith(":") ? [] : [word])));

const longest = Math.max(...candidates.map(({ parts }) => parts.length));

/** Those that an address of so many segments can fit, in their order; the last one for all that are longer. */
const bySegments = Array.from({ length: longest + 2 }, (_, count) =>
  candidates.filter(({ parts }) =>
    parts.at(-1)?.startsWith("*") === true ? parts.length <= count : parts.length === count,
  ),
);

/** The route of a request, and what its path says. Throws ENOTFOUND, or EMETHOD after adding `allow` to the headers. */
export function findRoute(
  { method, path }: { method: string; path: string },
  headers: Record<string, string>,
): { route: Route; match: Match } {
  const segments = parseAddress(method, path, WORDS);
  const fitting = bySegments[Math.min(segments.length, longest + 1)] ?? [];
  const matches = fitting.flatMap(({ route, parts }) => {
    const match = matchParts(parts, segments);
    return match === undefined ? [] : [{ route, match }];
  });
  const found = matches.find((candidate) => candidate.route.method === method);
  if (found !== undefined) return found;
  if (matches.length === 0) throw new SkillsError("ENOTFOUND", "there is nothing at this address");
  const methods = matches.flatMap(({ route }) => (route.method === "GET" ? ["GET", "HEAD"] : [route.method]));
  const allowed = [...new Set(methods)].join(", ");
  headers["allow"] = allowed;
  throw new SkillsError("EMETHOD", `this address takes ${allowed}`);
}
