import type { Ask } from "./ask.ts";

/** How long a measurement counts; the clocks of machines run apart by less than a millisecond in it. */
const FRESH_MS = 60_000;

const TIME = "select extract(epoch from clock_timestamp())::float8 * 1000 as ms";

interface Measured {
  /** Milliseconds since 1970, by the database. */
  time: number;
  /** When that was, by the monotonic clock of this process. */
  at: number;
  /** Milliseconds by which `time` may be off: the way to the database and back may take longer in one direction. */
  error: number;
}

/**
 * The time of the database, on every node: what one lets end in ten minutes must not be over on another whose clock is an hour ahead, and
 * an ID token that one has taken must not be forgotten by another while it is good. Asks again when it is used and a minute has passed;
 * while the database is away it goes on from the last answer.
 */
export async function databaseClock(ask: Ask): Promise<() => Date> {
  // The first question opens the connection, which takes longer than the answer.
  await measure(ask);
  let known = await measure(ask);
  let isAsking = false;

  async function measureAgain(): Promise<void> {
    isAsking = true;
    try {
      known = corrected(known, await measure(ask));
    } finally {
      isAsking = false;
    }
  }

  return () => {
    const elapsed = performance.now() - known.at;
    if (elapsed > FRESH_MS && !isAsking) measureAgain().catch(() => undefined);
    return new Date(known.time + elapsed);
  };
}

async function measure(ask: Ask): Promise<Measured> {
  const begun = performance.now();
  const [row] = await ask<{ ms: number }>(TIME, []);
  const error = (performance.now() - begun) / 2;
  if (row === undefined) throw new Error("the database does not tell the time");
  return { time: row.ms, at: begun + error, error };
}

/** Time goes on evenly unless it is surely wrong: an answer that came late says little. */
export function corrected(known: Measured, measured: Measured): Measured {
  const time = known.time + measured.at - known.at;
  const isWrong = Math.abs(time - measured.time) > known.error + measured.error;
  return isWrong ? measured : { ...known, time, at: measured.at };
}
