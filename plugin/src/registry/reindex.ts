import type { Metadata, MetadataWriter, Package } from "../store/metadata.ts";
import { searchDocument } from "./search-document.ts";
import { LATEST } from "./versions.ts";

/** Packages of one transaction: some 50 ms, in which publishes wait. */
const BATCH = 50;

export interface Reindexing {
  metadata: Metadata;
  now: () => Date;
  /** Told after every batch. */
  progress?: (done: number) => void;
  /** Ends the work after the batch that runs; the documents are still stale then. */
  signal?: AbortSignal;
}

/** Rebuilds the search documents if an upgrade of the database asks for it. */
export async function reindexIfStale(work: Reindexing): Promise<void> {
  if (await work.metadata.searchIsStale()) await reindex(work);
}

/**
 * Builds every search document anew from the versions, while the registry goes on working: each package is read and
 * indexed in one transaction. Returns how many packages there are.
 */
export async function reindex({ metadata, now, progress, signal }: Reindexing): Promise<number> {
  let done = 0;
  let after = 0;
  for (;;) {
    const batch = await metadata.packagesAfter(after, BATCH);
    const last = batch.at(-1);
    if (last === undefined) break;
    await metadata.transaction(async (tx) => {
      for (const found of batch) await indexPackage(tx, found);
    });
    after = last.id;
    done += batch.length;
    progress?.(done);
    if (signal?.aborted === true) return done;
  }
  await metadata.transaction(async (tx) => {
    await tx.refreshDownloads(now().toISOString().slice(0, 10), "all");
    await tx.markSearchCurrent();
  });
  return done;
}

/** The search document follows `latest`. A package without one has no live version, and search does not find it. */
export async function indexPackage(tx: MetadataWriter, found: Package): Promise<void> {
  const latest = (await tx.distTags(found.id)).find(({ tag }) => tag === LATEST);
  const version = latest && (await tx.version(found.id, latest.version));
  if (version === undefined) await tx.deleteSearchDocument(found.id);
  else await tx.putSearchDocument(found.id, searchDocument(found, version));
}
