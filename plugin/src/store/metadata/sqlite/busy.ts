import { setTimeout as sleep } from "node:timers/promises";
import { SkillsError } from "@skills-registry/schema";

/** SQLITE_BUSY; its extended codes carry it in the low byte. */
const BUSY = 5;

/** Milliseconds to wait for another process. A publish holds the lock for some 2, a checkpoint for some 100. */
const PATIENCE_MS = 10_000;

/** Longest pause between attempts in milliseconds; random below that, so that two waiting processes do not move in step. */
const PAUSE_MS = 10;

/**
 * Repeats `work` while another process, or another handle of this one, holds the database.
 * SQLite's own busy timeout would stop the event loop, and with it a holder in this process.
 */
export async function whenFree<T>(work: () => T): Promise<T> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (performance.now() > giveUpAt) {
        const seconds = PATIENCE_MS / 1_000;
        throw new SkillsError("ESTORAGE", `the database stayed locked for ${seconds} seconds`, {
          cause: error,
        });
      }
    }
    await sleep(1 + Math.random() * PAUSE_MS);
  }
}

export function isBusy(error: unknown): boolean {
  const code = error instanceof Error && "errcode" in error ? error.errcode : undefined;
  return typeof code === "number" && (code & 0xff) === BUSY;
}
