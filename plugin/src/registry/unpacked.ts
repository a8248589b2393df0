import { type Entry, type Limits, readTarball } from "@skills-registry/schema";
import { LRUCache } from "lru-cache";
import { digestOfIntegrity } from "../store/digest.ts";
import type { Version } from "../store/metadata.ts";
import type { Parts } from "./parts.ts";
import { turns } from "./turns.ts";

/** Bytes of files that are kept unpacked: some five hundred usual skills, or the largest one. */
const KEPT_BYTES = 64 * 1024 * 1024;
/** What an entry takes beside its data: its objects, and its headers in the tar whose bytes it is a view into. */
const ENTRY_OVERHEAD = 1024;

/** Packages that are unpacked at a time: readers of a hundred large ones would fill the memory with them. */
const UNPACKED_AT_ONCE = 2;

type Unpackable = Pick<Version, "integrity" | "size" | "unpackedSize" | "fileCount">;

/** Files of published versions, unpacked once and kept while there is room. */
export interface UnpackedPackages {
  /** Entries of the tarball, sorted by path. Throws when the blob is missing or damaged. */
  entries(version: Unpackable): Promise<Entry[]>;
}

export function unpackedPackages(parts: Pick<Parts, "blobs" | "config">): UnpackedPackages {
  const kept = new LRUCache<string, Entry[]>({ maxSize: KEPT_BYTES, sizeCalculation: sizeOf });
  /** Reads under way: visitors of one page ask for the same files at once. */
  const reading = new Map<string, Promise<Entry[]>>();
  const inTurn = turns(UNPACKED_AT_ONCE);
  const readOnce = async (version: Unpackable): Promise<Entry[]> => {
    try {
      const entries = await inTurn(() => unpack(parts, version));
      kept.set(version.integrity, entries);
      return entries;
    } finally {
      reading.delete(version.integrity);
    }
  };
  return {
    async entries(version) {
      const { integrity } = version;
      const known = kept.get(integrity) ?? reading.get(integrity);
      if (known !== undefined) return await known;
      const read = readOnce(version);
      reading.set(integrity, read);
      return await read;
    },
  };
}

async function unpack(parts: Pick<Parts, "blobs" | "config">, version: Unpackable): Promise<Entry[]> {
  const bytes = await readBlob(parts, version);
  const { entries, complete } = await readTarball(bytes, limitsFor(version, parts.config.limits));
  if (!complete) throw new Error(`the blob of ${version.integrity} is damaged`);
  return entries.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

async function readBlob({ blobs }: Pick<Parts, "blobs">, version: Unpackable): Promise<Buffer> {
  const blob = await blobs.open(digestOfIntegrity(version.integrity));
  if (blob?.size !== version.size) {
    blob?.stream.destroy();
    throw new Error(`the blob of ${version.integrity} is ${blob === undefined ? "missing" : "damaged"}`);
  }
  return Buffer.concat(await blob.stream.toArray());
}

/** Versions are measured by what they were when they were published: the operator may have lowered the limits since. */
function limitsFor(version: Unpackable, limits: Limits): Limits {
  return {
    ...limits,
    tarball: Math.max(limits.tarball, version.size),
    unpacked: Math.max(limits.unpacked, version.unpackedSize),
    entries: Math.max(limits.entries, version.fileCount),
    ratio: Infinity,
  };
}

function sizeOf(entries: Entry[]): number {
  return entries.reduce((sum, entry) => sum + entry.data.length + ENTRY_OVERHEAD, ENTRY_OVERHEAD);
}
