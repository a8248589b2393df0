import path from "node:path";
import type { Config } from "./config.ts";
import { packumentCache } from "./http/npm/packument-cache.ts";
import type { Services } from "./http/services.ts";
import { requestLimiter } from "./http/rate-limit.ts";
import { recentFailures } from "./http/recent-failures.ts";
import { renderedTexts } from "./http/web/rendered-texts.ts";
import { downloadCounter } from "./registry/downloads.ts";
import { versionDiffs } from "./registry/diff.ts";
import { groupRoles } from "./registry/identity/group-roles.ts";
import { openProviders } from "./registry/identity/open-providers.ts";
import { openSeal } from "./registry/identity/open-seal.ts";
import type { Parts } from "./registry/parts.ts";
import { passwords } from "./registry/password.ts";
import { reindexIfStale } from "./registry/reindex.ts";
import { openSigner } from "./registry/signer.ts";
import { statistics } from "./registry/statistics.ts";
import { sweep } from "./registry/sweep.ts";
import { attemptLimiters } from "./registry/throttle.ts";
import { tokenUse } from "./registry/token-use.ts";
import { idTokens } from "./registry/trust/id-tokens.ts";
import { turns } from "./registry/turns.ts";
import { unpackedPackages } from "./registry/unpacked.ts";
import type { Blobs } from "./store/blobs.ts";
import { diskBlobs } from "./store/blobs/disk.ts";
import type { Metadata } from "./store/metadata.ts";
import { openSqlite } from "./store/metadata/sqlite/open.ts";

export interface Stores {
  metadata: Metadata;
  blobs: Blobs;
}

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

export async function openStores(config: Config): Promise<Stores> {
  return {
    metadata: await openSqlite({ file: path.join(config.data, "registry.sqlite") }),
    blobs: await diskBlobs({ dir: path.join(config.data, "blobs") }),
  };
}

/** Uploads that are worked on at a time; each may take 200 MB and some seconds. */
const UPLOADS_AT_ONCE = 2;
/** The same for npm's publishes; each may take 50 MB. */
const PUBLISHES_AT_ONCE = 4;

/** How the operator's page lists downloads that could not be written yet. */
const FLUSH_FAILED = { requestId: "", route: "counting of downloads", code: "ESTORAGE" };
/** The same for the times that tokens were used. */
const USE_FAILED = { requestId: "", route: "use of tokens", code: "ESTORAGE" };

/** Builds the parts once; `now` is the clock. */
export async function buildRegistry(
  config: Config,
  stores: Stores,
  now = () => new Date(),
): Promise<Registry> {
  const signer = await openSigner(stores.metadata, now);
  // Sessions that have ended are of use to nobody; every new token takes those away that ended since.
  await stores.metadata.transaction((tx) => tx.deleteEndedTokens(now().toISOString()));
  const failures = recentFailures();
  const providers = await openProviders(config.providers);
  const seal = await openSeal(config.secretFile ?? path.join(config.data, "secret.key"));
  const parts: Parts = {
    config,
    ...stores,
    signer,
    attempts: attemptLimiters(),
    passwords: passwords(),
    tokenUse: tokenUse(
      { ...stores, now },
      {
        failed: (cause) => failures.add({ ...USE_FAILED, error: new Error("", { cause }) }, now()),
      },
    ),
    providers,
    seal,
    groupRoles: groupRoles({ ...stores, providers, seal, now, minutes: config.groupsMinutes }),
    idTokens: idTokens(config.trustedPublishing, now),
    now,
  };
  const swept = sweep(parts);
  // A failed sweep leaves garbage, nothing worse; whoever awaits `swept` still sees the failure.
  swept.catch(() => undefined);
  const closing = new AbortController();
  // Search finds what is indexed so far; after a failure the next start tries again.
  const reindexed = reindexIfStale({ ...parts, signal: closing.signal }).catch(() => undefined);
  const unpacked = unpackedPackages(parts);
  const services: Services = {
    parts,
    packuments: packumentCache(),
    unpacked,
    diffs: versionDiffs(unpacked),
    uploads: turns(UPLOADS_AT_ONCE),
    publishes: turns(PUBLISHES_AT_ONCE),
    downloads: downloadCounter(parts, {
      failed: (cause) => failures.add({ ...FLUSH_FAILED, error: new Error("", { cause }) }, now()),
    }),
    statistics: statistics(parts),
    requests: requestLimiter(config.requestsPerMinute),
    failures,
    renderedTexts: renderedTexts(),
  };
  return {
    services,
    swept,
    async close() {
      closing.abort();
      await swept.catch(() => undefined);
      await reindexed;
      try {
        await services.downloads.close();
        await parts.tokenUse.close();
      } finally {
        await stores.metadata.close();
        await stores.blobs.close();
      }
    },
  };
}
