import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Config } from "../config.ts";
import type { Blobs } from "../store/blobs.ts";
import type { Metadata } from "../store/metadata.ts";
import { cacheGauges, type Gauge } from "./gauges.ts";
import { type Log, openLog } from "./log.ts";
import { type Metrics, openMetrics } from "./metrics.ts";
import { type Readiness, readiness } from "./readiness.ts";
import { openTracing, type Tracing } from "./tracing.ts";

/** How operators, and the machines that watch, see what the registry does. */
export interface Observer {
  metrics: Metrics;
  tracing: Tracing;
  log: Log;
  readiness: Readiness;
  /** What the metrics read when somebody asks; parts add theirs before the first scrape. */
  gauges: Gauge[];
}

/** Throws for a secret of the configuration that cannot be read. */
export async function openObserver(
  config: Config,
  stores: { metadata: Metadata; blobs: Blobs },
): Promise<Observer> {
  const log = openLog();
  const ready = readiness({ ...stores, log });
  const { metadata, blobs } = stores;
  const gauges = [...(metadata.gauges ?? []), ...blobGauges(blobs), ...ready.gauges, buildInfo()];
  return {
    metrics: openMetrics(gauges),
    tracing: await openTracing(config.tracing, config.node),
    log,
    readiness: ready,
    gauges,
  };
}

function blobGauges({ cache }: Blobs): Gauge[] {
  if (cache === undefined) return [];
  return [
    ...cacheGauges("tarball", {
      hits: () => cache.hits,
      misses: () => cache.misses,
      bytes: () => cache.bytes,
    }),
    {
      name: "skills_cache_failures_total",
      labels: { cache: "tarball", part: "store" },
      read: () => cache.failures,
    },
    {
      name: "skills_cache_failures_total",
      labels: { cache: "tarball", part: "disk" },
      read: () => cache.diskFailures,
    },
  ];
}

function buildInfo(): Gauge {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(text));
  return { name: "skills_build_info", labels: { version, node: process.versions.node }, read: () => 1 };
}
