const MB = 1024 * 1024;

/** What a package may be at most. Bytes unless the name says otherwise. */
export interface Limits {
  /** The packed .tgz. */
  tarball: number;
  /** All files together, unpacked. */
  unpacked: number;
  /** Entries in the archive, folders included. */
  entries: number;
  /** One file, unpacked. */
  file: number;
  /** One SKILL.md. */
  skillFile: number;
  /** Unpacked size over packed size; a bomb reaches 600 to 1,000. */
  ratio: number;
  /** Bytes of a path in UTF-8; ustar itself ends at 255. */
  path: number;
  /** Path segments below the package root. */
  depth: number;
}

/** Below this size no ratio does harm, and small skills of repetitive text reach high ones. Bytes. */
const RATIO_FREE = 1 * MB;

/** Bytes that an archive of `packed` bytes may unpack to. */
export function ratioCap(packed: number, limits: Limits): number {
  return Math.max(RATIO_FREE, packed * limits.ratio);
}

export const DEFAULT_LIMITS: Limits = {
  tarball: 10 * MB,
  unpacked: 50 * MB,
  entries: 2_000,
  file: 20 * MB,
  skillFile: 1 * MB,
  ratio: 200,
  path: 240,
  depth: 12,
};
