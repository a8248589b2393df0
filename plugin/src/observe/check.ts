import type { Log } from "./log.ts";
import { reasonOf } from "./reason.ts";

/** Probes want their answer within 2 s, also where a part of the registry hangs. */
const CHECK_MS = 1_500;

export type CheckName = "database" | "migrations" | "blobs";

/** A question to a part of the registry. */
export interface Check {
  name: CheckName;
  /** Throws, with the reason, when something is wrong. */
  ask: () => Promise<void>;
}

export interface WatchedCheck {
  name: CheckName;
  /** Whether all is well, as far as can be said in 1.5 s; never rejects. */
  passes(): Promise<boolean>;
}

/** Asks one question at a time, however long it takes, and writes to the log what is wrong, and when that has ended. */
export function watchedCheck({ name, ask }: Check, log: Log, checkMs = CHECK_MS): WatchedCheck {
  let asking: Promise<void> | undefined;
  /** As it stands in the log; null while all is well. */
  let known: string | null = null;

  async function problem(): Promise<string | null> {
    asking ??= ask().finally(() => (asking = undefined));
    try {
      return (await inTime(asking, checkMs)) ? null : `no answer within ${checkMs} ms`;
    } catch (error) {
      return reasonOf(error);
    }
  }

  return {
    name,
    async passes() {
      const found = await problem();
      // Probes come every few seconds: what lasts is written once.
      if (found !== known) {
        log.warn(found === null ? `${name} is ready again` : `${name} is not ready: ${found}`, {
          check: name,
        });
      }
      known = found;
      return found === null;
    },
  };
}

/** False when it takes longer. */
async function inTime(work: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
