import { type Entry, isText } from "@skills-registry/schema";
import { LRUCache } from "lru-cache";
import type { Version } from "../store/metadata.ts";
import { compareText, type DiffBudget, type Hunk, type TextDiff } from "./diff-text.ts";
import type { UnpackedPackages } from "./unpacked.ts";

/** Files of one diff that are shown line by line; of the others only is told that they changed. */
const FILES_WITH_HUNKS = 100;
/** Bytes of one file, both sides together, up to which it is compared line by line. */
const FILE_BYTES = 512 * 1024;
/** Bytes of all files that are compared line by line; the answer cannot be much larger. */
const TOTAL_BYTES = 2 * 1024 * 1024;
/** How long the files of one diff are compared, and everything else waits, milliseconds. Taking the texts apart comes on top. */
const TOTAL_MS = 75;

/** Bytes of diffs that are kept. */
const KEPT_BYTES = 32 * 1024 * 1024;
/** What a line and a file take beside their text. */
const LINE_OVERHEAD = 64;
const FILE_OVERHEAD = 512;

export interface VersionDiff {
  /** Version numbers. */
  from: string;
  to: string;
  /** Sorted by path; unchanged files are left out. */
  files: FileChange[];
}

export interface FileChange {
  path: string;
  status: "added" | "removed" | "changed";
  /** Bytes; null where the file is not there. */
  before: number | null;
  after: number | null;
  /** Lines; 0 for a file that is not compared line by line. */
  added: number;
  removed: number;
  /** Null for a binary file, or one too large or too different to compare; empty when only the mode changed. */
  hunks: Hunk[] | null;
}

/** What changed from one version to another. Published versions never change, so neither does this. */
export interface VersionDiffs {
  between(from: Version, to: Version): Promise<VersionDiff>;
}

/** Diffs that were asked for are kept while there is room: comparing takes up to TOTAL_MS, for whoever asks. */
export function versionDiffs(unpacked: UnpackedPackages): VersionDiffs {
  const kept = new LRUCache<string, VersionDiff>({ maxSize: KEPT_BYTES, sizeCalculation: sizeOf });
  return {
    async between(from, to) {
      const key = `${from.integrity} ${to.integrity}`;
      const known = kept.get(key);
      // The same bytes may be published under several names and numbers.
      if (known !== undefined) return { ...known, from: from.version, to: to.version };
      const diff = await compare(unpacked, from, to);
      kept.set(key, diff);
      return diff;
    },
  };
}

async function compare(unpacked: UnpackedPackages, from: Version, to: Version): Promise<VersionDiff> {
  const before = filesByPath(await unpacked.entries(from));
  const after = filesByPath(await unpacked.entries(to));
  const paths = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  const budget = { files: FILES_WITH_HUNKS, bytes: TOTAL_BYTES, ms: TOTAL_MS };
  const files = paths.flatMap((path) => {
    const change = { path, before: before.get(path), after: after.get(path) };
    return isChanged(change) ? [compareFile(change, budget)] : [];
  });
  return { from: from.version, to: to.version, files };
}

function sizeOf({ files }: VersionDiff): number {
  const lines = files.flatMap(({ hunks }) => hunks ?? []).flatMap((hunk) => hunk.lines);
  return lines.reduce(
    (sum, { text }) => sum + text.length + LINE_OVERHEAD,
    (files.length + 1) * FILE_OVERHEAD,
  );
}

/** One path in both versions. */
interface Change {
  path: string;
  before: Entry | undefined;
  after: Entry | undefined;
}

function filesByPath(entries: Entry[]): Map<string, Entry> {
  return new Map(entries.filter(({ type }) => type === "file").map((entry) => [entry.path, entry]));
}

function isChanged({ before, after }: Change): boolean {
  if (before === undefined || after === undefined) return true;
  return before.mode !== after.mode || Buffer.compare(before.data, after.data) !== 0;
}

function compareFile({ path, before, after }: Change, budget: DiffBudget & { files: number }): FileChange {
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
  budget: DiffBudget & { files: number },
): TextDiff {
  const sides = [before ?? new Uint8Array(), after ?? new Uint8Array()] as const;
  const size = sides[0].length + sides[1].length;
  if (budget.files === 0 || size > FILE_BYTES || size > budget.bytes || !sides.every(isText))
    return NOT_COMPARED;
  budget.files -= 1;
  budget.bytes -= size;
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return compareText(decoder.decode(sides[0]), decoder.decode(sides[1]), budget);
}
