import type { Digest } from "../store/blobs.ts";
import { digestOfIntegrity } from "../store/digest.ts";
import type { Parts } from "./parts.ts";

/**
 * A blob is put before the transaction that refers to it; a crash between the two leaves it unreferenced.
 * Younger ones may belong to a publish that another process has not committed yet.
 */
const GRACE_MS = 60 * 60 * 1000;

/** Removes what crashed publishes left behind and what was unpublished. Returns how many blobs went. */
export async function sweep(parts: Pick<Parts, "metadata" | "blobs" | "now">): Promise<number> {
  const before = new Date(parts.now().getTime() - GRACE_MS);
  await parts.blobs.sweepUnfinished(before);
  const old = new Set<Digest>();
  for await (const blob of parts.blobs.list()) {
    if (blob.putAt < before) old.add(blob.digest);
  }
  for await (const integrity of parts.metadata.integrities()) old.delete(digestOfIntegrity(integrity));
  let removed = 0;
  for (const digest of old) {
    if (await parts.blobs.removeOlder(digest, before)) removed += 1;
  }
  return removed;
}
