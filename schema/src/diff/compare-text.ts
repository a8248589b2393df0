import { structuredPatch } from "diff";
import type { Hunk } from "../api/diff.ts";

/** Lines around a change. */
const CONTEXT = 3;
/** Lines added and removed beyond which two texts have too little in common: the search for it takes quadratic time. */
const EDITS_MAX = 4_000;

/** What may still be spent; whoever spends takes it off. */
export interface DiffBudget {
  bytes: number;
  ms: number;
}

export interface TextDiff {
  /** Null when there was no time for it. */
  hunks: Hunk[] | null;
  added: number;
  removed: number;
}

/** Compares two texts line by line, for no longer than the budget has milliseconds left. */
export function compareText(before: string, after: string, budget: DiffBudget): TextDiff {
  if (before === "" || after === "") return oneSided(before, after);
  if (budget.ms <= 0) return { hunks: null, ...replacedLines(before, after) };
  const start = performance.now();
  const options = { context: CONTEXT, timeout: budget.ms, maxEditLength: EDITS_MAX };
  const patch = structuredPatch("", "", before, after, undefined, undefined, options);
  budget.ms -= performance.now() - start;
  if (patch === undefined) return { hunks: null, ...replacedLines(before, after) };
  return counted(
    patch.hunks.map(({ oldStart, newStart, lines }) => ({
      oldStart,
      newStart,
      lines: lines.flatMap(toLine),
    })),
  );
}

/** A new or removed text needs no comparing. */
function oneSided(before: string, after: string): TextDiff {
  const kind = before === "" ? "+" : "-";
  const lines = linesOf(before === "" ? after : before).map((text) => ({ kind, text }) as const);
  if (lines.length === 0) return { hunks: [], added: 0, removed: 0 };
  return counted([{ oldStart: before === "" ? 0 : 1, newStart: after === "" ? 0 : 1, lines }]);
}

/** Lines of a patch begin with their kind; `\ No newline at end of file` is none. */
function toLine(line: string): Hunk["lines"] {
  const kind = line[0];
  return kind === " " || kind === "+" || kind === "-" ? [{ kind, text: line.slice(1) }] : [];
}

function counted(hunks: Hunk[]): TextDiff {
  const count = (kind: string): number =>
    hunks.reduce((sum, { lines }) => sum + lines.filter((line) => line.kind === kind).length, 0);
  return { hunks, added: count("+"), removed: count("-") };
}

/** The lines between the first and the last that differ: a fair guess where comparing would take too long. */
function replacedLines(before: string, after: string): { added: number; removed: number } {
  const [left, right] = [linesOf(before), linesOf(after)];
  const shortest = Math.min(left.length, right.length);
  let head = 0;
  while (head < shortest && left[head] === right[head]) head += 1;
  let tail = 0;
  while (tail < shortest - head && left.at(-1 - tail) === right.at(-1 - tail)) tail += 1;
  return { added: right.length - head - tail, removed: left.length - head - tail };
}

/** Without the empty text after a last line break. */
function linesOf(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
