import type { DownloadCount } from "../store/metadata.ts";

/** Counts kept while the storage fails: one for every version and day, some 20 MB. What is new beyond them is not counted. */
const PENDING_MAX = 100_000;

export type CountKind = "download" | "install";

export interface PendingCount extends DownloadCount {
  kind: CountKind;
}

/** Counts that are not written yet. */
export interface PendingCounts {
  /** Adds its `count` to what is pending. */
  add(counted: PendingCount): void;
  /** How many rows are pending. */
  size(): number;
  /** All that is pending now, as copies: counting goes on while they are written. */
  snapshot(): PendingCount[];
  /** Takes off what is written; what was counted meanwhile stays. */
  settle(written: PendingCount[]): void;
}

export function pendingCounts(): PendingCounts {
  const pending = new Map<string, PendingCount>();
  return {
    add(counted) {
      const key = keyOf(counted);
      const known = pending.get(key);
      if (known !== undefined) known.count += counted.count;
      else if (pending.size < PENDING_MAX) pending.set(key, { ...counted });
    },
    size: () => pending.size,
    snapshot: () => Array.from(pending.values(), (count) => ({ ...count })),
    settle(written) {
      for (const count of written) {
        const key = keyOf(count);
        const known = pending.get(key);
        if (known === undefined) continue;
        known.count -= count.count;
        if (known.count === 0) pending.delete(key);
      }
    },
  };
}

function keyOf({ kind, packageId, version, day }: PendingCount): string {
  return `${kind} ${packageId} ${version} ${day}`;
}
