import { SkillsError } from "@skills-registry/schema";
import { RateLimiterRes } from "rate-limiter-flexible";
import type { Limiter, Nodes } from "../store/nodes.ts";
import { networkOf } from "./network.ts";

/** What slows those down who guess at passwords, whichever nodes they ask. */
export interface Attempts {
  /** Wrong passwords by account, counted for hours. */
  accounts: Limiter;
  /** Wrong passwords by address, whichever the accounts. */
  addresses: Limiter;
  /** Keys that have to wait, each for a time of its own. */
  waits: Limiter;
  registrations: Limiter;
  /** ID tokens that were brought for exchange, good or not. */
  exchanges: Limiter;
  /** Logins that were begun, to go on in a browser or at a provider. */
  logins: Limiter;
  /** Refused logins that were recorded. */
  refusals: Limiter;
}

/**
 * Wrong passwords without a wait. People mistype a few times; behind one address there may be a whole company. After them each
 * wait is twice the last: some 45 guesses at an account in six hours, and as many from an address in one, where guessers need
 * thousands.
 */
const FREE = { accounts: 10, addresses: 30 };
const ACCOUNT_SECONDS = 6 * 60 * 60;
const ADDRESS_SECONDS = 60 * 60;
/** Longest wait: who guesses at somebody's account keeps them from logging in by password for no longer than this. */
const WAIT_MAX_SECONDS = 15 * 60;

/** Accounts one address may register within the window: a team behind one address, not a robot. */
const REGISTRATIONS = 50;
const REGISTRATION_SECONDS = 15 * 60;

/** A run may publish a hundred skills, one after the other; each costs the check of a signature and leaves an audit entry. */
const EXCHANGES = 120;
const EXCHANGE_SECONDS = 60;

/**
 * Each costs a durable write, and rows that stay for an hour; one with a code costs a question to a provider, which takes few of
 * them from all of us together. A company comes to work behind one address.
 */
const LOGINS = 60;
const LOGIN_SECONDS = 60;

/** Refusals that are recorded in a minute, of all guessers together. */
const REFUSALS = 60;
const REFUSAL_SECONDS = 60;

export function attemptLimiters({ limiter }: Pick<Nodes, "limiter">): Attempts {
  return {
    accounts: limiter({ name: "accounts", points: FREE.accounts, seconds: ACCOUNT_SECONDS }),
    addresses: limiter({ name: "addresses", points: FREE.addresses, seconds: ADDRESS_SECONDS }),
    waits: limiter({ name: "waits", points: 1, seconds: WAIT_MAX_SECONDS }),
    registrations: limiter({
      name: "registrations",
      points: REGISTRATIONS,
      seconds: REGISTRATION_SECONDS,
    }),
    exchanges: limiter({ name: "exchanges", points: EXCHANGES, seconds: EXCHANGE_SECONDS }),
    logins: limiter({ name: "logins", points: LOGINS, seconds: LOGIN_SECONDS }),
    refusals: limiter({ name: "refusals", points: REFUSALS, seconds: REFUSAL_SECONDS }),
  };
}

/** Counts one registration by the address; throws ETOOMANY when there were too many. */
export async function countRegistration(attempts: Attempts, address: string): Promise<void> {
  const taken = await take(attempts.registrations, address);
  if (!taken.allowed) throw tooMany("too many new accounts from this address", taken);
}

/** Counts one exchange of an ID token by the address; throws ETOOMANY when there were too many. */
export async function countExchange(attempts: Attempts, address: string): Promise<void> {
  const taken = await take(attempts.exchanges, networkOf(address));
  if (!taken.allowed) throw tooMany("too many ID tokens from this address", taken);
}

/** Counts the beginning of a login by the address; throws ETOOMANY when there were too many. */
export async function countLogin(attempts: Attempts, address: string): Promise<void> {
  const taken = await take(attempts.logins, networkOf(address));
  if (!taken.allowed) throw tooMany("too many logins begun from this address", taken);
}

/** Who tries a password: the name that was typed, whether there is such an account or not, and the network they do it from. */
export interface Attempt {
  account: string;
  address: string;
}

/**
 * Runs `check` unless account or address have to wait, and counts it when it is false. It counts before it runs, so that parallel
 * guesses cannot outrun the count. A right password frees the account, but not the address: else a guesser would log into an
 * account of their own now and then. Throws ETOOMANY.
 */
export async function throttle(
  attempts: Attempts,
  attempt: Attempt,
  check: () => Promise<boolean>,
): Promise<boolean> {
  const { account, address } = attempt;
  await count(attempts, "addresses", address);
  try {
    await count(attempts, "accounts", account);
  } catch (refusal) {
    await uncount(attempts, "addresses", address);
    throw refusal;
  }
  const right = await check().catch(async (failure: unknown) => {
    await uncount(attempts, "addresses", address);
    await uncount(attempts, "accounts", account);
    throw failure;
  });
  if (right) {
    await uncount(attempts, "addresses", address);
    await uncount(attempts, "accounts", account);
    await attempts.accounts.delete(account);
  }
  return right;
}

/**
 * Whether a refusal is to be recorded: each kind once a minute, and so many in all, for a guesser must not fill the log.
 * `costly` ones, which took the work of checking a password, are bounded by that work: nobody can hide them behind many others.
 */
export async function mayRecordRefusal(
  { refusals }: Attempts,
  kind: string,
  { costly = false }: { costly?: boolean } = {},
): Promise<boolean> {
  const first = await take(refusals, `of ${kind}`, { points: REFUSALS });
  return first.allowed && (costly || (await take(refusals, "all")).allowed);
}

type Counted = "accounts" | "addresses";

async function count(attempts: Attempts, kind: Counted, key: string): Promise<void> {
  const { consumedPoints } = await attempts[kind].penalty(key);
  const beyond = consumedPoints - FREE[kind];
  if (beyond < 0) return;
  const seconds = Math.min(2 ** beyond, WAIT_MAX_SECONDS);
  // Of parallel attempts the first begins the wait, the others meet it.
  const taken = await take(attempts.waits, waitKey(kind, key), { seconds });
  if (taken.allowed) return;
  await giveBack(attempts[kind], key);
  throw tooMany("too many wrong passwords", taken);
}

/** Takes back what `count` did for an attempt that was no wrong password: the point, and the wait where it began one. */
async function uncount(attempts: Attempts, kind: Counted, key: string): Promise<void> {
  await giveBack(attempts[kind], key);
  await attempts.waits.delete(waitKey(kind, key));
}

function waitKey(kind: Counted, key: string): string {
  return `${kind} ${key}`;
}

/** Without a wrong password left nothing is kept of the key: the names that are tried must not fill the memory. */
async function giveBack(limiter: Limiter, key: string): Promise<void> {
  const { consumedPoints } = await limiter.reward(key);
  if (consumedPoints <= 0) await limiter.delete(key);
}

interface Taken {
  allowed: boolean;
  msBeforeNext: number;
}

async function take(
  limiter: Limiter,
  key: string,
  { points = 1, seconds = limiter.duration }: { points?: number; seconds?: number } = {},
): Promise<Taken> {
  try {
    const { msBeforeNext } = await limiter.consume(key, points, { customDuration: seconds });
    return { allowed: true, msBeforeNext };
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    return { allowed: false, msBeforeNext: refusal.msBeforeNext };
  }
}

function tooMany(complaint: string, { msBeforeNext }: Taken): SkillsError {
  const retryAfter = Math.max(1, Math.ceil(msBeforeNext / 1000));
  return new SkillsError("ETOOMANY", `${complaint}, try again in ${retryAfter} s`, { retryAfter });
}
