import type { FileChange } from "../api/diff.ts";
import type { Entry } from "../entry.ts";
import { isText } from "../text.ts";
import type { DiffBudget, TextDiff } from "./compare-text.ts";

/** Files of one comparison that are shown line by line; of the others only is told that they changed. */
const FILES_WITH_HUNKS = 100;
/** Bytes of one file, both sides together, up to which it is compared line by line. */
const FILE_BYTES = 512 * 1024;
/** Bytes of all files that are compared line by line; the answer cannot be much larger. */
const TOTAL_BYTES = 2 * 1024 * 1024;
/** How long the files of one comparison are compared, and everything else waits, milliseconds. Taking the texts apart comes on top. */
const TOTAL_MS = 75;

/** What changed from one set of files to another, sorted by path; unchanged files are left out. Folders carry no content. */
export async function compareFiles(before: readonly Entry[], after: readonly Entry[]): Promise<FileChange[]> {
  // Loaded here: most users of this package never compare a text.
  const { compareText } = await import("./compare-text.ts");
  const [left, right] = [filesByPath(before), filesByPath(after)];
  const paths = [...new Set([...left.keys(), ...right.keys()])].toSorted();
  const budget = { files: FILES_WITH_HUNKS, bytes: TOTAL_BYTES, ms: TOTAL_MS, compareText };
  return paths.flatMap((path) => {
    const change = { path, before: left.get(path), after: right.get(path) };
    return isChanged(change) ? [compareFile(change, budget)] : [];
  });
}

interface Budget extends DiffBudget {
  files: number;
  compareText: (before: string, after: string, budget: DiffBudget) => TextDiff;
}

/** One path on both sides. */
interface Change {
  path: string;
  before: Entry | undefined;
  after: Entry | undefined;
}

function filesByPath(entries: readonly Entry[]): Map<string, Entry> {
  return new Map(entries.filter(({ type }) => type === "file").map((entry) => [entry.path, entry]));
}

function isChanged({ before, after }: Change): boolean {
  if (before === undefined || after === undefined) return true;
  return before.mode !== after.mode || Buffer.compare(before.data, after.data) !== 0;
}

function compareFile({ path, before, after }: Change, budget: Budget): FileChange {
  const { hunks, added, removed } = compareWithin(before?.data, after?.data, budget);
  return {
    path,
    status: before === undefined ? "added" : after === undefined ? "removed" : "changed",
    before: before?.data.length ?? null,
    after: after?.data.length ?? null,
    added,
    removed,
    hunks,
  };
}

const NOT_COMPARED: TextDiff = { hunks: null, added: 0, removed: 0 };

function compareWithin(
  before: Uint8Array | undefined,
  after: Uint8Array | undefined,
  budget: Budget,
): TextDiff {
  const sides = [before ?? new Uint8Array(), after ?? new Uint8Array()] as const;
  const size = sides[0].length + sides[1].length;
  if (budget.files === 0 || size > FILE_BYTES || size > budget.bytes || !sides.every(isText))
    return NOT_COMPARED;
  budget.files -= 1;
  budget.bytes -= size;
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return budget.compareText(decoder.decode(sides[0]), decoder.decode(sides[1]), budget);
}
