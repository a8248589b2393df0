import { readdir, stat, statfs } from "node:fs/promises";
import path from "node:path";
import type { Parts } from "./parts.ts";

/** How long the blobs are counted, milliseconds; a hundred thousand take several seconds. */
const COUNTING_MS = 500;

/** What the registry stores, and the disk of this node, in bytes. */
export interface StorageReport {
  /** The database with its write-ahead log; null for one that a server keeps. */
  database: number | null;
  blobs: {
    count: number;
    bytes: number;
    /** False when there was no time to count all of them. */ complete: boolean;
  };
  /** Of the file system that holds the data; `free` is what this process may still write. */
  disk: { size: number; free: number };
}

/** Looks at the disk; for the operator. */
export async function storageReport({
  config,
  blobs,
}: Pick<Parts, "config" | "blobs">): Promise<StorageReport> {
  const { bsize, blocks, bavail } = await statfs(config.data);
  return {
    database: config.metadata.type === "sqlite" ? await databaseBytes(config.data) : null,
    blobs: await countBlobs(blobs),
    disk: { size: blocks * bsize, free: bavail * bsize },
  };
}

async function databaseBytes(folder: string): Promise<number> {
  const names = (await readdir(folder)).filter((name) => name.startsWith("registry.sqlite"));
  const sizes = await Promise.all(names.map(async (name) => (await stat(path.join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function countBlobs(blobs: Parts["blobs"]): Promise<StorageReport["blobs"]> {
  const end = performance.now() + COUNTING_MS;
  let [count, bytes] = [0, 0];
  for await (const { size } of blobs.list()) {
    if (performance.now() > end) return { count, bytes, complete: false };
    count += 1;
    bytes += size;
  }
  return { count, bytes, complete: true };
}
