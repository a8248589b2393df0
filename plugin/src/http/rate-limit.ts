import { SkillsError } from "@skills-registry/schema";
import { RateLimiterRes } from "rate-limiter-flexible";
import type { Caller } from "../registry/caller.ts";
import { networkOf } from "../registry/network.ts";
import type { LooseLimiter, Nodes } from "../store/nodes.ts";

/** Seconds in which the configured number of requests may be made. */
const WINDOW_SECONDS = 60;

export function requestLimiter(
  { looseLimiter }: Pick<Nodes, "looseLimiter">,
  requestsPerMinute: number,
): LooseLimiter {
  return looseLimiter({ name: "requests", points: requestsPerMinute, seconds: WINDOW_SECONDS });
}

/**
 * Counts one request by the caller's account, or by address where nobody is logged in. Returns the headers that tell how many
 * are left (draft-ietf-httpapi-ratelimit-headers). Throws ETOOMANY.
 */
export async function countRequest(limiter: LooseLimiter, caller: Caller): Promise<Record<string, string>> {
  const key = caller.account === null ? networkOf(caller.address) : `account ${caller.account.id}`;
  try {
    return headersOf(limiter.points, await limiter.consume(key));
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    const retryAfter = seconds(refusal);
    throw new SkillsError("ETOOMANY", `too many requests, try again in ${retryAfter} s`, { retryAfter });
  }
}

function headersOf(points: number, result: RateLimiterRes): Record<string, string> {
  return {
    "ratelimit-policy": `"requests";q=${points};w=${WINDOW_SECONDS}`,
    ratelimit: `"requests";r=${result.remainingPoints};t=${seconds(result)}`,
  };
}

function seconds(result: RateLimiterRes): number {
  return Math.ceil(result.msBeforeNext / 1000);
}
