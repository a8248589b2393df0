import { SkillsError } from "@skills-registry/schema";
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";

/** Wrong passwords allowed per account and per address within the window; people mistype, guessers need thousands. */
const ATTEMPTS = 10;
const WINDOW_SECONDS = 15 * 60;

/** Accounts one address may register within the window: a team behind one address, not a robot. */
const REGISTRATIONS = 50;

export interface Attempts {
  passwords: RateLimiterAbstract;
  registrations: RateLimiterAbstract;
}

export function attemptLimiters(): Attempts {
  return {
    passwords: new RateLimiterMemory({ points: ATTEMPTS, duration: WINDOW_SECONDS }),
    registrations: new RateLimiterMemory({ points: REGISTRATIONS, duration: WINDOW_SECONDS }),
  };
}

/** Counts one registration by the address; throws ETOOMANY when there were too many. */
export async function countRegistration(attempts: Attempts, address: string): Promise<void> {
  await takePoint(attempts.registrations, address, "too many new accounts from this address");
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
  for (const key of keys) await takePoint(attempts.passwords, key, "too many wrong passwords");
  const right = await attempt();
  if (right) {
    for (const key of keys) await attempts.passwords.reward(key, 1);
  }
  return right;
}

async function takePoint(limiter: RateLimiterAbstract, key: string, complaint: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    const retryAfter = Math.ceil(refusal.msBeforeNext / 1000);
    throw new SkillsError("ETOOMANY", `${complaint}, try again in ${retryAfter} s`, {
      retryAfter,
    });
  }
}
