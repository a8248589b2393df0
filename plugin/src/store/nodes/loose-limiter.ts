import { RateLimiterRes } from "rate-limiter-flexible";
import type { Limit, LooseLimiter } from "../nodes.ts";
import type { Ask } from "./ask.ts";
import { ADD_POINTS, limitKey } from "./postgres-limiter.ts";

/** How long the counts of a node are its own: others let that much more through. */
const EXCHANGE_MS = 1000;

/** Keys that are counted, some 20 MB. When there are more, all are forgotten on this node, and come back with the next exchange. */
const KEYS_MAX = 100_000;

/** Rows in one statement. */
const BATCH = 1000;

/** In order of the keys, so that two nodes never wait for each other's rows. */
const EXCHANGE = `
  insert into rate_limits as kept (key, points, expires_at)
  select key, points, now() + $3 * interval '1 second'
  from unnest($1::text[], $2::int[]) as counted (key, points) order by key ${ADD_POINTS}
  returning key, points, extract(epoch from expires_at - now())::float8 * 1000 as ms`;

interface Count {
  /** Of all nodes, as of the last exchange. */
  shared: number;
  /** Of this node since. */
  unsent: number;
  /** By the monotonic clock of this process, in milliseconds. */
  endsAt: number;
}

/** Counts in memory, and adds what it counted to the table of all nodes a second later; without requests it asks nothing. */
export function looseLimiter(
  ask: Ask,
  { name, points: allowed, seconds }: Limit,
): LooseLimiter & { close(): Promise<void> } {
  const counts = new Map<string, Count>();
  let planned: NodeJS.Timeout | undefined;
  let last: Promise<void> = Promise.resolve();
  let isClosed = false;

  function add(key: string, points: number): RateLimiterRes {
    const count = currentOf(key);
    count.unsent += points;
    if (!isClosed) planned ??= setTimeout(() => void exchangeInTurn(), EXCHANGE_MS).unref();
    const consumed = count.shared + count.unsent;
    const ms = Math.max(0, count.endsAt - performance.now());
    return new RateLimiterRes(Math.max(0, allowed - consumed), ms, consumed, consumed === points);
  }

  function currentOf(key: string): Count {
    const known = counts.get(key);
    if (known !== undefined && known.endsAt > performance.now()) return known;
    if (counts.size >= KEYS_MAX) counts.clear();
    const fresh = { shared: 0, unsent: 0, endsAt: performance.now() + seconds * 1000 };
    counts.set(key, fresh);
    return fresh;
  }

  /** One after the other: what is under way must not be sent a second time. */
  async function exchangeInTurn(): Promise<void> {
    planned = undefined;
    last = last.then(exchange);
    await last;
  }

  /** What could not be sent is sent with the next one; until then this node goes by its own counts. */
  async function exchange(): Promise<void> {
    forgetEnded();
    const keys = Array.from(counts.keys()).filter((key) => counts.get(key)?.unsent !== 0);
    for (let from = 0; from < keys.length; from += BATCH) {
      try {
        await send(keys.slice(from, from + BATCH));
      } catch {
        return;
      }
    }
  }

  async function send(keys: string[]): Promise<void> {
    const sent = keys.map((key) => ({ key, count: counts.get(key), points: counts.get(key)?.unsent ?? 0 }));
    const points = sent.map((one) => one.points);
    const rows = await ask<{ key: string; points: number; ms: number }>(EXCHANGE, [keys, points, seconds]);
    const told = new Map(rows.map((row) => [row.key, row]));
    for (const { key, count, points: mine } of sent) {
      const row = told.get(key);
      if (row === undefined || count === undefined) continue;
      count.shared = row.points;
      count.unsent -= mine;
      count.endsAt = performance.now() + row.ms;
    }
  }

  function forgetEnded(): void {
    const now = performance.now();
    for (const [key, { endsAt }] of counts) if (endsAt <= now) counts.delete(key);
  }

  return {
    points: allowed,
    async consume(key, points = 1) {
      const taken = add(limitKey(name, key), points);
      if (taken.consumedPoints > allowed) throw taken;
      return taken;
    },
    async close() {
      isClosed = true;
      clearTimeout(planned);
      await exchangeInTurn();
    },
  };
}
