/** A relative link of a Markdown text. */
export interface Link {
  /** As written, without `#anchor` and `?query`, percent-decoded. */
  target: string;
  /** Line in the text, from 1. */
  line: number;
}

/** Longer lines are data, not prose, and are not searched. */
const LINE_MAX = 10_000;

const FENCE = /^ {0,3}(?:[-*+>] {0,3})*(`{3,}|~{3,})/;
const LINK = /\]\(\s{0,9}(?:<([^<>]{1,500})>|([^\s()<][^\s()]{0,499})(?=[\s)]))/g;
const DEFINITION = /^ {0,3}\[[^\]^][^\]]{0,200}\]:\s{0,9}(?:<([^<>]{1,500})>|(\S{1,500}))/;

/** `https:`, `mailto:`, `//host`, `/path-of-a-site`, `#anchor`: not relative. */
const NOT_RELATIVE = /^(?:[a-z][a-z0-9+.-]*:|[/#])/i;

/** Placeholders of templates, and shortened examples. */
const PLACEHOLDER = /[{}<>$*|\\]|\.\.\.|…/;

/**
 * Relative links outside of code, in at most `linesMax` lines that may have some. Not a Markdown parser: it reads lines,
 * which is linear and enough for a warning.
 */
export function relativeLinks(markdown: string, linesMax: number): { links: Link[]; linesRead: number } {
  const links: Link[] = [];
  let linesRead = 0;
  let fence: string | undefined;
  for (const [index, line] of markdown.split("\n").entries()) {
    const mark = line.includes("```") || line.includes("~~~") ? FENCE.exec(line)?.[1] : undefined;
    if (fence !== undefined) {
      if (mark !== undefined && closes(mark, fence, line)) fence = undefined;
      continue;
    }
    fence = mark;
    if (fence !== undefined || !mayHaveLink(line)) continue;
    if (linesRead === linesMax) break;
    linesRead += 1;
    links.push(...targetsIn(withoutCode(line)).map((target) => ({ target, line: index + 1 })));
  }
  return { links, linesRead };
}

function mayHaveLink(line: string): boolean {
  return line.length <= LINE_MAX && (line.includes("](") || line.includes("]:"));
}

/** A fence is closed by at least as many of the same character, alone on the line. */
function closes(mark: string, fence: string, line: string): boolean {
  return mark.startsWith(fence) && line.trim().replace(/^[-*+> ]+/, "") === mark;
}

function targetsIn(line: string): string[] {
  const matches = [...line.matchAll(LINK)];
  const definition = DEFINITION.exec(line);
  const raw = [...matches, ...(definition === null ? [] : [definition])].map(
    (match) => match[1] ?? match[2] ?? "",
  );
  return raw.flatMap((address) => {
    const target = decode(address.replace(/[#?].*$/, ""));
    return isFileLike(target) ? [target] : [];
  });
}

/** `[text](value)` is often no link but code or an example; a file has an extension or lies in a folder. */
function isFileLike(target: string): boolean {
  return /[./]/.test(target) && !NOT_RELATIVE.test(target) && !PLACEHOLDER.test(target);
}

/**
 * The line without its inline code spans. A run of backticks ends at the next run of the same length;
 * a length that found no end once is not looked for again, which keeps a line of backticks linear.
 */
function withoutCode(line: string): string {
  if (!line.includes("`")) return line;
  const runs = [...line.matchAll(/`+/g)].map((match) => ({ start: match.index, length: match[0].length }));
  const unmatched = new Set<number>();
  let kept = "";
  let position = 0;
  for (let index = 0; index < runs.length; index += 1) {
    const open = runs[index];
    if (open === undefined || unmatched.has(open.length)) continue;
    let close = index + 1;
    while (close < runs.length && runs[close]?.length !== open.length) close += 1;
    const end = runs[close];
    if (end === undefined) unmatched.add(open.length);
    else {
      kept += line.slice(position, open.start);
      position = end.start + end.length;
      index = close;
    }
  }
  return kept + line.slice(position);
}

function decode(address: string): string {
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
}
