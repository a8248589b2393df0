import { setTimeout as wait } from "node:timers/promises";
import { reasonOf } from "./observe/reason.ts";
import { isOutage } from "./store/outage.ts";

/**
 * How long a start waits for its stores: a database that starts with us is there by then. After that whatever keeps the registry running
 * (systemd, Kubernetes) sees it fail, and starts it again.
 */
const PATIENCE_MS = 20_000;
const PAUSE_MS = 1_000;

interface Patience {
  /** Told once, in one line, what is waited for. */
  waiting: (text: string) => void;
  patienceMs?: number;
  pauseMs?: number;
}

/** What `open` resolves to, tried again while the storage does not answer. Every other refusal is final, and thrown at once. */
export async function openPatiently<T>(
  open: () => Promise<T>,
  { waiting, patienceMs = PATIENCE_MS, pauseMs = PAUSE_MS }: Patience,
): Promise<T> {
  const until = performance.now() + patienceMs;
  let told = false;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (!isOutage(error)) throw error;
      if (performance.now() >= until) {
        const seconds = Math.round(patienceMs / 1000);
        throw new Error(`the storage did not answer for ${seconds} s: ${reasonOf(error)}`, { cause: error });
      }
      if (!told) waiting(`the storage does not answer yet: ${reasonOf(error)}`);
      told = true;
      await wait(pauseMs);
    }
  }
}
