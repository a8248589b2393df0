import { isText, type Entry } from "@skills-registry/schema/basics";
import { mergeText } from "./merge-text.ts";

/** What becomes of one file of a fork. */
export interface FileMerge {
  path: string;
  /** `marked`: both versions stand in the file, between git's markers. `kept`: ours stays, although theirs changed as well. */
  action: "added" | "changed" | "removed" | "merged" | "marked" | "kept";
  /** What the file holds afterwards; absent where it stays or goes. */
  file?: Entry;
}

/** The three states of a fork's files. */
export interface Versions {
  base: readonly Entry[];
  ours: readonly Entry[];
  theirs: readonly Entry[];
}

interface Three {
  base: Entry | undefined;
  ours: Entry | undefined;
  theirs: Entry | undefined;
}

/** What `theirs` changed since `base`, carried over to `ours`. Files that only we have, or only we changed, are not among them. */
export function mergeFiles(versions: Versions, labels: { ours: string; theirs: string }): FileMerge[] {
  const paths = new Set([...versions.base, ...versions.theirs].map(({ path }) => path));
  const at = (entries: readonly Entry[], path: string) => entries.find((entry) => entry.path === path);
  const merges = [...paths].toSorted().flatMap((path): FileMerge[] => {
    const { base, ours, theirs } = versions;
    const three = { base: at(base, path), ours: at(ours, path), theirs: at(theirs, path) };
    const merge = mergeFile(three, labels);
    return merge === undefined ? [] : [{ path, ...merge }];
  });
  const removed = new Set(merges.filter(({ action }) => action === "removed").map(({ path }) => path));
  const staying = versions.ours.map(({ path }) => path).filter((path) => !removed.has(path));
  return merges.map((merge) => (isBlocked(merge, staying) ? { path: merge.path, action: "kept" } : merge));
}

/**
 * True where a file of ours stands where a folder would have to be, or the other way round. A link counts as a file: one that
 * leads out of the fork would have the origin write wherever it leads.
 */
function isBlocked({ path, file }: FileMerge, staying: readonly string[]): boolean {
  if (file === undefined) return false;
  return staying.some((own) => path.startsWith(`${own}/`) || own.startsWith(`${path}/`));
}

function mergeFile(
  { base, ours, theirs }: Three,
  labels: { ours: string; theirs: string },
): Omit<FileMerge, "path"> | undefined {
  if (isSame(base, theirs) || isSame(ours, theirs)) return undefined;
  if (isSame(ours, base)) {
    if (theirs === undefined) return { action: "removed" };
    return { action: base === undefined ? "added" : "changed", file: theirs };
  }
  const texts = [base ?? empty(theirs), ours, theirs].map(textOf);
  const [baseText, ourText, theirText] = texts;
  if (baseText === undefined || ourText === undefined || theirText === undefined) return { action: "kept" };
  const merged = mergeText({ base: baseText, ours: ourText, theirs: theirText }, labels);
  if (merged === undefined || ours === undefined) return { action: "kept" };
  const file = { ...ours, data: new TextEncoder().encode(merged.text) };
  return { action: merged.conflicts === 0 ? "merged" : "marked", file };
}

function isSame(a: Entry | undefined, b: Entry | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.type === b.type && Buffer.compare(a.data, b.data) === 0;
}

/** Stands for a file that both sides have added. */
function empty(like: Entry | undefined): Entry | undefined {
  return like === undefined ? undefined : { ...like, data: new Uint8Array() };
}

function textOf(entry: Entry | undefined): string | undefined {
  if (entry?.type !== "file" || !isText(entry.data)) return undefined;
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(entry.data);
}
