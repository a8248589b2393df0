import path from "node:path";
import type { Config } from "./config.ts";
import { packumentCache } from "./http/npm/packument-cache.ts";
import type { Services } from "./http/services.ts";
import type { Parts } from "./registry/parts.ts";
import { openSigner } from "./registry/signer.ts";
import { sweep } from "./registry/sweep.ts";
import { attemptLimiters } from "./registry/throttle.ts";
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

/** Builds the parts once; `now` is the clock. */
export async function buildRegistry(
  config: Config,
  stores: Stores,
  now = () => new Date(),
): Promise<Registry> {
  const signer = await openSigner(stores.metadata, now);
  const parts: Parts = { config, ...stores, signer, attempts: attemptLimiters(), now };
  const swept = sweep(parts);
  // A failed sweep leaves garbage, nothing worse; whoever awaits `swept` still sees the failure.
  swept.catch(() => undefined);
  return {
    services: { parts, packuments: packumentCache() },
    swept,
    async close() {
      await swept.catch(() => undefined);
      await stores.metadata.close();
      await stores.blobs.close();
    },
  };
}
