import type { ReadMetric } from "./metric-table.ts";

/**
 * A number that a store or a part of the registry can tell at any time, for `/-/metrics`. Stores hand theirs over as `gauges` of
 * their port. Reading one costs no I/O: whoever may scrape may do so at any rate.
 */
export interface Gauge {
  name: ReadMetric;
  /** Exactly those that the table names, with values that it allows. */
  labels?: Record<string, string>;
  /** Counters begin at 0 with the process, and never become less. */
  read: () => number;
}

/** What a cache tells: questions that it could answer and those that it could not, and the bytes it holds. */
export function cacheGauges(
  cache: "packument" | "tarball",
  read: Record<"hits" | "misses" | "bytes", () => number>,
): Gauge[] {
  return [
    { name: "skills_cache_requests_total", labels: { cache, result: "hit" }, read: read.hits },
    { name: "skills_cache_requests_total", labels: { cache, result: "miss" }, read: read.misses },
    { name: "skills_cache_bytes", labels: { cache }, read: read.bytes },
  ];
}

/** What a queue with a fixed number of places tells. */
export function queueGauges(queue: string, load: () => { running: number; waiting: number }): Gauge[] {
  return [
    { name: "skills_queue_running", labels: { queue }, read: () => load().running },
    { name: "skills_queue_waiting", labels: { queue }, read: () => load().waiting },
  ];
}
