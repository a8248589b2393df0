import { type Issue, issue } from "./issue.ts";
import { plural } from "./text.ts";
import { parseYaml } from "./yaml.ts";

/**
 * Longest frontmatter, in UTF-16 units. The longest of a thousand public skills has 1,300;
 * the parser takes quadratic time on some inputs, and the limit keeps the worst of them below 50 ms.
 */
export const FRONTMATTER_MAX = 8 * 1024;

const FENCE = "---";

/** SKILL.md taken apart. */
export interface Frontmatter {
  /** The mapping as plain values; strings as written, numbers and booleans as YAML 1.2 reads them. */
  data: Record<string, unknown>;
  /** Line in the file, from 1, of every key: `name`, `metadata`, and one level below as `metadata.version`. */
  lines: Map<string, number>;
  /** The text below the frontmatter, unchanged. */
  body: string;
  /** Line in the file on which the body begins. */
  bodyLine: number;
}

/** The YAML between the fences of a SKILL.md, and where it stands. */
export interface Split {
  yaml: string;
  /** Offset of the YAML in the text, in UTF-16 units. */
  start: number;
  body: string;
  bodyLine: number;
}

export interface ParsedFrontmatter {
  frontmatter?: Frontmatter;
  issues: Issue[];
}

/** The text of a SKILL.md, or the reason why it has none. Strict: a replacement character would hide damage. */
export function decodeSkill(bytes: Uint8Array, path: string): { text: string } | { issue: Issue } {
  try {
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { issue: issue("frontmatter.encoding", { path, message: "the file is not valid UTF-8" }) };
  }
}

/** Text of a SKILL.md → mapping with line numbers, and body; or every reason why not. Never throws. */
export function parseFrontmatter(text: string, path: string): ParsedFrontmatter {
  const split = splitFrontmatter(text, path);
  if ("issue" in split) return { issues: [split.issue] };
  const { data, lines, problems } = parseYaml(split.yaml);
  if (data === undefined) {
    // The YAML begins on the second line of the file.
    const issues = problems.map(({ code, line, message }) => issue(code, { path, line: line + 1, message }));
    return { issues };
  }
  const fileLines = new Map([...lines].map(([key, line]) => [key, line + 1]));
  return {
    frontmatter: { data, lines: fileLines, body: split.body, bodyLine: split.bodyLine },
    issues: [],
  };
}

/** Finds the two fences. Only the very first line opens a frontmatter; agents look nowhere else. */
export function splitFrontmatter(text: string, path: string): Split | { issue: Issue } {
  if (text.startsWith("\ufeff")) {
    return {
      issue: issue("frontmatter.bom", { path, line: 1, message: "the file begins with a byte order mark" }),
    };
  }
  const start = text.indexOf("\n") + 1;
  if (start === 0 || text.slice(0, start).trimEnd() !== FENCE) {
    return { issue: issue("frontmatter.missing", { path, line: 1, message: "the first line is not ---" }) };
  }
  // One character more than allowed, so that a closing fence right at the limit is seen.
  const close = /^---[ \t]*(?:\r?\n|$)/m.exec(text.slice(start, start + FRONTMATTER_MAX + FENCE.length + 2));
  if (close === null) {
    const isLong = text.length - start > FRONTMATTER_MAX;
    const message = isLong
      ? `the frontmatter has more than ${plural(FRONTMATTER_MAX, "character")}`
      : "the frontmatter is never closed";
    return { issue: issue(isLong ? "frontmatter.size" : "frontmatter.unclosed", { path, line: 1, message }) };
  }
  const yaml = text.slice(start, start + close.index);
  const body = text.slice(start + close.index + close[0].length);
  return { yaml, start, body, bodyLine: countLines(yaml) + 3 };
}

function countLines(text: string): number {
  return text.split("\n").length - 1;
}
