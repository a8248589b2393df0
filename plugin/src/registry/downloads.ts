import { setImmediate as nextTurn } from "node:timers/promises";
import type { Metadata } from "../store/metadata.ts";
import { dayOf } from "./days.ts";
import { clientFilter, type Use } from "./download-clients.ts";
import type { Parts } from "./parts.ts";
import { type CountKind, type PendingCount, type PendingCounts, pendingCounts } from "./pending-counts.ts";

/** How long counts stay in memory only: a crash loses no more than these. */
const FLUSH_MS = 10_000;

/** Rows written, or packages refreshed, in one transaction; others get their turn some milliseconds later. */
const BATCH = 200;

export interface DownloadCounter {
  /** Remembers a tarball that was sent, once for each client and hour; costs no I/O. */
  count(download: Use): void;
  /** The same for an install that its user chose to report. */
  countInstall(install: Use): void;
  /** Writes what was counted since the last time. On a new day, the numbers that search ranks by forget the oldest day. */
  flush(): Promise<void>;
  /** Writes the last counts and stops the timer. */
  close(): Promise<void>;
}

interface Options {
  /** Told of a flush that failed; its counts are kept and written with the next one. */
  failed: (error: unknown) => void;
  flushMs?: number;
}

type CounterParts = Pick<Parts, "metadata" | "now">;

export function downloadCounter(
  parts: CounterParts,
  { failed, flushMs = FLUSH_MS }: Options,
): DownloadCounter {
  const clients = clientFilter();
  const pending = pendingCounts();
  const stop = new AbortController();
  const inTurn = turns();
  /** Day that the popularity of all skills is about. */
  let refreshed = "";

  function count(kind: CountKind, use: Use): void {
    if (!clients.isFirst(kind, use, parts.now())) return;
    pending.add({ kind, packageId: use.packageId, version: use.version, day: today(parts), count: 1 });
  }

  async function flush(): Promise<void> {
    await write(parts, pending);
    const day = today(parts);
    if (refreshed === day) return;
    await refreshAll(parts.metadata, day, stop.signal);
    refreshed = day;
  }

  const timer = setInterval(() => void inTurn(flush).catch(failed), flushMs).unref();
  return {
    count: (download) => count("download", download),
    countInstall: (install) => count("install", install),
    flush: async () => await inTurn(flush),
    async close() {
      clearInterval(timer);
      stop.abort();
      await inTurn(async () => await write(parts, pending));
    },
  };
}

function today({ now }: CounterParts): string {
  return dayOf(now().getTime());
}

async function write(parts: CounterParts, pending: PendingCounts): Promise<void> {
  for (const batch of batches(pending.snapshot())) {
    const downloads = batch.filter(({ kind }) => kind === "download");
    const installs = batch.filter(({ kind }) => kind === "install");
    await parts.metadata.transaction(async (tx) => {
      await tx.addDownloads(downloads);
      await tx.addInstalls(installs);
      await tx.refreshDownloads(today(parts), [...new Set(downloads.map(({ packageId }) => packageId))]);
    });
    pending.settle(batch);
    await nextTurn();
  }
}

function batches(counts: PendingCount[]): PendingCount[][] {
  return Array.from({ length: Math.ceil(counts.length / BATCH) }, (_, index) =>
    counts.slice(index * BATCH, (index + 1) * BATCH),
  );
}

/** Downloads of a month ago leave the popularity of skills that nobody has downloaded since. */
async function refreshAll(metadata: Metadata, day: string, stop: AbortSignal): Promise<void> {
  for (let after = 0; !stop.aborted;) {
    const ids = (await metadata.packagesAfter(after, BATCH)).map(({ id }) => id);
    const last = ids.at(-1);
    if (last === undefined) return;
    await metadata.transaction((tx) => tx.refreshDownloads(day, ids));
    after = last;
    await nextTurn();
  }
}

/** Runs tasks one after the other; a failure is that of its own caller only. */
function turns(): (task: () => Promise<void>) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return (task) => {
    const done = last.then(task);
    last = done.catch(() => undefined);
    return done;
  };
}
