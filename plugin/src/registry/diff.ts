import {
  compareAbilities,
  compareFiles,
  type FileChange,
  type NewAbilitiesAnswer,
} from "@skills-registry/schema";
import { LRUCache } from "lru-cache";
import type { Version } from "../store/metadata.ts";
import type { UnpackedPackages } from "./unpacked.ts";

/** Bytes of diffs that are kept. */
const KEPT_BYTES = 32 * 1024 * 1024;
/** What a line, a file and an ability take beside their text. */
const LINE_OVERHEAD = 64;
const FILE_OVERHEAD = 512;

export interface VersionDiff {
  /** Version numbers. */
  from: string;
  to: string;
  /** Sorted by path; unchanged files are left out. */
  files: FileChange[];
  /** What `to` newly can do. */
  abilities: NewAbilitiesAnswer;
}

/** What changed from one version to another. Published versions never change, so neither does this. */
export interface VersionDiffs {
  between(from: Version, to: Version): Promise<VersionDiff>;
}

/** Diffs that were asked for are kept while there is room: comparing takes up to some tenths of a second, for whoever asks. */
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
  const before = await unpacked.entries(from);
  const after = await unpacked.entries(to);
  return {
    from: from.version,
    to: to.version,
    files: await compareFiles(before, after),
    abilities: compareAbilities(before, after),
  };
}

function sizeOf({ files, abilities }: VersionDiff): number {
  const lines = files.flatMap(({ hunks }) => hunks ?? []).flatMap((hunk) => hunk.lines);
  const texts = [...lines, ...abilities.found];
  return texts.reduce(
    (sum, { text }) => sum + text.length + LINE_OVERHEAD,
    (files.length + abilities.found.length + 1) * FILE_OVERHEAD,
  );
}
