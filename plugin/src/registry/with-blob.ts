import { setTimeout as sleep } from "node:timers/promises";
import { ERROR_TABLE, SkillsError } from "@skills-registry/schema";
import type { Digest } from "../store/blobs.ts";
import { integrityOf } from "../store/digest.ts";
import type { MetadataWriter, Scope, Sweep } from "../store/metadata.ts";
import type { Parts } from "./parts.ts";
import { SWEEP_LEASE, SWEEP_SECONDS } from "./sweep.ts";

/** How long a removal under way is waited for, and how often it is looked at. A removal takes some milliseconds, unless its node died. */
const PATIENCE_MS = 2_000;
const LOOK_MS = 100;
/** Sweeps in a row that come in between: more than one of the same bytes is next to impossible. */
const TRIES = 5;

type PutParts = Pick<Parts, "metadata" | "blobs" | "nodes" | "now">;

interface Blob {
  digest: Digest;
  bytes: Uint8Array;
}

/** Sweeps after which the blobs were put again, by integrity. */
type Known = ReadonlyMap<string, Sweep>;

/**
 * Puts blobs and does in one transaction what makes them needed. The sweep may have removed one after its put, where it found nobody who
 * needs it: the transaction sees that there was a sweep, and does nothing; the bytes are put again, and the transaction runs again. Throws
 * ESTORAGE when the removal of one of the blobs does not end.
 */
export async function withBlobs<T>(
  parts: PutParts,
  { blobs, scope }: { blobs: Blob[]; scope: Scope },
  work: (tx: MetadataWriter) => Promise<T>,
): Promise<T> {
  let known: Known = new Map();
  for (let tries = 0; tries < TRIES; tries += 1) {
    for (const { digest, bytes } of blobs) await parts.blobs.put(digest, bytes);
    const putAfter = known;
    const outcome = await parts.metadata.transaction(async (tx) => {
      const swept = await sweepsOf(tx, blobs);
      if (isNew(swept, putAfter)) return { swept };
      for (const integrity of swept.keys()) await tx.forgetSweep(integrity);
      return { done: await work(tx) };
    }, scope);
    if ("done" in outcome) return outcome.done;
    known = await allOver(parts, blobs);
  }
  throw stuck();
}

async function sweepsOf(reader: Pick<MetadataWriter, "sweepOf">, blobs: Blob[]): Promise<Map<string, Sweep>> {
  const found = new Map<string, Sweep>();
  for (const { digest } of blobs) {
    const integrity = integrityOf(digest);
    const sweep = await reader.sweepOf(integrity);
    if (sweep !== undefined) found.set(integrity, sweep);
  }
  return found;
}

/** One of them may have removed what was put last. */
function isNew(swept: Known, putAfter: Known): boolean {
  return [...swept].some(([integrity, { begunAt, endedAt }]) => {
    const known = putAfter.get(integrity);
    return known?.begunAt !== begunAt || known.endedAt !== endedAt;
  });
}

/** The sweeps of the blobs when none of them is going on any more. */
async function allOver(parts: PutParts, blobs: Blob[]): Promise<Known> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const swept = await sweepsOf(parts.metadata, blobs);
    const open = [...swept.values()].filter(({ endedAt }) => endedAt === null);
    if (open.length === 0 || (await isAbandoned(parts, open))) return swept;
    if (performance.now() > until) throw stuck();
    await sleep(LOOK_MS);
  }
}

/**
 * Who removes blobs holds the lease. Where nodes share one, it is the lease that says whether somebody may still be at it: the clocks of
 * two nodes may be hours apart.
 */
async function isAbandoned({ nodes, now }: PutParts, open: Sweep[]): Promise<boolean> {
  if (!nodes.shared) {
    const longAgo = now().getTime() - SWEEP_SECONDS * 1000;
    return open.every(({ begunAt }) => Date.parse(begunAt) < longAgo);
  }
  const lease = await nodes.lease(SWEEP_LEASE, SWEEP_SECONDS);
  await lease?.end();
  return lease !== undefined;
}

function stuck(): SkillsError {
  return new SkillsError("ESTORAGE", ERROR_TABLE.ESTORAGE.summary, {
    hint: "The same bytes are being removed by a clean-up. Try again in ten minutes at the latest.",
    cause: new Error("the removal of a tarball that is published again has not ended"),
  });
}
