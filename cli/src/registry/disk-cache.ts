import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { sha512Of } from "./integrity.ts";

/**
 * npm's cache on the disk, as a place that may fail: a home that cannot be written, a file in the way or bytes that went bad
 * are the same as nothing kept. Contents lie under their digest, shared with npm; what is said of them is under keys of ours.
 */

/** Bytes that are kept under a key. */
export interface Kept {
  bytes: Uint8Array;
  integrity: string;
  /** As it was given to `keep`. */
  metadata: unknown;
}

/** Bytes that have this sha512 integrity, or undefined. Reads the file itself: loading cacache takes longer than all of it. */
export async function readContent(
  folder: string,
  integrity: string,
  limit: number,
): Promise<Uint8Array | undefined> {
  const path = contentPath(folder, integrity);
  try {
    const stats = await stat(path);
    if (!stats.isFile() || stats.size > limit) return undefined;
    const bytes = await readFile(path);
    return sha512Of(bytes) === integrity ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** What is kept under a key, or undefined. */
export async function findKept(folder: string, key: string, limit: number): Promise<Kept | undefined> {
  try {
    const { default: cacache } = await import("cacache");
    const entry = await cacache.get.info(folder, key);
    if (entry === null) return undefined;
    const { integrity, metadata } = entry;
    const bytes = await readContent(folder, integrity, limit);
    return bytes === undefined ? undefined : { bytes, integrity, metadata };
  } catch {
    return undefined;
  }
}

/** Keeps bytes under a key; `metadata` is JSON without any credential. Never rejects. */
export async function keep(
  folder: string,
  key: string,
  { bytes, metadata }: Pick<Kept, "bytes" | "metadata">,
): Promise<void> {
  const integrity = sha512Of(bytes);
  try {
    const { default: cacache } = await import("cacache");
    // What lies there under this digest and has another one is not overwritten by cacache.
    if ((await readContent(folder, integrity, bytes.length)) === undefined)
      await cacache.rm.content(folder, integrity);
    await cacache.put(folder, key, bytes, { metadata });
  } catch {
    // A cache that cannot be written is none.
  }
}

/** Lets go of what is kept under a key. Never rejects. */
export async function forget(folder: string, key: string): Promise<void> {
  try {
    const { default: cacache } = await import("cacache");
    await cacache.rm.entry(folder, key, { removeFully: true });
  } catch {
    // What cannot be removed is asked for again all the same.
  }
}

/** cacache's layout, second version. */
function contentPath(folder: string, integrity: string): string {
  const hex = Buffer.from(integrity.slice("sha512-".length), "base64").toString("hex");
  return join(folder, "content-v2", "sha512", hex.slice(0, 2), hex.slice(2, 4), hex.slice(4));
}
