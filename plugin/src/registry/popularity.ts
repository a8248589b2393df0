import { setImmediate as nextTurn } from "node:timers/promises";
import type { Lease } from "../store/nodes.ts";
import { DAY_MS } from "./days.ts";
import type { Parts } from "./parts.ts";

/** Packages refreshed in one transaction; others get their turn some milliseconds later. */
const BATCH = 200;

/** How long a node that died keeps the others from going on. */
const LEASE_SECONDS = 60;

/** How often a node asks whether the one that does the work of the day goes on with it. */
const ASK_AGAIN_MS = 10 * 60_000;

type PopularityParts = Pick<Parts, "metadata" | "nodes" | "now">;

/**
 * Once a day, by one node: downloads of a month ago leave the popularity of skills that nobody has downloaded since. What is
 * returned does it when it is due, and else nothing; what failed is done by the next call.
 */
export function dailyPopularity(parts: PopularityParts, stop: AbortSignal): (day: string) => Promise<void> {
  /** Day that the popularity of all skills is about. */
  let refreshed = "";
  let asked = { day: "", at: 0 };
  return async (day) => {
    const now = parts.now().getTime();
    if (refreshed === day || (asked.day === day && now - asked.at < ASK_AGAIN_MS)) return;
    // Of the day: whoever has done the work keeps it, so that nobody does it again.
    const lease = await parts.nodes.lease(`popularity ${day}`, LEASE_SECONDS);
    if (lease === undefined) {
      asked = { day, at: now };
      return;
    }
    let isDone = false;
    try {
      isDone = await refreshAll(parts, { day, lease, stop });
    } finally {
      if (isDone) await lease.extend(DAY_MS / 1000);
      else await lease.end();
    }
    if (isDone) refreshed = day;
  };
}

/** False when it was stopped. */
async function refreshAll(
  { metadata }: PopularityParts,
  { day, lease, stop }: { day: string; lease: Lease; stop: AbortSignal },
): Promise<boolean> {
  for (let after = 0; !stop.aborted;) {
    const ids = (await metadata.packagesAfter(after, BATCH)).map(({ id }) => id);
    const last = ids.at(-1);
    if (last === undefined) return true;
    await metadata.transaction((tx) => tx.refreshDownloads(day, ids), "counts");
    await lease.extend(LEASE_SECONDS);
    after = last;
    await nextTurn();
  }
  return false;
}
