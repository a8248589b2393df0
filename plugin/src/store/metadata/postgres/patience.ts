import { setTimeout as sleep } from "node:timers/promises";
import { isConflict, isConnectionLoss, toStorageError } from "./failures.ts";

/** Milliseconds to wait for a server that restarts or is replaced by its standby. */
export const PATIENCE_MS = 10_000;

/** Longest pause between attempts in milliseconds; random below that, so that nodes do not move in step. */
const PAUSE_MS = 250;

/** Repeats a question to the server while its connection gets lost, and fails with ESTORAGE when that does not end. */
export async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const mayHelp = isConnectionLoss(error) || isConflict(error);
      if (!mayHelp || performance.now() > giveUpAt) throw toStorageError(error);
    }
    await pause();
  }
}

export async function pause(): Promise<void> {
  await sleep(1 + Math.random() * PAUSE_MS);
}
