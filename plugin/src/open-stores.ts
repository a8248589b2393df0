import path from "node:path";
import type { BlobsConfig, Config } from "./config.ts";
import type { Blobs, BlobsOwner } from "./store/blobs.ts";
import { diskBlobs } from "./store/blobs/disk.ts";
import type { Metadata } from "./store/metadata.ts";
import { openSqlite } from "./store/metadata/sqlite/open.ts";
import type { Nodes } from "./store/nodes.ts";
import { localNodes } from "./store/nodes/local.ts";

export interface Stores {
  metadata: Metadata;
  blobs: Blobs;
  nodes: Nodes;
}

/** Opens the configured stores. Rejects, having closed what it opened, when one of them is not to be had or belongs to another registry. */
export async function openStores(config: Config): Promise<Stores> {
  const { metadata, nodes } = await openMetadata(config);
  try {
    const blobs = await openBlobs(config, config.blobs);
    try {
      await blobs.claim(await ownerOf(metadata));
      return { metadata, blobs, nodes };
    } catch (error) {
      await blobs.close();
      throw error;
    }
  } catch (error) {
    await nodes.close();
    await metadata.close();
    throw error;
  }
}

/** Whose tarballs they are that this database needs. */
export async function ownerOf(metadata: Metadata): Promise<BlobsOwner> {
  return { registry: await metadata.registryId(), database: await metadata.databaseId() };
}

/** The metadata alone, with what the nodes share. */
export async function openMetadata({ data, metadata }: Config): Promise<Omit<Stores, "blobs">> {
  if (metadata.type === "sqlite") {
    return { metadata: await openSqlite({ file: path.join(data, "registry.sqlite") }), nodes: localNodes() };
  }
  // Loaded when it is configured only: an embedded registry starts without it.
  const { openPostgres } = await import("./store/metadata/postgres/open.ts");
  return await openPostgres(metadata);
}

/**
 * The tarballs alone; whoever opens them claims them. Not `cached` they are as the bucket has them, whatever is on this machine's disk.
 */
export async function openBlobs(
  { data }: Config,
  blobs: BlobsConfig,
  { cached = true } = {},
): Promise<Blobs> {
  if (blobs.type === "disk") return await diskBlobs({ dir: path.join(data, "blobs") });
  const { s3Blobs } = await import("./store/blobs/s3.ts");
  return await s3Blobs(blobs, { cacheDir: cached ? path.join(data, "cache") : null });
}
