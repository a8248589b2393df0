import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { cacheGauges, type Gauge } from "../../observe/gauges.ts";

/** Bytes of serialised packuments kept in memory; 64 MB hold some 9,000 of 7 KB. */
const CACHE_BYTES = 64 * 1024 * 1024;
/** Part of an entry that is not its bytes: keys and bookkeeping. */
const ENTRY_OVERHEAD = 512;

export interface CachedPackument {
  rev: number;
  bytes: Buffer;
  etag: string;
}

/** Serialised packuments by kind, address and name. An entry counts only for the rev it was made from. */
export interface PackumentCache {
  get(key: string, rev: number): CachedPackument | undefined;
  put(key: string, rev: number, document: unknown): CachedPackument;
  gauges: Gauge[];
}

export function packumentCache(): PackumentCache {
  const entries = new LRUCache<string, CachedPackument>({
    maxSize: CACHE_BYTES,
    sizeCalculation: (entry) => entry.bytes.length + ENTRY_OVERHEAD,
  });
  let [hits, misses] = [0, 0];
  return {
    get(key, rev) {
      const entry = entries.get(key);
      const isCurrent = entry?.rev === rev;
      if (isCurrent) hits += 1;
      else misses += 1;
      return isCurrent ? entry : undefined;
    },
    put(key, rev, document) {
      const bytes = Buffer.from(JSON.stringify(document));
      // Weak: a proxy or the host may compress the same document differently.
      const etag = `W/"${createHash("sha256").update(bytes).digest("base64url").slice(0, 27)}"`;
      const entry = { rev, bytes, etag };
      entries.set(key, entry);
      return entry;
    },
    gauges: cacheGauges("packument", {
      hits: () => hits,
      misses: () => misses,
      bytes: () => entries.calculatedSize,
    }),
  };
}
