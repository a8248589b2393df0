import { hash } from "node:crypto";
import { RateLimiterRes } from "rate-limiter-flexible";
import type { Limit, Limiter } from "../nodes.ts";
import type { Ask } from "./ask.ts";

/**
 * Points in a table that all nodes write, by the clock of the database: the library's own limiter goes by those of the nodes, and one
 * that is an hour ahead would end the waits of all guessers, or make them an hour longer.
 */

/** Points are those since the row was made, or its time was over. */
export const ADD_POINTS = `
  on conflict (key) do update set
    points = case when kept.expires_at <= now() then excluded.points else kept.points + excluded.points end,
    expires_at = case when kept.expires_at <= now() then excluded.expires_at else kept.expires_at end`;

const ADD = `
  insert into rate_limits as kept (key, points, expires_at)
  values ($1, $2, now() + $3 * interval '1 second') ${ADD_POINTS}
  returning points, extract(epoch from expires_at - now())::float8 * 1000 as ms`;

const REMOVE = "delete from rate_limits where key = $1 returning key";

export function postgresLimiter(ask: Ask, { name, points: allowed, seconds }: Limit): Limiter {
  async function add(
    key: string | number,
    points: number,
    { customDuration = seconds }: { customDuration?: number } = {},
  ): Promise<RateLimiterRes> {
    const [row] = await ask<{ points: number; ms: number }>(ADD, [
      limitKey(name, key),
      points,
      customDuration,
    ]);
    if (row === undefined) throw new Error("an insert without its row");
    return new RateLimiterRes(
      Math.max(0, allowed - row.points),
      Math.max(0, row.ms),
      row.points,
      row.points === points,
    );
  }

  return {
    points: allowed,
    duration: seconds,
    async consume(key, points = 1, options = {}) {
      const taken = await add(key, points, options);
      if (taken.consumedPoints > allowed) throw taken;
      return taken;
    },
    penalty: async (key, points = 1, options = {}) => await add(key, points, options),
    reward: async (key, points = 1, options = {}) => await add(key, -points, options),
    delete: async (key) => (await ask(REMOVE, [limitKey(name, key)])).length > 0,
  };
}

/** Hashed: keys hold what people type for a name, sometimes a password, and addresses. */
export function limitKey(name: string, key: string | number): string {
  return `${name}:${hash("sha256", String(key), "base64url")}`;
}
