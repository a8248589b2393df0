import type { Entry } from "../entry.ts";
import { LineFinder } from "../lines.ts";
import type { Ability } from "./ability.ts";
import { digestOf, interpreterOf } from "./scripts.ts";

/** Bytes of one package that are looked through, SKILL.md and scripts first: at most a tenth of a second. */
const TOTAL_BYTES = 2 * 1024 * 1024;
/** Findings of one kind in one file. Nobody reads more, and a text made of addresses would fill the memory with them. */
const FINDINGS_MAX = 2_000;
/** Places of one package that are looked at closely, each for some microseconds; an honest megabyte has a tenth of them. */
const CANDIDATES_MAX = 20_000;
const MARKDOWN = /\.(?:md|mdx|markdown)$/i;
const SKILL_FILE = /(?:^|\/)SKILL\.md$/;

/** A text of the package to be looked through. */
export interface Source {
  path: string;
  text: string;
  kind: "script" | "markdown" | "other";
  /** One for all texts of the package. */
  budget: Budget;
}

/** Places that may still be looked at closely; counts down, below zero where there were more. */
export interface Budget {
  candidates: number;
}

/** False where nothing is left to spend. */
export function spend(budget: Budget): boolean {
  budget.candidates -= 1;
  return budget.candidates >= 0;
}

/** Where something was found in a text. */
export interface Found {
  subject: string;
  detail?: string;
  /** In the text, UTF-16 code units. */
  offset: number;
}

/** The texts of a package, the most important first, and the files that there was no room for. */
export function sourcesOf(entries: readonly Entry[]): { sources: Source[]; unread: Entry[] } {
  const ranked = entries
    .filter(({ type }) => type === "file")
    .map((entry) => ({ entry, rank: rankOf(entry) }))
    .toSorted((a, b) => a.rank - b.rank || compareText(a.entry.path, b.entry.path));
  const sources: Source[] = [];
  const unread: Entry[] = [];
  const budget = { candidates: CANDIDATES_MAX };
  let left = TOTAL_BYTES;
  for (const { entry, rank } of ranked) {
    const text = textOf(entry.data, left);
    if (text === "binary") continue;
    if (text === "too large") {
      unread.push(entry);
      continue;
    }
    left -= entry.data.length;
    sources.push({ path: entry.path, text: text.text, kind: kindOf(entry.path, rank), budget });
  }
  return { sources, unread };
}

/** What was found in a text, with lines; of each subject the first. Offsets have to ascend. Too many findings are one more. */
export function located(kind: Ability["kind"], source: Source, findings: Iterable<Found>): Ability[] {
  const lines = new LineFinder(source.text);
  const seen = new Set<string>();
  const abilities: Ability[] = [];
  for (const { offset, subject, ...rest } of findings) {
    if (seen.has(subject)) continue;
    if (seen.size === FINDINGS_MAX) return [...abilities, unreadPart(source, `every ${kind}`)];
    seen.add(subject);
    abilities.push({
      kind,
      subject,
      ...rest,
      said: source.kind === "script" ? "script" : "text",
      path: source.path,
      line: lines.lineAt(offset),
    });
  }
  return abilities;
}

/** Says that a text was looked through in part only. */
export function unreadPart({ path, text }: Source, what: string): Ability {
  return { kind: "unread", subject: `${path} for ${what}`, path, digest: digestOf(text) };
}

const RANK_SKILL = 0;
const RANK_SCRIPT = 1;
const RANK_OTHER = 2;

function rankOf(entry: Entry): number {
  if (SKILL_FILE.test(entry.path)) return RANK_SKILL;
  return interpreterOf(entry) === undefined ? RANK_OTHER : RANK_SCRIPT;
}

function kindOf(path: string, rank: number): Source["kind"] {
  if (MARKDOWN.test(path)) return "markdown";
  return rank === RANK_SCRIPT ? "script" : "other";
}

/** Files of Windows tools may be UTF-16; other bytes of zero mean that it is no text. */
function textOf(data: Uint8Array, left: number): { text: string } | "binary" | "too large" {
  const wide = data[0] === 0xff && data[1] === 0xfe;
  if (!wide && data.includes(0)) return "binary";
  if (data.length > left) return "too large";
  return { text: new TextDecoder(wide ? "utf-16le" : "utf-8").decode(data) };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
