import { type PackageName, parsePackageName, SkillsError } from "@skills-registry/schema";

/**
 * The path of a request, taken apart once for all routes. `%2f` between scope and name, and one trailing slash,
 * are the only spellings that mean the same; everything else that is not exact is refused before any store is asked.
 */
export type Segment = { text: string } | { package: PackageName };

/** Longest path that can be anything of ours: that of a file in a skill, with every character of it escaped. */
const PATH_MAX = 4096;

/**
 * `words` are the first segments of our own addresses, which no name of a package can equal: names start with `@`.
 * Throws EBADREQUEST for paths that no client writes, EBADNAME or ENOTFOUND for names that are not skill names.
 */
export function parseAddress(method: string, path: string, words: ReadonlySet<string>): Segment[] {
  if (path.length > PATH_MAX || !path.startsWith("/")) throw malformed();
  const raw = path.slice(1).split("/");
  if (raw.at(-1) === "") raw.pop();
  const texts = raw.flatMap(decodeSegment);
  const at = packagePosition(texts, words);
  if (at === undefined) return texts.map((text) => ({ text }));
  return toSegments(method, texts, at);
}

function decodeSegment(raw: string): string[] {
  const text = decode(raw);
  // Only a scoped name carries an encoded slash, and only one: `@acme%2flegal-documents`.
  const parts = text.startsWith("@") ? text.split("/") : [text];
  if (parts.length > 2 || parts.some((part) => !isPlain(part))) throw malformed();
  return parts;
}

function decode(raw: string): string {
  try {
    return decodeURIComponent(raw);
  } catch (cause) {
    throw new SkillsError("EBADREQUEST", "the address is not valid percent-encoding", { cause });
  }
}

/** No empty part, no `.` or `..`, nothing that another layer could take for a separator. */
function isPlain(part: string): boolean {
  return part !== "" && part !== "." && part !== ".." && !/[/\\\p{C}]/u.test(part);
}

function toSegments(method: string, texts: string[], at: number): Segment[] {
  const scope = texts[at] ?? "";
  const name = scope.startsWith("@") ? parsePackageName(`${scope}/${texts[at + 1] ?? ""}`) : undefined;
  if (name === undefined) throw notASkillName(method, texts.slice(at, at + 2));
  const before = texts.slice(0, at).map((text) => ({ text }));
  const after = texts.slice(at + 2).map((text) => ({ text }));
  return [...before, { package: name }, ...after];
}

/** Packages stand first in the path, or after `/-/package`, `/-/npm/v1/oidc/token/exchange/package` or `/downloads/point/last-week`. */
function packagePosition(texts: string[], words: ReadonlySet<string>): number | undefined {
  const [first] = texts;
  if (first === "-") return positionAfterHyphen(texts);
  if (first === "downloads") return texts.length > 3 ? 3 : undefined;
  return first === undefined || words.has(first) ? undefined : 0;
}

function positionAfterHyphen(texts: string[]): number | undefined {
  const at = texts[1] === "npm" ? 6 : 1;
  const isNamed = at === 1 || texts.slice(2, at).join("/") === "v1/oidc/token/exchange";
  return isNamed && texts[at] === "package" && texts.length > at + 1 ? at + 1 : undefined;
}

/** Readers of a name that cannot exist get "not found", as npm expects when it looks for an unscoped dependency. */
function notASkillName(method: string, parts: string[]): SkillsError {
  const shown = JSON.stringify(parts.join("/").slice(0, 100));
  return method === "GET" || method === "HEAD"
    ? new SkillsError("ENOTFOUND", `${shown} is not the name of a skill`, {
        hint: "Skill names look like @namespace/skill-name.",
      })
    : new SkillsError("EBADNAME", `${shown} is not the name of a skill`);
}

function malformed(): SkillsError {
  return new SkillsError("EBADREQUEST", "the address is not one of this registry's");
}
