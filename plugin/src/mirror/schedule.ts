import { setTimeout as sleep } from "node:timers/promises";
import type { UpstreamConfig } from "../config.ts";
import type { Mirror } from "../store/mirrors.ts";
import { followUpstream, type MirrorParts, type Round } from "./follow.ts";

/** A node that died holds up the others for so long. */
const LEASE_SECONDS = 120;
const EXTEND_MS = 30_000;
/** Longest wait after many failures. */
const BACKOFF_MAX_MS = 60 * 60_000;
/** Part of every wait that is random: mirrors that were started together do not come together. */
const JITTER = 0.2;

/** What the mirror does beside the requests. */
export interface Mirroring {
  /** As it was when this node last looked, for metrics. */
  state(): Mirror[];
  close(): Promise<void>;
}

/** What became of a round, for the log; an error is one of our own. */
export interface MirrorEvents {
  failed(url: string, reason: string | Error): void;
}

/** Follows the registries of the configuration until it is closed. One node of all does it at a time. */
export function keepFollowing(parts: MirrorParts, events: MirrorEvents): Mirroring {
  const closing = new AbortController();
  let state: Mirror[] = [];
  const loops = parts.config.upstream.map(async (upstream) => {
    for (let failures = 0; !closing.signal.aborted;) {
      const outcome = await tryRound({ parts, events, signal: closing.signal }, upstream);
      state = await parts.metadata.mirrors().catch(() => state);
      failures = outcome.isFailed ? failures + 1 : 0;
      const wait = waitAfter(upstream, { ...outcome, failures });
      await sleep(wait, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
    }
  });
  return {
    state: () => state,
    async close() {
      closing.abort();
      await Promise.all(loops);
    },
  };
}

interface Loop {
  parts: MirrorParts;
  events: MirrorEvents;
  signal: AbortSignal;
}

interface Outcome {
  /** Another node is at it, or has been lately. */
  isIdle: boolean;
  isFailed: boolean;
  /** What the other registry asked for; 0 when it did not. */
  retryAfterSeconds: number;
}

async function tryRound({ parts, events, signal }: Loop, upstream: UpstreamConfig): Promise<Outcome> {
  const { url } = upstream;
  try {
    const isDue = await isOld(parts, upstream);
    const round = isDue ? await followOnce({ parts, upstream, signal }) : undefined;
    if (round === undefined) return { isIdle: true, isFailed: false, retryAfterSeconds: 0 };
    const failing = round.namespaces.filter(({ failure }) => failure !== null);
    for (const { namespace, failure } of failing) events.failed(url, `@${namespace}: ${failure}`);
    return { isIdle: false, isFailed: failing.length > 0, retryAfterSeconds: round.retryAfterSeconds ?? 0 };
  } catch (error) {
    if (!signal.aborted) events.failed(url, error instanceof Error ? error : new Error(String(error)));
    return { isIdle: false, isFailed: true, retryAfterSeconds: 0 };
  }
}

/** One round under the lease; undefined when another node is at it. */
export async function followOnce({
  parts,
  upstream,
  signal,
  again = false,
}: {
  parts: MirrorParts;
  upstream: UpstreamConfig;
  signal: AbortSignal;
  again?: boolean;
}): Promise<Round | undefined> {
  const lease = await parts.nodes.lease(`mirror ${upstream.url}`, LEASE_SECONDS);
  if (lease === undefined) return undefined;
  const lost = new AbortController();
  const extending = setInterval(() => {
    const held = lease.extend(LEASE_SECONDS).catch(() => false);
    void held.then((isOurs) => void (isOurs || lost.abort()));
  }, EXTEND_MS);
  try {
    return await followUpstream({ parts, upstream, again, signal: AbortSignal.any([signal, lost.signal]) });
  } finally {
    clearInterval(extending);
    await lease.end();
  }
}

/** Another node may have looked meanwhile. */
async function isOld(
  { metadata, now }: MirrorParts,
  { namespaces, everyMinutes }: UpstreamConfig,
): Promise<boolean> {
  const since = new Date(now().getTime() - everyMinutes * 60_000 * (1 - JITTER)).toISOString();
  const mirrors = (await metadata.mirrors()).filter(({ namespace }) => namespaces.includes(namespace));
  return mirrors.some(
    ({ contactAt, failure }) => failure !== null || contactAt === null || contactAt < since,
  );
}

/**
 * Milliseconds until the next look: the interval, doubled with each failure in a row, never less than was asked of us. A node that has
 * nothing to do looks sooner: the one that follows may have died.
 */
export function waitAfter(
  { everyMinutes }: Pick<UpstreamConfig, "everyMinutes">,
  { isIdle, failures, retryAfterSeconds }: Omit<Outcome, "isFailed"> & { failures: number },
  random = Math.random,
): number {
  const every = everyMinutes * 60_000;
  const doubled = Math.max(every, Math.min(every * 2 ** Math.max(0, failures - 1), BACKOFF_MAX_MS));
  const jittered = doubled * (1 - JITTER / 2 + JITTER * random());
  return isIdle ? every * JITTER : Math.max(jittered, retryAfterSeconds * 1000);
}
