import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  type YAMLMap,
  type YAMLParseError,
} from "yaml";
import type { IssueCode } from "./issue.ts";
import { printable, quote } from "./text.ts";

/** Deepest nesting; real frontmatter has three levels. Everything that later walks the values may recurse. */
const DEPTH_MAX = 16;

const TOO_DEEP = "the YAML is nested too deeply";

/** Brackets and braces in all; nested ones cost the parser a stack frame each, and an overflow takes 100 ms. Real skills have 6. */
const BRACKETS_MAX = 200;

/** Characters that can begin a node; each costs the parser microseconds. Real skills have 75. */
const INDICATORS_MAX = 1_000;

/** More problems than this help nobody; one bad line easily makes ten. */
const PROBLEMS_MAX = 10;

interface YamlProblem {
  code: IssueCode;
  /** Line in the YAML, from 1. */
  line: number;
  message: string;
}

export interface ParsedYaml {
  /** The mapping as plain values; absent when there is any problem. */
  data?: Record<string, unknown>;
  /** Line in the YAML, from 1, of every key of the first two levels: `metadata`, `metadata.version`. */
  lines: Map<string, number>;
  problems: YamlProblem[];
}

/**
 * YAML 1.2 core → plain values, without what parsers disagree on (duplicate keys, tags, keys that are not plain)
 * and what grows (aliases). Never throws, and takes time linear in the input where the parser does.
 */
export function parseYaml(yaml: string): ParsedYaml {
  const excess = excessOf(yaml);
  if (excess !== undefined) {
    return { lines: new Map(), problems: [{ code: "frontmatter.yaml", line: 1, message: excess }] };
  }
  const lineCounter = new LineCounter();
  // The parser's own check for unique keys takes quadratic time.
  const options = { lineCounter, logLevel: "error", prettyErrors: false, uniqueKeys: false } as const;
  const document = parseDocument(yaml, options);
  const found = problemsOf(document);
  if (found.length > 0) {
    const problems = found.slice(0, PROBLEMS_MAX).map(({ code, offset, message }) => {
      return { code, line: lineCounter.linePos(offset).line, message };
    });
    return { lines: new Map(), problems };
  }
  const data: unknown = document.toJS();
  return {
    ...(isRecord(data) ? { data } : {}),
    lines: keyLines(document.contents, lineCounter),
    problems: [],
  };
}

/** Why a text is not given to the parser at all. */
function excessOf(yaml: string): string | undefined {
  if (yaml.split(/[[{]/).length > BRACKETS_MAX) return `the YAML has more than ${BRACKETS_MAX} brackets`;
  if (yaml.split(/[,:\n?&*!-]/).length > INDICATORS_MAX)
    return `the YAML has more than ${INDICATORS_MAX} parts`;
  return undefined;
}

interface Problem {
  code: IssueCode;
  offset: number;
  message: string;
}

function problemsOf(document: Document.Parsed): Problem[] {
  const errors = document.errors.map((error): Problem => {
    return { code: codeOf(error.code), offset: error.pos[0], message: messageOf(error) };
  });
  const warnings = document.warnings.map((warning): Problem => {
    return { code: "frontmatter.tag", offset: warning.pos[0], message: sentence(warning.message) };
  });
  const problems = [...errors, ...warnings];
  if (problems.length > 0) return problems;
  if (!isMap(document.contents)) {
    return [{ code: "frontmatter.mapping", offset: 0, message: "the frontmatter is not a mapping" }];
  }
  return inspectNode(document.contents, 0);
}

function codeOf(code: string): IssueCode {
  if (code === "MULTIPLE_DOCS") return "frontmatter.documents";
  return code === "TAG_RESOLVE_FAILED" ? "frontmatter.tag" : "frontmatter.yaml";
}

/** What the parser accepts and we do not, in the node and below it. */
function inspectNode(node: unknown, depth: number): Problem[] {
  if (isAlias(node)) {
    const message = `there is an alias ${quote(`*${node.source}`)}`;
    return [{ code: "frontmatter.alias", offset: offsetOf(node), message }];
  }
  if (!isScalar(node) && !isMap(node) && !isSeq(node)) return [];
  if (depth > DEPTH_MAX) {
    return [{ code: "frontmatter.yaml", offset: offsetOf(node), message: TOO_DEEP }];
  }
  const tag: Problem[] =
    node.tag === undefined
      ? []
      : [{ code: "frontmatter.tag", offset: offsetOf(node), message: `there is a tag ${quote(node.tag)}` }];
  if (isScalar(node)) return tag;
  if (isSeq(node)) return [...tag, ...node.items.flatMap((item) => inspectNode(item, depth + 1))];
  return [...tag, ...inspectKeys(node), ...node.items.flatMap((pair) => inspectNode(pair.value, depth + 1))];
}

function inspectKeys(map: YAMLMap): Problem[] {
  const seen = new Set<string>();
  return map.items.flatMap(({ key }: Pair): Problem[] => {
    if (!isScalar(key) || key.tag !== undefined) {
      return [{ code: "frontmatter.yaml", offset: offsetOf(key), message: "a key is not plain text" }];
    }
    const name = String(key.value);
    if (seen.has(name)) {
      return [
        {
          code: "frontmatter.duplicate",
          offset: offsetOf(key),
          message: `the key ${quote(name)} occurs twice`,
        },
      ];
    }
    seen.add(name);
    return [];
  });
}

function keyLines(contents: unknown, counter: LineCounter): Map<string, number> {
  const lines = new Map<string, number>();
  const add = (map: unknown, prefix: string, levels: number): void => {
    if (!isMap(map) || levels === 0) return;
    for (const { key, value } of map.items) {
      if (!isScalar(key)) continue;
      const name = `${prefix}${String(key.value)}`;
      lines.set(name, counter.linePos(offsetOf(key)).line);
      add(value, `${name}.`, levels - 1);
    }
  };
  add(contents, "", 2);
  return lines;
}

function offsetOf(node: unknown): number {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? (node.range?.[0] ?? 0) : 0;
}

function messageOf(error: YAMLParseError): string {
  if (error.code === "RESOURCE_EXHAUSTION") return TOO_DEEP;
  return error.code === "MULTIPLE_DOCS" ? "a second YAML document begins" : sentence(error.message);
}

/** The parser's own words, which may quote the input: on one line, short and printable. */
function sentence(message: string): string {
  const line = message.split("\n")[0] ?? "";
  return printable(line.replace(/[.:]$/, "").slice(0, 120));
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
