import type { Digest } from "../store/blobs.ts";
import { digestOfIntegrity, integrityOf } from "../store/digest.ts";
import type { Lease, Nodes } from "../store/nodes.ts";
import type { Parts } from "./parts.ts";

/**
 * A blob is put before the transaction that refers to it; a crash between the two leaves it unreferenced. Younger ones may belong to a
 * publish that has not been committed yet. Also this may be wrong where clocks differ, which `withBlobs` makes up for.
 */
const GRACE_MS = 60 * 60 * 1000;

/** How long it is known that a blob was swept: longer than any publish takes from its first put to its commit. */
const KNOWN_MS = 24 * 60 * 60 * 1000;

/** The lease of whoever removes blobs. */
export const SWEEP_LEASE = "sweep";
/** Nobody removes a blob for longer than that: a removal that was begun is over then, whatever became of its node. */
export const SWEEP_SECONDS = 10 * 60;
/** A sweep asks for its lease again while enough of it is left for the removal of one more blob. Milliseconds. */
const HELD_MS = (SWEEP_SECONDS * 1000) / 2;

type SweepParts = Pick<Parts, "metadata" | "blobs" | "nodes" | "now">;

/**
 * Removes what crashed publishes left behind and what was unpublished; returns how many blobs went. Does nothing while another node
 * does it.
 *
 * A blob may be put again at the very moment at which it is removed, and not every store can tell. So the sweep says in a transaction
 * which blob it is about to remove, and that it has ended; a publish that finds either in its own transaction puts its bytes again
 * (`withBlobs`). When a removal fails, it may still happen: its row stays open, and the lease is left to run out.
 */
export async function sweep(parts: SweepParts): Promise<number> {
  const held = new HeldLease(parts.nodes);
  if (!(await held.take())) return 0;
  try {
    const before = new Date(parts.now().getTime() - GRACE_MS);
    await parts.blobs.sweepUnfinished(before);
    await forgetLongAgo(parts);
    return await removeAll(parts, held, { digests: await unneeded(parts, before), before });
  } finally {
    await held.end();
  }
}

class HeldLease {
  /** A removal has begun and not ended. */
  isRemoving = false;
  readonly #nodes: Nodes;
  #lease: Lease | undefined;
  /** By the clock that never jumps. */
  #until = 0;

  constructor(nodes: Nodes) {
    this.#nodes = nodes;
  }

  /** False when somebody else has it. */
  async take(): Promise<boolean> {
    const until = performance.now() + HELD_MS;
    this.#lease = await this.#nodes.lease(SWEEP_LEASE, SWEEP_SECONDS);
    this.#until = until;
    return this.#lease !== undefined;
  }

  /** False when there was no time left and somebody else has it now. */
  async renew(): Promise<boolean> {
    if (performance.now() < this.#until) return true;
    await this.end();
    return await this.take();
  }

  async end(): Promise<void> {
    const lease = this.#lease;
    this.#lease = undefined;
    // A lease of one process never runs out: there the age of the row has to do.
    if (!this.isRemoving || !this.#nodes.shared) await lease?.end();
  }
}

async function forgetLongAgo({ metadata, now }: SweepParts): Promise<void> {
  const before = new Date(now().getTime() - KNOWN_MS).toISOString();
  await metadata.transaction((tx) => tx.forgetSweepsBefore(before));
}

/** Blobs older than the grace that no version needs at this moment. */
async function unneeded({ metadata, blobs }: SweepParts, before: Date): Promise<Set<Digest>> {
  const old = new Set<Digest>();
  for await (const blob of blobs.list()) if (blob.putAt < before) old.add(blob.digest);
  for await (const integrity of metadata.integrities()) old.delete(digestOfIntegrity(integrity));
  return old;
}

async function removeAll(
  parts: SweepParts,
  held: HeldLease,
  { digests, before }: { digests: Set<Digest>; before: Date },
): Promise<number> {
  let removed = 0;
  for (const digest of digests) {
    if (!(await held.renew())) return removed;
    const integrity = integrityOf(digest);
    const begunAt = parts.now().toISOString();
    if (!(await parts.metadata.transaction((tx) => tx.beginSweep(integrity, begunAt)))) continue;
    held.isRemoving = true;
    const isGone = await parts.blobs.removeOlder(digest, before);
    held.isRemoving = false;
    if (isGone) removed += 1;
    const endedAt = parts.now().toISOString();
    await parts.metadata.transaction((tx) =>
      isGone ? tx.endSweep(integrity, endedAt) : tx.forgetSweep(integrity),
    );
  }
  return removed;
}
