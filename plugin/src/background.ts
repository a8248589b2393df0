import type { Failing } from "./build-parts.ts";
import { mirrorGauges } from "./mirror/gauges.ts";
import { keepFollowing } from "./mirror/schedule.ts";
import type { Observer } from "./observe/observer.ts";
import { reasonOf } from "./observe/reason.ts";
import type { Parts } from "./registry/parts.ts";
import { reindexIfStale } from "./registry/reindex.ts";
import { sweep } from "./registry/sweep.ts";

/** What a registry does beside its requests. */
export interface Background {
  /** Resolves when the sweep of the start has ended. */
  swept: Promise<number>;
  gauges: Observer["gauges"];
  /** Ends it, at the next place where it can stop. */
  close(): Promise<void>;
}

/** Follows other registries, sweeps tarballs that nothing refers to, and rebuilds search documents that an upgrade left stale. */
export function startBackground(
  parts: Parts,
  { failing, log }: { failing: Failing; log: Observer["log"] },
): Background {
  const mirroring = keepFollowing(parts, {
    failed: (url, reason) => log.warn(`the mirror of ${url} is behind: ${reasonOf(reason)}`),
  });
  let sweptBlobs = 0;
  const swept = sweep(parts);
  // A failed sweep leaves garbage, nothing worse; whoever awaits `swept` still sees the failure.
  swept.then((removed) => (sweptBlobs += removed)).catch(failing("sweep of tarballs"));
  const closing = new AbortController();
  // Search finds what is indexed so far; after a failure the next start tries again.
  const reindexed = reindexIfStale({ ...parts, signal: closing.signal }).catch(() => undefined);
  return {
    swept,
    gauges: [
      ...mirrorGauges(parts.config.upstream, mirroring, parts.now),
      { name: "skills_swept_blobs_total", read: () => sweptBlobs },
    ],
    async close() {
      closing.abort();
      await mirroring.close();
      await swept.catch(() => undefined);
      await reindexed;
    },
  };
}
