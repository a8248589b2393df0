import { diffArrays } from "diff";

/** Lines that two texts may differ in; beyond, finding the differences takes seconds, and they have nothing in common. */
const EDITS_MAX = 5_000;

/** Both sides of a change to one text. */
export interface Sides {
  base: string;
  ours: string;
  theirs: string;
}

export interface MergedText {
  text: string;
  /** Places that both sides changed in different ways. */
  conflicts: number;
}

/** A replacement of `[start, end)` of the lines of the base. */
interface Hunk {
  start: number;
  end: number;
  lines: string[];
}

/** A stretch of the base that at least one side changed, and all its changes. */
interface Region {
  start: number;
  end: number;
  ours: Hunk[];
  theirs: Hunk[];
}

/**
 * Merges as git does: what one side changed is taken, and where both changed the same or adjoining lines, both stand between
 * git's markers. undefined where the texts are too different to compare.
 */
export function mergeText(sides: Sides, labels: { ours: string; theirs: string }): MergedText | undefined {
  const { base, ours, theirs } = withLineEndsOfOurs(sides);
  const lines = linesOf(base);
  const [ourHunks, theirHunks] = [hunksOf(lines, ours), hunksOf(lines, theirs)];
  if (ourHunks === undefined || theirHunks === undefined) return undefined;
  const newline = ours.includes("\r\n") ? "\r\n" : "\n";
  const merged: string[] = [];
  let [done, conflicts] = [0, 0];
  for (const region of regionsOf(ourHunks, theirHunks)) {
    merged.push(...lines.slice(done, region.start));
    done = region.end;
    const [a, b] = [region.ours, region.theirs].map((hunks) => apply(lines, region, hunks).join(""));
    if (region.theirs.length === 0 || a === b) merged.push(a ?? "");
    else if (region.ours.length === 0) merged.push(b ?? "");
    else {
      conflicts += 1;
      merged.push(conflict([a ?? "", b ?? ""], labels, newline));
    }
  }
  merged.push(...lines.slice(done));
  return { text: merged.join(""), conflicts };
}

/** A checkout on Windows has other line ends than what was published: else each line would count as changed. */
function withLineEndsOfOurs({ base, ours, theirs }: Sides): Sides {
  const isAllCrlf = ours.includes("\r\n") && !/(?<!\r)\n/.test(ours);
  const convert = (text: string): string => (text.includes("\r") ? text : text.replaceAll("\n", "\r\n"));
  return isAllCrlf ? { base: convert(base), ours, theirs: convert(theirs) } : { base, ours, theirs };
}

/** With their line breaks. */
function linesOf(text: string): string[] {
  return text === "" ? [] : text.split(/(?<=\n)/);
}

function hunksOf(base: string[], changed: string): Hunk[] | undefined {
  const changes = diffArrays(base, linesOf(changed), { maxEditLength: EDITS_MAX });
  if (changes === undefined) return undefined;
  const hunks: Hunk[] = [];
  let [at, open] = [0, false];
  for (const { added, removed, value } of changes) {
    if (!added && !removed) {
      at += value.length;
      open = false;
      continue;
    }
    if (!open) hunks.push({ start: at, end: at, lines: [] });
    open = true;
    const hunk = hunks.at(-1);
    if (hunk === undefined) continue;
    if (added) hunk.lines.push(...value);
    else at = hunk.end = at + value.length;
  }
  return hunks;
}

/** Hunks of the two sides that overlap or touch belong together. */
function regionsOf(ours: Hunk[], theirs: Hunk[]): Region[] {
  const all = [
    ...ours.map((hunk) => ({ side: "ours" as const, hunk })),
    ...theirs.map((hunk) => ({ side: "theirs" as const, hunk })),
  ].toSorted((a, b) => a.hunk.start - b.hunk.start);
  const regions: Region[] = [];
  for (const { side, hunk } of all) {
    let region = regions.at(-1);
    if (region === undefined || hunk.start > region.end) {
      region = { start: hunk.start, end: hunk.end, ours: [], theirs: [] };
      regions.push(region);
    }
    region.end = Math.max(region.end, hunk.end);
    region[side].push(hunk);
  }
  return regions;
}

/** The lines of a region as one side has them. */
function apply(base: string[], region: Region, hunks: Hunk[]): string[] {
  const lines: string[] = [];
  let done = region.start;
  for (const { start, end, lines: changed } of hunks) {
    lines.push(...base.slice(done, start), ...changed);
    done = end;
  }
  return [...lines, ...base.slice(done, region.end)];
}

function conflict(
  [ours, theirs]: [string, string],
  labels: { ours: string; theirs: string },
  newline: string,
): string {
  const ended = (text: string) => (text === "" || text.endsWith("\n") ? text : text + newline);
  return [
    `<<<<<<< ${labels.ours}${newline}${ended(ours)}`,
    `=======${newline}${ended(theirs)}`,
    `>>>>>>> ${labels.theirs}${newline}`,
  ].join("");
}
