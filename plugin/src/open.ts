import type { Config } from "./config.ts";
import { type Background, startBackground } from "./background.ts";
import { buildParts, type Failing } from "./build-parts.ts";
import { packumentCache } from "./http/npm/packument-cache.ts";
import { openScrapers } from "./http/health/scrapers.ts";
import { requestLimiter } from "./http/rate-limit.ts";
import { type RecentFailures, recentFailures } from "./http/recent-failures.ts";
import type { Services } from "./http/services.ts";
import { renderedTexts } from "./http/web/rendered-texts.ts";
import { queueGauges } from "./observe/gauges.ts";
import { type Observer, openObserver } from "./observe/observer.ts";
import { reasonOf } from "./observe/reason.ts";
import { tracedStores } from "./observe/traced-stores.ts";
import { openStores, type Stores } from "./open-stores.ts";
import { versionDiffs } from "./registry/diff.ts";
import { downloadCounter } from "./registry/downloads.ts";
import type { Parts } from "./registry/parts.ts";
import { statistics } from "./registry/statistics.ts";
import { turns } from "./registry/turns.ts";
import { unpackedPackages } from "./registry/unpacked.ts";

/** A running registry: what the plugin's three roles share. */
export interface Registry {
  services: Services;
  /** Resolves when the sweep of the start has ended; it runs beside the first requests. */
  swept: Promise<number>;
  close(): Promise<void>;
}

/** Opens the configured stores and builds the registry over them. */
export async function openRegistry(config: Config): Promise<Registry> {
  return await buildRegistry(config, await openStores(config));
}

/**
 * Builds everything once; `now` is the clock. Rejects, having closed the stores, when that cannot be done: their connections would keep
 * a process alive that serves nobody, and whoever supervises it would never start it again.
 */
export async function buildRegistry(
  config: Config,
  opened: Stores,
  now = () => opened.nodes.now(),
): Promise<Registry> {
  try {
    return await build(config, opened, now);
  } catch (error) {
    await closeStores(opened);
    throw error;
  }
}

async function build(config: Config, opened: Stores, now: () => Date): Promise<Registry> {
  const observer = await openObserver(config, opened);
  const stores = tracedStores(opened, observer.tracing);
  const failures = recentFailures();
  const failing = failingTo(failures, observer, now);
  const parts = await buildParts({ config, stores, now }, { metrics: observer.metrics, failing });
  const services = await buildServices(parts, { observer, failures, failing });
  const background = startBackground(parts, { failing, log: observer.log });
  observer.gauges.push(...background.gauges, ...gaugesOf(services));
  return {
    services,
    swept: background.swept,
    close: async () => await close({ background, services, stores }),
  };
}

/** For the operator's page and the log: what no request did, and will be tried again. */
function failingTo(failures: RecentFailures, { log }: Observer, now: () => Date): Failing {
  return (route) => (cause) => {
    failures.add({ requestId: "", route, code: "ESTORAGE", error: new Error("", { cause }) }, now());
    log.warn(`the ${route} failed: ${reasonOf(cause)}`);
  };
}

/** Uploads that are worked on at a time; each may take 200 MB and some seconds. */
const UPLOADS_AT_ONCE = 2;
/** The same for npm's publishes; each may take 50 MB. */
const PUBLISHES_AT_ONCE = 4;

async function buildServices(
  parts: Parts,
  { observer, failures, failing }: { observer: Observer; failures: RecentFailures; failing: Failing },
): Promise<Services> {
  // First, as it may refuse: what comes after it holds timers.
  const scrapers = await openScrapers(parts.config.metrics);
  const unpacked = unpackedPackages(parts);
  return {
    parts,
    packuments: packumentCache(),
    unpacked,
    diffs: versionDiffs(unpacked),
    uploads: turns(UPLOADS_AT_ONCE),
    publishes: turns(PUBLISHES_AT_ONCE),
    downloads: downloadCounter(parts, { failed: failing("counting of downloads") }),
    statistics: statistics(parts),
    requests: requestLimiter(parts.nodes, parts.config.requestsPerMinute),
    failures,
    renderedTexts: renderedTexts(),
    observer,
    scrapers,
  };
}

function gaugesOf({ packuments, uploads, publishes, downloads, parts }: Services): Observer["gauges"] {
  return [
    ...packuments.gauges,
    ...queueGauges("uploads", uploads.load),
    ...queueGauges("publishes", publishes.load),
    { name: "skills_pending_counts", labels: { kind: "downloads" }, read: downloads.pending },
    { name: "skills_pending_counts", labels: { kind: "token_uses" }, read: parts.tokenUse.pending },
  ];
}

interface Running {
  background: Background;
  services: Services;
  stores: Stores;
}

async function close({ background, services, stores }: Running): Promise<void> {
  await background.close();
  try {
    await services.downloads.close();
    await services.parts.tokenUse.close();
  } finally {
    await closeStores(stores);
    await services.observer.tracing.close();
  }
}

async function closeStores({ nodes, metadata, blobs }: Stores): Promise<void> {
  await nodes.close();
  await metadata.close();
  await blobs.close();
}
