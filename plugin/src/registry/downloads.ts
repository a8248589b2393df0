import { setImmediate as nextTurn } from "node:timers/promises";
import { dayOf } from "./days.ts";
import { clientFilter, clientKey, hourOf, type Use } from "./download-clients.ts";
import { firstUses } from "./first-uses.ts";
import type { Parts } from "./parts.ts";
import { type CountKind, type PendingCount, type PendingCounts, pendingCounts } from "./pending-counts.ts";
import { dailyPopularity } from "./popularity.ts";

/** How long counts stay in memory only: a crash loses no more than these. */
const FLUSH_MS = 10_000;

/** Rows written in one transaction; others get their turn some milliseconds later. */
const BATCH = 200;

export interface DownloadCounter {
  /** Remembers a tarball that was sent, once for each client and hour; costs no I/O. */
  count(download: Use): void;
  /** The same for an install that its user chose to report. */
  countInstall(install: Use): void;
  /** How many counts are not written yet. */
  pending(): number;
  /** Writes what was counted since the last time, and does the work of the day (popularity.ts) when it is due. */
  flush(): Promise<void>;
  /** Writes the last counts and stops the timer. */
  close(): Promise<void>;
}

interface Options {
  /** Told of a flush that failed; its counts are kept and written with the next one. */
  failed: (error: unknown) => void;
  flushMs?: number;
}

type CounterParts = Pick<Parts, "metadata" | "nodes" | "now">;

export function downloadCounter(
  parts: CounterParts,
  { failed, flushMs = FLUSH_MS }: Options,
): DownloadCounter {
  const clients = clientFilter();
  const pending = pendingCounts();
  const first = firstUses(parts.nodes);
  const stop = new AbortController();
  const inTurn = turns();
  const refresh = dailyPopularity(parts, stop.signal);

  function count(kind: CountKind, use: Use): void {
    const now = parts.now();
    if (!clients.isFirst(kind, use, now)) return;
    const { packageId, version } = use;
    const counted = { kind, packageId, version, day: today(parts), count: 1 };
    if (parts.nodes.shared) first.add({ hour: hourOf(now), client: clientKey(kind, use), counted });
    else pending.add(counted);
  }

  async function settle(): Promise<void> {
    await first.ask((counted) => pending.add(counted));
    await write(parts, pending);
  }

  async function flush(): Promise<void> {
    await settle();
    await refresh(today(parts));
  }

  const timer = setInterval(() => void inTurn(flush).catch(failed), flushMs).unref();
  return {
    count: (download) => count("download", download),
    countInstall: (install) => count("install", install),
    pending: () => pending.size() + first.pending(),
    flush: async () => await inTurn(flush),
    async close() {
      clearInterval(timer);
      stop.abort();
      await inTurn(settle);
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
    }, "counts");
    pending.settle(batch);
    await nextTurn();
  }
}

function batches(counts: PendingCount[]): PendingCount[][] {
  return Array.from({ length: Math.ceil(counts.length / BATCH) }, (_, index) =>
    counts.slice(index * BATCH, (index + 1) * BATCH),
  );
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
