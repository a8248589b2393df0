import { setTimeout as sleep } from "node:timers/promises";
import type { Metadata, MetadataWriter, Package } from "../store/metadata.ts";
import type { Nodes } from "../store/nodes.ts";
import { searchDocument } from "./search-document.ts";
import { LATEST } from "./versions.ts";

/** Packages of one transaction: some 50 ms, in which publishes wait. */
const BATCH = 50;

/** How long a node that died in the middle keeps the others from beginning anew. */
const LEASE_SECONDS = 60;
/** How often a node looks whether another one still does the work. */
const WAIT_MS = 5_000;

export interface Reindexing {
  metadata: Metadata;
  now: () => Date;
  /** Told after every batch. */
  progress?: (done: number) => void | Promise<void>;
  /** Ends the work after the batch that runs; the documents are still stale then. */
  signal?: AbortSignal;
}

/** Rebuilds the search documents if an upgrade of the database asks for it, on one node; the others are there in case it dies. */
export async function reindexIfStale({
  nodes,
  ...work
}: Reindexing & { nodes: Nodes; signal: AbortSignal }): Promise<void> {
  while (await work.metadata.searchIsStale()) {
    const lease = await nodes.lease("reindex", LEASE_SECONDS);
    if (lease === undefined) {
      await sleep(WAIT_MS, undefined, { signal: work.signal, ref: false });
      continue;
    }
    try {
      // Another node may have done it between the two questions.
      if (!(await work.metadata.searchIsStale())) return;
      await reindex({ ...work, progress: async () => void (await lease.extend(LEASE_SECONDS)) });
    } finally {
      await lease.end();
    }
    if (work.signal.aborted) return;
  }
}

/**
 * Builds every search document anew from the versions, while the registry goes on working: each package is read and
 * indexed in one transaction. Returns how many packages there are.
 */
export async function reindex({ metadata, now, progress, signal }: Reindexing): Promise<number> {
  let done = 0;
  let after = 0;
  for (;;) {
    const from = after;
    const batch = await metadata.transaction(async (tx) => {
      const found = await tx.packagesAfter(from, BATCH);
      for (const one of found) await indexPackage(tx, one);
      return found;
    });
    const last = batch.at(-1);
    if (last === undefined) break;
    after = last.id;
    done += batch.length;
    await progress?.(done);
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
