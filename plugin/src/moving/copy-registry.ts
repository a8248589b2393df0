import { SkillsError } from "@skills-registry/schema";
import { reindex } from "../registry/reindex.ts";
import type { Blobs } from "../store/blobs.ts";
import type { DumpedRow, Metadata } from "../store/metadata.ts";
import { copyBlobs, type Copying } from "./copy-blobs.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { noteWanted, type WantedBlobs } from "./wanted-blobs.ts";

/** Packages between two lines of progress. */
const PROGRESS_EVERY = 1_000;
/** Versions between two. */
const ROWS_EVERY = 20_000;

export interface Target {
  metadata: Metadata;
  blobs: Blobs;
}

export interface RegistryCopy {
  rows: number;
  /** Tarballs that the registry needs. */
  tarballs: number;
  /** Those of them that were not there yet. */
  copied: number;
  copiedBytes: number;
}

interface Work {
  metadata: Pick<Metadata, "dump">;
  read: Copying["read"];
  /** Digests of tarballs that are known to be lost. */
  missing?: string[];
  progress(text: string): void;
}

/** What the versions of the dump need. */
async function wantedIn(rows: AsyncIterable<DumpedRow>): Promise<WantedBlobs> {
  const wanted: WantedBlobs = new Map();
  for await (const row of rows) noteWanted(wanted, row);
  return wanted;
}

/** The tarballs alone, ahead of `copyRegistry`, which then finds them there. */
export async function copyTarballs(
  { metadata, read, missing = [], progress }: Work,
  target: Target,
): Promise<Pick<RegistryCopy, "tarballs" | "copied" | "copiedBytes">> {
  const wanted = await wantedIn(metadata.dump());
  const lost = new Set(missing);
  for (const digest of wanted.keys()) if (lost.has(digest)) wanted.delete(digest);
  const { copied, bytes } = await copyBlobs({ read, to: target.blobs, progress }, wanted);
  return { tarballs: wanted.size, copied, copiedBytes: bytes };
}

/**
 * Makes an unused target the same registry as the source, which must not change meanwhile. The tarballs come first and the rest in one
 * transaction: until that ends the target is unused, and the work can be done again at any time.
 */
export async function copyRegistry(work: Work, target: Target): Promise<RegistryCopy> {
  const tarballs = await copyTarballs(work, target);
  let rows = 0;
  await target.metadata.load(async function* counted() {
    rows = 0;
    for await (const row of work.metadata.dump()) {
      rows += 1;
      if (rows % ROWS_EVERY === 0) work.progress(`${rows} rows are copied\n`);
      yield row;
    }
  });
  return { ...tarballs, rows };
}

/** Throws ESTORAGE when the two databases hold different rows. */
export async function requireSame(one: Pick<Metadata, "dump">, other: Pick<Metadata, "dump">): Promise<void> {
  const [a, b] = [await fingerprintOf(one.dump()), await fingerprintOf(other.dump())];
  if (a === b) return;
  throw new SkillsError("ESTORAGE", "the copy is not the same as what it was made from", {
    hint: "A registry has written to one of them meanwhile. Stop it, and begin again with an empty target.",
  });
}

/** The search index of the target, which is not copied. */
export async function indexTarget(
  metadata: Metadata,
  now: () => Date,
  progress: (text: string) => void,
): Promise<void> {
  await reindex({
    metadata,
    now,
    progress: (count) => {
      if (count % PROGRESS_EVERY === 0) progress(`${count} skills are indexed for search\n`);
    },
  });
}
