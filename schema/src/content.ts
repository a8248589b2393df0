import type { Entry } from "./entry.ts";
import { type Issue, issue } from "./issue.ts";
import { LineFinder } from "./lines.ts";
import { relativeLinks } from "./links.ts";
import { findSecrets } from "./secrets.ts";
import { BIDI_CONTROLS, hasHiddenText, quote } from "./text.ts";
import { hasZeroWidth } from "./zero-width.ts";

/** Findings of one rule in one file; a file of a million secrets is as wrong as one of twenty. */
const FINDINGS_MAX = 20;

/** Lines with links that are read in one package; a link costs microseconds, and millions fit into 50 MB. */
const LINK_LINES_MAX = 10_000;

const MARKDOWN = /\.(?:md|mdx|markdown)$/i;

/** Bytes of Markdown that are read for links and characters: far more than any agent reads. */
const MARKDOWN_MAX = 2 * 1024 * 1024;

/**
 * The rules on what is in the files: secrets in all of them, hidden characters and links in Markdown.
 * `roots` are the folders of the skills ("" or `skills/x`), which links should not leave. Time is linear in the bytes.
 */
export function inspectContent(entries: Entry[], roots: string[]): Issue[] {
  const tree: Tree = { places: placesIn(entries), roots, linesLeft: LINK_LINES_MAX };
  return entries.flatMap((entry) => {
    if (entry.type !== "file") return [];
    const secrets = inspectSecrets(entry);
    if (!MARKDOWN.test(entry.path) || entry.data.length > MARKDOWN_MAX) return secrets;
    const text = new TextDecoder().decode(entry.data);
    return [...secrets, ...inspectCharacters(entry.path, text), ...inspectLinks(entry.path, text, tree)];
  });
}

/** What links are resolved against. */
interface Tree {
  /** Every file and folder of the package. */
  places: Set<string>;
  roots: string[];
  /** Lines with links that may still be read; counts down. */
  linesLeft: number;
}

function inspectSecrets({ path, data }: Entry): Issue[] {
  const text = decodeBytes(data);
  const lines = new LineFinder(text);
  return findSecrets(text)
    .slice(0, FINDINGS_MAX)
    .map(({ kind, label, prefix, offset }) => {
      const code = kind === "token" ? "content.token" : "content.private-key";
      const message = `this looks like a live ${label}: ${quote(`${prefix}…`)}`;
      return issue(code, { path, line: lines.lineAt(offset), message });
    });
}

/** Secrets are ASCII, so one character per byte does, and is fastest; files of Windows tools may be UTF-16. */
function decodeBytes(data: Uint8Array): string {
  const buffer = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return buffer.toString(data[0] === 0xff && data[1] === 0xfe ? "utf16le" : "latin1");
}

function inspectCharacters(path: string, text: string): Issue[] {
  // Once over the whole text first: nearly all texts have none of it.
  if (!BIDI_CONTROLS.test(text) && !hasHiddenText(text) && !hasZeroWidth(text)) return [];
  const issues: Issue[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const at = { path, line: index + 1 };
    if (BIDI_CONTROLS.test(line)) {
      issues.push(issue("content.bidi", { ...at, message: "the line has bidirectional control characters" }));
    }
    if (hasHiddenText(line)) {
      issues.push(
        issue("content.hidden-text", { ...at, message: "the line has characters that carry hidden text" }),
      );
    }
    if (hasZeroWidth(line)) {
      issues.push(issue("content.zero-width", { ...at, message: "the line has zero-width characters" }));
    }
    if (issues.length >= FINDINGS_MAX) break;
  }
  return issues;
}

function inspectLinks(path: string, text: string, tree: Tree): Issue[] {
  const folder = path.split("/").slice(0, -1);
  const root = rootOf(path, tree.roots);
  const { links, linesRead } = relativeLinks(text, tree.linesLeft);
  tree.linesLeft -= linesRead;
  const issues = links.flatMap(({ target, line }) => {
    const resolved = resolve(folder, target);
    if (resolved === undefined || !isInside(resolved, root)) {
      const message = `the link to ${quote(target)} leaves the skill's folder`;
      return [issue("content.link.outside", { path, line, message })];
    }
    if (tree.places.has(resolved)) return [];
    return [issue("content.link.broken", { path, line, message: `there is no ${quote(target)}` })];
  });
  return issues.slice(0, FINDINGS_MAX);
}

/** The innermost skill folder around the path; the package root when there is none. */
function rootOf(path: string, roots: string[]): string {
  const around = roots.filter((root) => root !== "" && path.startsWith(`${root}/`));
  return around.toSorted((a, b) => b.length - a.length)[0] ?? "";
}

function isInside(path: string, root: string): boolean {
  return root === "" || path === root || path.startsWith(`${root}/`);
}

/** Undefined when the link climbs out of the package. */
function resolve(folder: string[], target: string): string | undefined {
  const segments = [...folder];
  for (const segment of target.split("/")) {
    if (segment === "..") {
      if (segments.pop() === undefined) return undefined;
    } else if (segment !== "" && segment !== ".") segments.push(segment);
  }
  return segments.join("/");
}

/** Every file and every folder, the root included. */
function placesIn(entries: Entry[]): Set<string> {
  const places = new Set([""]);
  for (const { path } of entries) {
    for (let slash = path.indexOf("/"); slash !== -1; slash = path.indexOf("/", slash + 1)) {
      places.add(path.slice(0, slash));
    }
    places.add(path);
  }
  return places;
}
