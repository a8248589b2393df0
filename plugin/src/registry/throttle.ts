import { SkillsError } from "@skills-registry/schema";
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";

/** Wrong passwords allowed per account and per address within the window; people mistype, guessers need thousands. */
const ATTEMPTS = 10;
const WINDOW_SECONDS = 15 * 60;

export type Attempts = RateLimiterAbstract;

export function attemptLimiter(): Attempts {
  return new RateLimiterMemory({ points: ATTEMPTS, duration: WINDOW_SECONDS });
}

/**
 * Runs `attempt` unless one of the keys has failed too often, and counts it when it fails.
 * Points are taken before the attempt, so that parallel guesses cannot outrun the count.
 */
export async function throttle(
  attempts: Attempts,
  keys: string[],
  attempt: () => Promise<boolean>,
): Promise<boolean> {
  for (const key of keys) await takePoint(attempts, key);
  const right = await attempt();
  if (right) {
    for (const key of keys) await attempts.reward(key, 1);
  }
  return right;
}

async function takePoint(attempts: Attempts, key: string): Promise<void> {
  try {
    await attempts.consume(key);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    const retryAfter = Math.ceil(refusal.msBeforeNext / 1000);
    throw new SkillsError("ETOOMANY", `too many wrong passwords, try again in ${retryAfter} s`, {
      retryAfter,
    });
  }
}
